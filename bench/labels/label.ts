import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { InstalledPackage } from "../../src/advisories/matching/inventory.ts";
import { packageKey } from "../../src/advisories/package-name.ts";
import type { AdvisoryRecord } from "../../src/advisories/record.ts";
import type { AdvisoryStore } from "../../src/advisories/store.ts";
import { anyLanguage, isProgramOf, type LabelledImage, labelledImage } from "./images.ts";

/** A person's verdict on one vulnerability of one package of one image. */
export interface Label {
  readonly image: LabelledImage;
  readonly digest: string;
  readonly verdict: "TP" | "FP";
  readonly name: string;
  readonly version: string;
  /** The id that was judged, and the CVE that it stands for. */
  readonly ids: readonly string[];
}

interface RawLabel {
  readonly effective_cve?: string;
  readonly image: { readonly exact: string };
  readonly label: string;
  readonly package?: { readonly name: string; readonly version?: string };
  readonly vulnerability_id: string;
  readonly fullentry_fields?: readonly string[];
}

/** The labels of a folder. */
export interface ReadLabels {
  readonly labels: readonly Label[];
  /** Left open by people. */
  readonly undecided: number;
  /** Left out because another label says the opposite of the same. */
  readonly contradicting: number;
}

/** Labels that are decided. A label that names a Java archive by its path alone is about what the file is named. */
export function readLabels(folder: string): ReadLabels {
  const names = new Map(
    readFileSync(join(folder, "images.tsv"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("\t") as [string, string]),
  );
  const labels: Label[] = [];
  let undecided = 0;
  for (const line of readFileSync(join(folder, "labels.ndjson"), "utf8").trim().split("\n")) {
    const {
      image,
      label,
      package: named,
      vulnerability_id: id,
      effective_cve: cve,
      fullentry_fields: paths,
    }: RawLabel = JSON.parse(line);
    const of = named ?? archiveIn(paths?.[0] ?? "");
    if (label !== "TP" && label !== "FP") {
      undecided++;
      continue;
    }
    const digest = image.exact.split("@")[1]!;
    const ids = [...new Set([id, ...(cve === undefined ? [] : [cve])])];
    labels.push({
      image: labelledImage(names.get(digest) ?? image.exact),
      digest,
      verdict: label,
      name: of.name,
      version: of.version ?? "",
      ids,
    });
  }
  const agreeing = withoutContradictions(labels);
  return { labels: agreeing, undecided, contradicting: labels.length - agreeing.length };
}

/** People judged what a tool had reported, and the tool had reported some vulnerabilities twice, by CVE and by GHSA id. Where the two verdicts differ there is none. */
function withoutContradictions(labels: readonly Label[]): Label[] {
  const subject = ({ digest, name, version, ids }: Label) =>
    JSON.stringify([digest, name, version, ids.find((id) => id.startsWith("CVE-")) ?? ids[0]]);
  const verdicts = new Map<string, Set<string>>();
  for (const label of labels) {
    const known = verdicts.get(subject(label)) ?? new Set();
    verdicts.set(subject(label), known.add(label.verdict));
  }
  return labels.filter((label) => verdicts.get(subject(label))!.size === 1);
}

/** `…/WEB-INF/lib/cloudbees-ssh-slaves-1.2.jar` is version 1.2 of cloudbees-ssh-slaves. */
function archiveIn(path: string): { name: string; version?: string } {
  const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf(":")) + 1).replace(/\.[a-z]+$/, "");
  const [, name = file, version] = /^(.+?)-(\d[\w.-]*)$/.exec(file) ?? [];
  return version === undefined ? { name } : { name, version };
}

/** Which half a label is in: whether the last digit of its image's digest is even. */
export function isEven({ digest }: Label): boolean {
  return Number.parseInt(digest.at(-1)!, 16) % 2 === 0;
}

const distributionVersions: Readonly<Record<string, RegExp>> = {
  apk: /-r\d+$/,
  // Neither an rpm's version nor its release has a dash in it.
  rpm: /\.(el\d|amzn\d|cm\d|module[_+]el\d)|^(\d+:)?\d[^-]*-\d[^-]*$/,
  deb: /-[^-]*\d/,
};
/** Debian's own programs have no revision behind a dash (Debian Policy §5.6.12). */
const nativePackages =
  /^(apt|apt-.*|libapt-.*|dpkg.*|debconf|base-files|adduser|debian-.*|init-system-helpers|ca-certificates|netbase|sysvinit-.*|lsb-base|tzdata)$/;
const formats: Readonly<Record<string, string>> = {
  alpine: "apk",
  debian: "deb",
  ubuntu: "deb",
  rhel: "rpm",
  centos: "rpm",
  almalinux: "rpm",
  rocky: "rpm",
  fedora: "rpm",
  amzn: "rpm",
  ol: "rpm",
  mariner: "rpm",
  sles: "rpm",
};

/** The installed package that a label is about. The label does not say of which kind it is; the image, the form of the version and the advisory do. */
export function packageOf(
  label: Label,
  store: AdvisoryStore,
  sourceOf: (binary: string) => string | undefined,
): InstalledPackage | undefined {
  const isLanguageId = label.ids[0]!.startsWith("GHSA-");
  if (!isLanguageId) {
    const own = distributionPackage(label, sourceOf);
    if (own) return own;
  }
  return languagePackage(label, store);
}

function distributionPackage(
  { image, name, version }: Label,
  sourceOf: (binary: string) => string | undefined,
): InstalledPackage | undefined {
  const type = formats[image.distribution?.id ?? ""];
  const isNative = type === "deb" && nativePackages.test(name);
  if (type === undefined || !(isNative || distributionVersions[type]!.test(version))) return undefined;
  const source = type === "deb" ? sourceOf(name) : undefined;
  if (type === "deb" && source === undefined) return undefined;
  const origin = type === "apk" ? apkOrigin(name) : source;
  const epoch = type === "rpm" ? /^(\d+):/.exec(version)?.[1] : undefined;
  return {
    name,
    version,
    type,
    purl: `pkg:${type}/${image.distribution!.id}/${name}@${encodeURIComponent(version)}${epoch === undefined ? "" : `?epoch=${epoch}`}`,
    ...(origin === undefined ? {} : { sourceName: origin }),
    ...(type === "rpm" && /\.module[+_]/.test(version) ? moduleOf(name, version) : {}),
    // The vendor tag of the rpm database: Red Hat writes `.module+el8`, CentOS `.module_el8`.
    ...(type === "rpm" && image.distribution?.id === "rhel" && /\.module_el/.test(version) ? { vendor: "CentOS" } : {}),
    // A rebuild without changes of the source is the binary's alone (Debian Policy §5.6.12), and compilers' libraries have an epoch of their own.
    ...(type === "deb"
      ? {
          sourceVersion: version
            .replace(/\+b\d+$/, "")
            .replace(/^1:(?=\d.*)/, (epochText) => (/^lib(gcc|stdc|gomp)|^gcc|^bsdutils$/.test(name) ? "" : epochText)),
        }
      : {}),
    ...contentOf(name, type),
    foundIn: [],
    confidence: "high",
  };
}

/** Packages without code by their lists of files, each with its source: those of Debian 13, and the spec files of the rpm ones. */
const dataPackages: readonly (readonly [RegExp, string])[] = [
  [/^ncurses-base$/, "ncurses"],
  [/^libldap-common$/, "openldap"],
  [/^krb5-locales$/, "krb5"],
  [/^gnupg-l10n$/, "gnupg2"],
  [/^libaudit-common$/, "audit"],
  [/^mariadb-common$/, "mariadb"],
  [/^libX11-common$/, "libX11"],
  [/^glibc-langpack-[a-z]+$/, "glibc"],
  [/^nodejs-docs$/, "nodejs"],
  [/^git-core-doc$/, "git"],
];

/** What a scan reads from the list of a package's files, which the labels leave out; rpm labels name no source either. */
function contentOf(name: string, type: string): Pick<InstalledPackage, "properties" | "sourceName"> {
  const source = dataPackages.find(([pattern]) => pattern.test(name))?.[1];
  if (source === undefined) return { properties: {} };
  return { properties: { content: "data" }, ...(type === "rpm" && { sourceName: source }) };
}

/** The modularity label that the rpm database holds and the labels leave out: which module these packages are from, and its stream in the labelled images. */
const modules: readonly (readonly [RegExp, string])[] = [
  [/^(ruby|rubygem)/, "ruby:2.5"],
  [/^php/, "php:7.4"],
  [/^(mariadb|galera|Judy)/, "mariadb:10.3"],
  [/^(nodejs|npm)/, "nodejs:14"],
  [/^postgresql/, "postgresql:10"],
  [/^(perl|perl-.*)$/, "perl:5.26"],
  [/^(python27|python2)/, "python27:2.7"],
  [/^(python36)/, "python36:3.6"],
];

function moduleOf(name: string, version: string): { module?: string } {
  const module = modules.find(([pattern]) => pattern.test(name))?.[1];
  if (module === undefined) return {};
  const major = /^(?:\d+:)?(\d+)\./.exec(version)?.[1];
  return { module: name === "nodejs" && major !== undefined ? `nodejs:${major}` : module };
}

/** Origins of Alpine's subpackages (APKBUILD): what a label names is the binary. */
const origins: readonly (readonly [RegExp, string])[] = [
  [/^(libssl|libcrypto)\d.*$|^openssl-dev$/, "openssl"],
  [/^ssl_client$/, "busybox"],
  [/^musl-(utils|dev)$/, "musl"],
  [/^libcurl$/, "curl"],
  [/^(git|curl|ruby|python3|python2|expat|tiff|pcre2|sqlite|zlib|libxml2|perl|nginx|nodejs|bash|go)-.*$/, "$1"],
  [/^(libexpat)$/, "expat"],
  [/^sqlite-libs$/, "sqlite"],
  [/^(ncurses-.*|libncursesw?)$/, "ncurses"],
  [/^lib(com_err|e2p|ext2fs|ss)$/, "e2fsprogs"],
  [/^py3-.*$|^apk-tools-.*$/, ""],
];

function apkOrigin(name: string): string | undefined {
  const rule = origins.find(([pattern]) => pattern.test(name));
  const origin = rule === undefined ? name : name.replace(rule[0], rule[1]);
  return origin === "" ? name : origin;
}

/** The kind of package by the advisory that the label names, else by what else the image holds. */
function languagePackage(label: Label, store: AdvisoryStore): InstalledPackage | undefined {
  const { name, version, image } = label;
  const records = label.ids
    .flatMap((id) => store.recordsById(id))
    .filter(({ ecosystem, package: of }) => isLanguage(ecosystem) && namesSame(ecosystem, of, name));
  // What the image is made for decides; an advisory decides where the image says nothing or holds an unpackaged program.
  // Several groups publish archives of one name; the one with the most advisories, then the shorter name, is the one that people mean.
  const known = (record: AdvisoryRecord) => store.records(record.ecosystem, record.package).length;
  records.sort((a, b) => known(b) - known(a) || a.package.length - b.package.length);
  const best = [...image.languages, "generic"].flatMap((language) =>
    records.filter(({ ecosystem }) => ecosystem === language),
  )[0];
  const type = best?.ecosystem ?? (image.languages === anyLanguage ? undefined : image.languages[0]);
  if (type === undefined) return undefined;
  const fullName = best?.package ?? name;
  return {
    name: fullName,
    version,
    type,
    purl: `pkg:${type}/${fullName}@${version}`,
    foundIn: [],
    ...(image.isBase && type !== "generic" ? { ownedBy: ownerUrl(image, fullName, version) } : {}),
    confidence: type === "generic" ? "medium" : "high",
    properties: type === "golang" && isProgramOf(image, fullName) ? { main: "yes" } : {},
  };
}

/**
 * The distribution package that brought a language package into an image which the distribution itself publishes: such an image holds packages of the
 * distribution and nothing else. A scanner reads which one from the lists of installed files; the labels do not tell, so that its name is a guess.
 */
export function ownerOf(installed: InstalledPackage, image: LabelledImage): InstalledPackage | undefined {
  if (installed.ownedBy === undefined) return undefined;
  const { name, version } = installed;
  return {
    name: ownerName(name),
    version: `${version}-0`,
    type: formats[image.distribution!.id]!,
    purl: ownerUrl(image, name, version),
    foundIn: [],
    confidence: "high",
    properties: {},
  };
}

function ownerName(name: string): string {
  return `python3-${name.toLowerCase()}`;
}

function ownerUrl({ distribution }: LabelledImage, name: string, version: string): string {
  return `pkg:${formats[distribution!.id]}/${distribution!.id}/${ownerName(name)}@${version}-0`;
}

const languages = new Set(["npm", "pypi", "maven", "golang", "cargo", "gem", "composer", "nuget", "generic"]);

function isLanguage(ecosystem: string): boolean {
  return languages.has(ecosystem);
}

/** Labels name Java archives by their artifact alone. JavaScript that WebJars packs as an archive is not what such a name means. */
function namesSame(ecosystem: string, known: string, name: string): boolean {
  if (packageKey(ecosystem, known) === packageKey(ecosystem, name)) return true;
  return ecosystem === "maven" && !known.startsWith("org.webjars") && known.slice(known.indexOf(":") + 1) === name;
}
