/** The assignments of an os-release(5) file by name, the last one winning. Lines that are no assignment are passed over, as the manual asks of readers. */
export function parseOsRelease(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)) {
    const assignment = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (assignment) values.set(assignment[1]!, unquote(assignment[2]!.trimEnd()));
  }
  return values;
}

/** Takes shell quotes off one value: nothing is special between single quotes; a backslash protects the next character elsewhere. */
function unquote(raw: string): string {
  const quote = raw[0];
  if (quote === "'") return endedAt(raw, raw.indexOf("'", 1));
  if (quote !== '"') return withoutComment(raw).replace(/\\(.)/g, "$1");
  let value = "";
  for (let at = 1; at < raw.length && raw[at] !== '"'; at++) {
    // Between double quotes only these four lose their backslash (shell command language, §2.2.3).
    if (raw[at] === "\\" && at + 1 < raw.length && '$"\\`'.includes(raw[at + 1]!)) at++;
    value += raw[at]!;
  }
  return value;
}

function withoutComment(raw: string): string {
  const start = raw.search(/\s#/);
  return start < 0 ? raw : raw.slice(0, start).trimEnd();
}

function endedAt(raw: string, end: number): string {
  return end < 0 ? raw.slice(1) : raw.slice(1, end);
}

/** A distribution as its files name it; the shape of the os-release facts without the path. */
export interface Distribution {
  readonly id: string;
  readonly idLike: string[];
  readonly versionId?: string;
  readonly versionCodename?: string;
  readonly variantId?: string;
  readonly name?: string;
  readonly prettyName?: string;
  readonly cpeName?: string;
  readonly supportEnd?: string;
}

/** Names that an os-release file without an ID is known by, as patterns on NAME or PRETTY_NAME. */
const knownNames: readonly (readonly [RegExp, string])[] = [
  [/^debian|^distroless/i, "debian"],
  [/^ubuntu/i, "ubuntu"],
  [/^alpine/i, "alpine"],
  [/^centos/i, "centos"],
  [/^red hat enterprise/i, "rhel"],
  [/^fedora/i, "fedora"],
  [/^oracle/i, "ol"],
  [/^amazon/i, "amzn"],
  [/^rocky/i, "rocky"],
  [/^almalinux/i, "almalinux"],
  [/^opensuse leap/i, "opensuse-leap"],
  [/^opensuse tumbleweed/i, "opensuse-tumbleweed"],
  [/^suse linux enterprise/i, "sles"],
  [/^vmware photon|^photon/i, "photon"],
  [/^(cbl-)?mariner|^common base linux mariner/i, "mariner"],
  [/^(microsoft )?azure linux/i, "azurelinux"],
  [/^arch/i, "arch"],
  [/^busybox/i, "busybox"],
];

/** The distribution that an os-release(5) file names. An absent ID is told from the names, else it is the manual's default `linux`; undefined when the file says nothing at all. */
export function distributionOf(text: string): Distribution | undefined {
  const values = parseOsRelease(text);
  const stated = (key: string) => values.get(key)?.trim() || undefined;
  const names = [stated("NAME"), stated("PRETTY_NAME")];
  const id = stated("ID") ?? names.map(idOfName).find((known) => known !== undefined);
  if (id === undefined && names.every((name) => name === undefined)) return undefined;
  return compact({
    id: (id ?? "linux").toLowerCase(),
    idLike: (stated("ID_LIKE") ?? "")
      .toLowerCase()
      .split(/\s+/)
      .filter((like) => like !== ""),
    versionId: stated("VERSION_ID") ?? (stated("ID") === undefined ? versionIn(stated("PRETTY_NAME")) : undefined),
    versionCodename: stated("VERSION_CODENAME") ?? stated("UBUNTU_CODENAME"),
    variantId: stated("VARIANT_ID"),
    name: names[0],
    prettyName: names[1],
    cpeName: stated("CPE_NAME"),
    supportEnd: dateOf(stated("SUPPORT_END")),
  });
}

function idOfName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : knownNames.find(([pattern]) => pattern.test(name))?.[1];
}

function versionIn(name: string | undefined): string | undefined {
  return name === undefined ? undefined : /\bv?(\d+(?:\.\d+)*)/.exec(name)?.[1];
}

function dateOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined;
}

type Draft = { [K in keyof Distribution]: Distribution[K] | undefined } & { id: string; idLike: string[] };

function compact(draft: Draft): Distribution {
  return Object.fromEntries(
    Object.entries(draft).filter(([, value]) => value !== undefined),
  ) as unknown as Distribution;
}

/** Files that name a distribution where there is no os-release, in the order in which they are asked. Paths without a leading slash. */
export const releaseFiles = [
  "etc/alpine-release",
  "etc/oracle-release",
  "etc/centos-release",
  "etc/rocky-release",
  "etc/almalinux-release",
  "etc/fedora-release",
  "etc/redhat-release",
  "etc/system-release",
  "etc/SuSE-release",
  "etc/photon-release",
  "etc/lsb-release",
  "etc/debian_version",
  "etc/arch-release",
] as const;

/** The distribution that one of `releaseFiles` names, or undefined where its text has none of the known forms. */
export function distributionOfReleaseFile(path: string, text: string): Distribution | undefined {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const line = text.trim().split(/\r?\n/)[0]?.trim() ?? "";
  if (file === "arch-release") return compact(draft("arch"));
  if (file === "alpine-release") return /^\d/.test(line) ? compact({ ...draft("alpine"), versionId: line }) : undefined;
  if (file === "debian_version")
    return line === "" ? undefined : compact({ ...draft("debian"), ...debianVersion(line) });
  if (file === "SuSE-release") return suseRelease(line, text);
  if (file === "lsb-release") return lsbRelease(text);
  return namedRelease(line);
}

/** What `/etc/debian_version` tells: `12.5` is release 12; `trixie/sid` is what will be trixie and has no number yet. */
export function debianVersion(text: string): { versionId?: string; versionCodename?: string } {
  const line = text.trim();
  const number = /^(\d+)(\.\d+)*$/.exec(line)?.[1];
  if (number !== undefined) return { versionId: number };
  const codename = /^([a-z]+)(\/sid)?$/.exec(line)?.[1];
  return codename === undefined ? {} : { versionCodename: codename };
}

/** `CentOS release 6.10 (Final)`, `Red Hat Enterprise Linux Server release 6.9 (Santiago)`, `Amazon Linux AMI release 2018.03`. */
function namedRelease(line: string): Distribution | undefined {
  const id = idOfName(line);
  const version = /(?:release\s+|\s)(\d+(?:\.\d+)*)/.exec(line)?.[1];
  return id === undefined ? undefined : compact({ ...draft(id), versionId: version, prettyName: line });
}

/** `SUSE Linux Enterprise Server 11 (x86_64)` with `PATCHLEVEL = 4` on a later line is 11.4. */
function suseRelease(line: string, text: string): Distribution | undefined {
  const version = /^VERSION\s*=\s*(\S+)/m.exec(text)?.[1];
  const patchLevel = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(text)?.[1];
  const id = /^opensuse/i.test(line) ? "opensuse" : idOfName(line);
  if (id === undefined) return undefined;
  const full =
    version === undefined || patchLevel === undefined || patchLevel === "0" ? version : `${version}.${patchLevel}`;
  return compact({ ...draft(id), versionId: full, prettyName: line });
}

function lsbRelease(text: string): Distribution | undefined {
  const values = parseOsRelease(text);
  const id = values.get("DISTRIB_ID");
  if (id === undefined || id === "") return undefined;
  const described = values.get("DISTRIB_DESCRIPTION");
  return compact({
    ...draft(idOfName(id) ?? id.toLowerCase()),
    versionId: values.get("DISTRIB_RELEASE") || undefined,
    versionCodename: values.get("DISTRIB_CODENAME") || undefined,
    prettyName: described || undefined,
  });
}

function draft(id: string): Draft {
  const absent = undefined;
  return {
    id,
    idLike: [],
    versionId: absent,
    versionCodename: absent,
    variantId: absent,
    name: absent,
    prettyName: absent,
    cpeName: absent,
    supportEnd: absent,
  };
}

/** Every file that the question for the distribution may have to read, without a leading slash. */
export const distributionFiles: readonly string[] = [
  "etc/os-release",
  "usr/lib/os-release",
  "etc/initrd-release",
  ...releaseFiles,
];

/**
 * Which distribution a root file system is, from the text of its files (undefined where a file is absent, links already followed):
 * os-release first, completed from `debian_version`, then the older files. Undefined where no file says it.
 */
export function identifyDistribution(
  textOf: (path: string) => string | undefined,
): (Distribution & { path: string }) | undefined {
  for (const path of ["etc/os-release", "usr/lib/os-release"]) {
    const text = textOf(path);
    const found = text === undefined ? undefined : distributionOf(text);
    if (found !== undefined) return { ...completed(found, textOf), path };
  }
  for (const path of releaseFiles) {
    const text = textOf(path);
    const found = text === undefined ? undefined : distributionOfReleaseFile(path, text);
    if (found !== undefined) return { ...found, path };
  }
  return undefined;
}

/** Debian testing and sid have no VERSION_ID; some derivatives leave it out too. */
function completed(found: Distribution, textOf: (path: string) => string | undefined): Distribution {
  if (found.versionId !== undefined) return found;
  if (found.id === "debian") return { ...debianVersion(textOf("etc/debian_version") ?? ""), ...found };
  if (found.id === "alpine")
    return { ...distributionOfReleaseFile("etc/alpine-release", textOf("etc/alpine-release") ?? ""), ...found };
  return found;
}
