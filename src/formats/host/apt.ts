import { corrupt } from "../../core/errors.ts";

/** A version of a package that a repository offers. */
export interface OfferedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Source package where it has another name. */
  readonly source?: string | undefined;
}

const newline = 0x0a;

/** The packages of a Packages index whose names are wanted; the index is searched as bytes, as it may hold sixty thousand others. */
export function offeredPackages(index: Uint8Array, wanted: ReadonlySet<string>): OfferedPackage[] {
  const bytes = Buffer.from(index.buffer, index.byteOffset, index.length);
  const found: OfferedPackage[] = [];
  let at = bytes.subarray(0, 9).toString("latin1") === "Package: " ? 0 : bytes.indexOf("\nPackage: ") + 1;
  if (at === 0 && bytes[0] !== 0x50) return found;
  while (at >= 0 && at < bytes.length) {
    const next = bytes.indexOf("\nPackage: ", at);
    const end = next < 0 ? bytes.length : next;
    const nameEnd = bytes.indexOf(newline, at);
    const name = bytes.toString("latin1", at + 9, nameEnd < 0 ? end : nameEnd).trim();
    if (wanted.has(name)) {
      const paragraph = bytes.toString("utf8", at, end).split("\n\n")[0]!;
      const version = /^Version: *(\S+)/m.exec(paragraph)?.[1];
      const source = /^Source: *(\S+)/m.exec(paragraph)?.[1];
      if (version !== undefined)
        found.push({
          name,
          version,
          architecture: /^Architecture: *(\S+)/m.exec(paragraph)?.[1] ?? "",
          ...(source !== undefined && { source }),
        });
    }
    at = next < 0 ? -1 : next + 1;
  }
  return found;
}

/** The same over an index that comes in pieces, each of which need be valid only until the next: a paragraph that spans pieces is searched once it is whole. */
export async function offeredInPieces(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
): Promise<OfferedPackage[]> {
  const found: OfferedPackage[] = [];
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const first = bytes.indexOf("\n\n");
    if (first < 0) {
      rest = Buffer.concat([rest, bytes]);
      continue;
    }
    const last = bytes.lastIndexOf("\n\n");
    found.push(...offeredPackages(Buffer.concat([rest, bytes.subarray(0, first + 1)]), wanted));
    if (last > first) found.push(...offeredPackages(bytes.subarray(first + 2, last + 1), wanted));
    rest = Buffer.from(bytes.subarray(last + 2));
  }
  found.push(...offeredPackages(rest, wanted));
  return found;
}

/** An installed package of dpkg's status file as updates need it. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** True where it is held back. */
  readonly held: boolean;
}

/** The installed packages of dpkg's status file. */
export function installedPackages(status: string): InstalledPackage[] {
  return status.split("\n\n").flatMap((paragraph) => {
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, "m").exec(paragraph)?.[1]?.trim() ?? "";
    const [want, , state] = field("Status").split(" ");
    if (state !== "installed") return [];
    return [
      { name: field("Package"), version: field("Version"), architecture: field("Architecture"), held: want === "hold" },
    ];
  });
}

/** What a Release or InRelease file says of its repository. Times are ISO 8601. */
export interface ReleaseFile {
  readonly origin: string;
  readonly label: string;
  readonly suite: string;
  readonly codename: string;
  readonly date: string | undefined;
  readonly validUntil: string | undefined;
  /** True where a signature stands in the file. It is not verified here. */
  readonly signed: boolean;
  /** `13.8`; empty where it states none. */
  readonly version: string;
  /** Nothing of it is installed or updated to unless asked for (`NotAutomatic: yes`). */
  readonly notAutomatic: boolean;
  /** … but what was installed from it is updated from it. */
  readonly butAutomaticUpgrades: boolean;
}

/** Reads the head of a Release file. */
export function parseRelease(text: string): ReleaseFile {
  const head = text.slice(0, 16_384);
  const field = (name: string) => new RegExp(`^${name}: *(.*)$`, "m").exec(head)?.[1]?.trim() ?? "";
  const time = (name: string) => {
    const value = Date.parse(field(name));
    return Number.isNaN(value) ? undefined : new Date(value).toISOString();
  };
  return {
    origin: field("Origin"),
    label: field("Label"),
    suite: field("Suite"),
    codename: field("Codename"),
    date: time("Date"),
    validUntil: time("Valid-Until"),
    signed: text.startsWith("-----BEGIN PGP SIGNED MESSAGE-----"),
    version: field("Version"),
    notAutomatic: isYes(field("NotAutomatic")),
    butAutomaticUpgrades: isYes(field("ButAutomaticUpgrades")),
  };
}

/** A source of packages (sources.list(5)). */
export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  /** Empty for a suite that is a path. */
  readonly components: readonly string[];
  /** True where only sources of packages are fetched (`deb-src`). */
  readonly sourcesOnly: boolean;
  /** True where signatures are not asked for (`trusted=yes`). */
  readonly trusted: boolean;
  readonly allowInsecure: boolean;
  readonly signedBy: string | undefined;
  readonly line: number;
}

/** Reads a `.list` file of one-line entries. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split("\n").flatMap((raw, index) => {
    const found = /^\s*deb(-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)(.*)$/.exec(raw.replace(/#.*$/, ""));
    if (!found) return [];
    const options = new Map(
      (found[2] ?? "")
        .trim()
        .split(/\s+/)
        .map((option) => [option.split("=")[0]!, option.slice(option.indexOf("=") + 1)]),
    );
    return [
      {
        uris: [found[3]!],
        suites: [found[4]!],
        components: found[5]!.trim().split(/\s+/).filter(Boolean),
        sourcesOnly: found[1] !== undefined,
        trusted: isYes(options.get("trusted")),
        allowInsecure: isYes(options.get("allow-insecure")),
        signedBy: options.get("signed-by"),
        line: index + 1,
      },
    ];
  });
}

/** Reads a `.sources` file of paragraphs. Disabled ones are left out. */
export function parseSourcesParagraphs(text: string): AptSource[] {
  const sources: AptSource[] = [];
  let line = 1;
  for (const paragraph of text.split(/\n[ \t]*\n/)) {
    const start = line;
    line += paragraph.split("\n").length + 1;
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, "im").exec(paragraph)?.[1]?.trim();
    const uris = field("URIs");
    if (uris === undefined || field("Enabled")?.toLowerCase() === "no") continue;
    sources.push({
      uris: uris.split(/\s+/),
      suites: (field("Suites") ?? "").split(/\s+/).filter(Boolean),
      components: (field("Components") ?? "").split(/\s+/).filter(Boolean),
      sourcesOnly: !(field("Types") ?? "deb").split(/\s+/).includes("deb"),
      trusted: isYes(field("Trusted")),
      allowInsecure: isYes(field("Allow-Insecure")),
      signedBy: field("Signed-By"),
      line: start,
    });
  }
  return sources;
}

function isYes(value: string | undefined): boolean {
  return /^(yes|true|1|on|enable|with)$/i.test(value ?? "");
}

/** Settings of apt.conf(5) by their names joined with `::`, in lower case; lists are joined by spaces. Throws `CORRUPT_INPUT` where braces do not match. */
export function parseAptConfiguration(text: string, name: string): Record<string, string> {
  const values: Record<string, string> = {};
  const scope: string[] = [];
  const clean = text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(
      /("(?:[^"\\\n]|\\.)*")|(\/\/|#(?!clear|include)).*$/gm,
      (_, quoted: string | undefined) => quoted ?? "",
    );
  const pattern = /([A-Za-z0-9_\-/:.+]+)?\s*(?:("(?:[^"\\]|\\.)*")\s*;|(\{)|(\})\s*;?|;)|(\S)/g;
  for (const [, key, value, open, close] of clean.matchAll(pattern)) {
    if (open !== undefined) scope.push(key ?? "");
    else if (close !== undefined) {
      if (scope.pop() === undefined) throw corrupt(name, "a brace closes nothing");
    } else if (value !== undefined) {
      const path = [...scope, ...(key === undefined ? [] : [key])]
        .join("::")
        .toLowerCase()
        .replaceAll(/:{3,}/g, "::")
        .replace(/::$/, "");
      const text = value.slice(1, -1);
      const isList = key === undefined || key.endsWith("::");
      values[path] = isList && values[path] !== undefined ? `${values[path]} ${text}` : text;
    }
  }
  if (scope.length > 0) throw corrupt(name, "a brace is not closed");
  return values;
}
