import { corrupt } from "../../core/errors.ts";
import { ProductTree } from "../csaf/product-tree.ts";
import { installedComponent } from "../csaf/rpm-component.ts";
import type { CsafStatus } from "../csaf/statuses.ts";
import { type CsafVulnerability, csafVulnerabilities } from "../csaf/vulnerability.ts";
import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, member, readJson } from "./feed.ts";
import { suseReleases } from "./suse-release.ts";

/** SUSE's VEX documents, one a CVE, and advisories: fixed and affected packages of SUSE Linux Enterprise and openSUSE (CC-BY-4.0). */
export const suseCsaf: Feed = {
  id: "suse-csaf",
  large: true,
  title: "SUSE CSAF VEX",
  names: ["suse-csaf", "suse_csaf", "suse-vex", "suse_vex"],
  ecosystems: ["suse", "opensuse", "sle-micro"],
  mirror: {
    kind: "csaf",
    urls: ["https://ftp.suse.com/pub/projects/security/csaf-vex/"],
    archive: "https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2",
  },
  wants: (path) => /(^|\/)(cve-\d{4}-\d{4,}|(open)?suse-[srof]u-[\w-]+)\.json$/i.test(path),
  recognises: ({ text }) =>
    text.includes('"csaf_version"') && /"namespace":\s*"https:\/\/www\.suse\.com\/?"/.test(text),
  read: (file) => ({ records: suseRecords(file) }),
};

function suseRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  if (member(document, "vulnerabilities") === undefined) throw corrupt(file.path, "has no vulnerabilities");
  const tree = new ProductTree(document, file.path);
  return [...csafVulnerabilities(document, "suse-csaf")].flatMap((vulnerability) =>
    [...packagesOf(vulnerability, tree).values()].flatMap((found) => recordsOf(found, vulnerability)),
  );
}

/** What is said of one package in one release, in all products that it is in. */
interface PackageVerdicts {
  readonly ecosystem: string;
  readonly name: string;
  readonly verdicts: {
    readonly outcome: CsafStatus;
    readonly id: string;
    readonly fixed?: string | undefined;
    /** Only who pays for longer support gets it. */
    readonly extended: boolean;
  }[];
}

function packagesOf({ statuses }: CsafVulnerability, tree: ProductTree): Map<string, PackageVerdicts> {
  const found = new Map<string, PackageVerdicts>();
  for (const [id, outcome] of statuses) {
    const installed = installedComponent(tree.product(id));
    if (installed === undefined) continue;
    const { name, version } = named(installed.component, outcome);
    if (outcome === "fixed" && version === undefined) continue;
    for (const { ecosystem, extended } of suseReleases(installed.platform.name)) {
      const key = `${ecosystem}\0${name}`;
      const known = found.get(key) ?? { ecosystem, name, verdicts: [] };
      known.verdicts.push({ outcome, id, fixed: version, extended });
      found.set(key, known);
    }
  }
  return found;
}

const architectures =
  /\.(x86_64|aarch64|aarch64_ilp32|ppc64le|ppc64|s390x|s390|i[3-6]86|ia64|armv6hl|armv7hl|noarch|src|nosrc)$/;

/** A fixed package without a package URL is `name-version-release`, with the architecture in advisories. */
function named(
  component: { readonly name: string; readonly version?: string | undefined },
  outcome: CsafStatus,
): { name: string; version?: string | undefined } {
  if (component.version !== undefined || outcome !== "fixed") return component;
  const match = /^(.+)-([^-]+-[^-]+)$/.exec(component.name.replace(architectures, ""));
  return match ? { name: match[1] as string, version: match[2] } : component;
}

/**
 * A release is made of several products (the server, its modules, the desktop) with packages in common. A fix in one of them is a fix of the release;
 * one that only longer support brings counts where there is no other; that it is not affected counts where nothing says otherwise.
 */
function recordsOf({ ecosystem, name, verdicts }: PackageVerdicts, vulnerability: CsafVulnerability): AdvisoryRecord[] {
  const base = { id: vulnerability.cve, aliases: [], source: "suse-csaf", ecosystem, package: name };
  const rated = (id: string) => {
    const severity = vulnerability.severity(id);
    return { ...(severity !== undefined && { severity }), ...vulnerability.shared };
  };
  const fixes = usual(verdicts.filter(({ outcome }) => outcome === "fixed"));
  if (fixes.length > 0)
    return once(fixes).map(({ id, fixed, extended }) => ({
      ...base,
      ranges: [{ introduced: "0", fixed }],
      state: "fixed",
      ...(extended && { status: "only with LTSS" }),
      ...rated(id),
    }));
  const [affected] = usual(verdicts.filter(({ outcome }) => outcome === "affected"));
  const open = [{ introduced: "0" }];
  if (affected) return [{ ...base, ranges: open, ...vulnerability.intention(affected.id), ...rated(affected.id) }];
  const [first] = verdicts;
  if (first === undefined) return [];
  return verdicts.some(({ outcome }) => outcome === "under_investigation")
    ? [{ ...base, ranges: open, state: "unknown", status: "under-investigation", ...rated(first.id) }]
    : [{ ...base, ranges: [], notAffected: true, state: "fixed", ...rated(first.id) }];
}

/** Those of products that everybody has, where there are any. */
function usual<T extends { readonly extended: boolean }>(verdicts: readonly T[]): readonly T[] {
  const plain = verdicts.filter(({ extended }) => !extended);
  return plain.length > 0 ? plain : verdicts;
}

/** Each fixed version once. */
function once<T extends { readonly fixed?: string | undefined }>(verdicts: readonly T[]): T[] {
  return [...new Map(verdicts.map((verdict) => [verdict.fixed, verdict])).values()];
}
