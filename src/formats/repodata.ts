import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { linesOf } from "./control-fields.ts";
import { type XmlElement, xmlChild, xmlChildText, xmlDescendants, xmlElements, xmlElementsInPieces } from "./xml.ts";

/** A file that a repository of rpm packages describes itself by. */
export interface RepositoryFile {
  /** `primary`, `updateinfo`, `modules` … */
  readonly type: string;
  /** Path below the repository's root: `repodata/….xml.gz`. */
  readonly location: string;
  /** Seconds since 1970, where stated. */
  readonly timestamp: number | undefined;
}

/** What a `repomd.xml` says. */
export interface RepositoryIndex {
  readonly files: readonly RepositoryFile[];
  /** ISO 8601 time of the newest of its files, or of its revision where that is a time; undefined where neither says. */
  readonly date: string | undefined;
}

/** Seconds between which a number is a time of a repository: from 2001 to 2100. */
const earliest = 1_000_000_000;
const latest = 4_102_444_800;

/** Reads `repomd.xml` (createrepo_c(8)). Throws `CORRUPT_INPUT` where it is none. */
export function parseRepositoryIndex(text: string, name: string): RepositoryIndex {
  const [root] = [...xmlElements(text, { names: new Set(["repomd"]) }, name)];
  if (root === undefined) throw corrupt(name, "has no repomd element");
  const files = root.children
    .filter((child) => child.name === "data")
    .flatMap((data) => {
      const type = data.attributes.get("type");
      const location = xmlChild(data, "location")?.attributes.get("href");
      if (type === undefined || location === undefined) return [];
      return [{ type, location, timestamp: timeIn(xmlChildText(data, "timestamp")) }];
    });
  const newest = Math.max(0, ...files.flatMap(({ timestamp }) => timestamp ?? []));
  const seconds = newest > 0 ? newest : timeIn(xmlChildText(root, "revision"));
  return { files, date: seconds === undefined ? undefined : new Date(seconds * 1000).toISOString() };
}

function timeIn(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value >= earliest && value <= latest ? Math.floor(value) : undefined;
}

/** A package that a repository offers. */
export interface OfferedRpm {
  readonly name: string;
  readonly architecture: string;
  /** `epoch:version-release`. */
  readonly version: string;
  readonly vendor: string | undefined;
}

const packageEnd = Buffer.from("</package>");
/** Bytes of one package's description; the largest known are near 2 MiB, those with many files. */
const largestPackage = 32 * 1024 ** 2;

/**
 * The packages of a `primary.xml` whose names are wanted. Each description is cut out of the bytes and parsed only where its name is asked for, as a
 * repository holds tens of thousands of others. Throws `CORRUPT_INPUT` where the file is no such list or is cut off, `LIMIT_EXCEEDED`.
 */
export async function offeredRpms(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  name: string,
): Promise<OfferedRpm[]> {
  const found: OfferedRpm[] = [];
  let rest = Buffer.alloc(0);
  let started = false;
  for await (const piece of pieces) {
    let bytes = Buffer.concat([rest, piece]);
    if (!started && bytes.length >= 1_024) started = requireStart(bytes, name);
    for (let end = bytes.indexOf(packageEnd); end >= 0; end = bytes.indexOf(packageEnd)) {
      if (!started) started = requireStart(bytes, name);
      const offer = offerIn(bytes.subarray(0, end + packageEnd.length), wanted, name);
      if (offer) found.push(offer);
      if (found.length > limits.records) throw limitExceeded(name, `${limits.records} packages`);
      bytes = bytes.subarray(end + packageEnd.length);
    }
    if (bytes.length > largestPackage) throw limitExceeded(name, `${largestPackage} bytes in one package`);
    rest = bytes;
  }
  if (!started) requireStart(rest, name);
  if (!/<\/(\w+:)?metadata>\s*$|<(\w+:)?metadata[^<>]*\/>\s*$/.test(rest.toString("latin1").slice(-8_192)))
    throw corrupt(name, "ends before its list of packages does");
  return found;
}

function requireStart(bytes: Buffer, name: string): true {
  if (
    !/^(\uFEFF|\xEF\xBB\xBF)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?metadata[\s/>]/s.test(
      bytes.toString("latin1", 0, 4_096),
    )
  )
    throw corrupt(name, "is no list of packages of an rpm repository");
  return true;
}

function offerIn(bytes: Buffer, wanted: ReadonlySet<string>, file: string): OfferedRpm | undefined {
  const start = bytes.lastIndexOf("<package ");
  if (start < 0) return undefined;
  const nameStart = bytes.indexOf("<name>", start);
  const nameEnd = nameStart < 0 ? -1 : bytes.indexOf("</name>", nameStart);
  if (nameEnd < 0) return undefined;
  // A name needs no entities: rpm allows letters, digits and `.-_+` only.
  if (!wanted.has(bytes.toString("utf8", nameStart + 6, nameEnd).trim())) return undefined;
  // The prefix is declared at the root, which is cut away here; prefixes are passed over, so that none need be declared.
  const [element] = [
    ...xmlElements(
      bytes.toString("utf8", start),
      { names: new Set(["package"]), without: new Set(["provides", "requires", "conflicts", "obsoletes", "file"]) },
      file,
    ),
  ];
  return element && offerOf(element);
}

function offerOf(element: XmlElement): OfferedRpm | undefined {
  const name = xmlChildText(element, "name");
  const version = evrOf(xmlChild(element, "version")?.attributes);
  const architecture = xmlChildText(element, "arch");
  if (name === undefined || version === undefined || architecture === undefined || architecture === "src")
    return undefined;
  const format = xmlChild(element, "format");
  return { name, architecture, version, vendor: format && xmlChildText(format, "vendor") };
}

function evrOf(attributes: ReadonlyMap<string, string> | undefined): string | undefined {
  const version = attributes?.get("ver") ?? attributes?.get("version");
  const release = attributes?.get("rel") ?? attributes?.get("release");
  if (version === undefined || release === undefined) return undefined;
  return `${attributes?.get("epoch") || "0"}:${version}-${release}`;
}

/** An advisory of a repository for one package. */
export interface RpmNotice {
  readonly id: string;
  /** As the publisher rates it: `Important`. */
  readonly severity: string | undefined;
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
}

/** The security advisories of an `updateinfo.xml` for packages whose names are wanted; retracted ones are left out. Errors as with {@link offeredRpms}. */
export async function securityNotices(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  name: string,
): Promise<RpmNotice[]> {
  const found: RpmNotice[] = [];
  const read = { names: new Set(["update"]), without: new Set(["description", "references", "summary"]) };
  for await (const update of xmlElementsInPieces(pieces, read, name)) {
    if (update.attributes.get("type") !== "security" || update.attributes.get("status") === "retracted") continue;
    const id = xmlChildText(update, "id") ?? "an advisory without id";
    const severity = xmlChildText(update, "severity");
    for (const { attributes } of xmlDescendants(update, "package")) {
      const own = attributes.get("name");
      const version = evrOf(attributes);
      if (own === undefined || version === undefined || !wanted.has(own)) continue;
      found.push({ id, severity, name: own, architecture: attributes.get("arch") ?? "noarch", version });
      if (found.length > limits.records) throw limitExceeded(name, `${limits.records} packages of advisories`);
    }
  }
  return found;
}

/** The packages of module streams: `name-epoch:version-release.architecture` with `module:stream`. */
export type ModuleArtifacts = ReadonlyMap<string, string>;

/** The artifacts that a repository's `modules.yaml` lists, read by lines as the whole is tens of megabytes (modulemd(5), version 2). */
export function moduleArtifacts(text: string, name: string): ModuleArtifacts {
  const found = new Map<string, string>();
  let module = "";
  let stream = "";
  let section = "";
  let part = "";
  for (const line of linesOf(text)) {
    const [, indent, key, value] = /^( *)([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (line.startsWith("---")) [module, stream, section, part] = ["", "", "", ""];
    else if (key !== undefined && indent === "  ") {
      if (key === "name") module = unquoted(value!);
      if (key === "stream") stream = unquoted(value!);
      section = key;
    } else if (key !== undefined && indent === "    ") part = key;
    else if (section === "artifacts" && part === "rpms") {
      const artifact = /^ {4}(?: {2})?- (\S+)$/.exec(line)?.[1];
      if (artifact !== undefined) found.set(unquoted(artifact), `${module}:${stream}`);
      if (found.size > limits.records) throw limitExceeded(name, `${limits.records} packages of modules`);
    }
  }
  return found;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** A repository as a `.repo` file configures it (dnf.conf(5)). */
export interface RpmRepository {
  readonly id: string;
  readonly enabled: boolean;
  /** Lower wins; 99 unless set. */
  readonly priority: number;
  /** Globs of packages that are not taken. */
  readonly excludes: readonly string[];
  /** 1-based line of its heading. */
  readonly line: number;
  /** Where its lists are: `baseurl`, `mirrorlist` and `metalink`. */
  readonly urls: readonly string[];
  readonly checks: RpmSignatureChecks;
}
/** What is checked of packages and lists; undefined where nothing is said. */
export interface RpmSignatureChecks {
  /** Signatures of packages (`gpgcheck`, `pkg_gpgcheck`). */
  readonly packages: boolean | undefined;
  /** The signature of the lists (`repo_gpgcheck`). */
  readonly lists: boolean | undefined;
  /** The server's certificate (`sslverify`). */
  readonly certificate: boolean | undefined;
}

/** The sections of a `.repo` or `dnf.conf` file by name, keys in lower case. */
export function parseRepositorySections(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  let last: string | undefined;
  for (const line of linesOf(text)) {
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      current = sections.get(header) ?? new Map<string, string>();
      sections.set(header, current);
      last = undefined;
    } else if (/^\s*([#;]|$)/.test(line)) last = line.trim() === "" ? undefined : last;
    else if (/^\s/.test(line) && last !== undefined) current?.set(last, `${current.get(last) ?? ""} ${line.trim()}`);
    else {
      const [, key, value] = /^\s*([\w.-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
      last = key?.toLowerCase();
      if (last !== undefined) current?.set(last, value!.trim());
    }
  }
  return sections;
}

/** The repositories of a `.repo` file. */
export function parseRepositories(text: string): RpmRepository[] {
  return [...parseRepositorySections(text)]
    .filter(([id]) => id !== "main")
    .map(([id, keys]) => ({
      id,
      enabled: !/^(0|no|false|off)$/i.test(keys.get("enabled") ?? "1"),
      priority: Number.parseInt(keys.get("priority") ?? "99", 10) || 99,
      excludes: globsIn(keys.get("excludepkgs") ?? keys.get("exclude")),
      line: text.slice(0, Math.max(0, text.indexOf(`[${id}]`))).split("\n").length,
      urls: ["baseurl", "mirrorlist", "metalink"].flatMap((key) => globsIn(keys.get(key))),
      checks: signatureChecks(keys),
    }));
}

/** What the keys of a section say of signatures (dnf.conf(5), zypper(8)). */
export function signatureChecks(keys: ReadonlyMap<string, string>): RpmSignatureChecks {
  const boolean = (...names: readonly string[]) => {
    const value = names.map((name) => keys.get(name)).find((one) => one !== undefined) ?? "";
    if (/^(1|yes|true|on)$/i.test(value)) return true;
    return /^(0|no|false|off)$/i.test(value) ? false : undefined;
  };
  return {
    packages: boolean("pkg_gpgcheck", "gpgcheck"),
    lists: boolean("repo_gpgcheck"),
    certificate: boolean("sslverify"),
  };
}

/** The globs of a setting that lists packages with commas or blanks between them. */
export function globsIn(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,]+/).filter(Boolean);
}
