import type { FoundPackage } from "./package-reader.ts";

/** Records of whole programs, by package URL type, with the names that they give to programs which their traces call otherwise. */
const describing: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bitnami: {
    golang: "go",
    "java-min": "java",
    jre: "java",
    "node-min": "node",
    "node-snapshot": "node",
    "php-min": "php",
  },
  conda: {
    "apache-httpd": "apache",
    "go-cgo": "go",
    "go-nocgo": "go",
    libcurl: "curl",
    liblzma: "xz",
    "liblzma-devel": "xz",
    libpq: "postgresql",
    libsqlite: "sqlite",
    "mysql-client": "mysql",
    "mysql-server": "mysql",
    nodejs: "node",
    openjdk: "java",
    "qt-main": "qt",
    "qt6-main": "qt",
    "redis-server": "redis",
    "xz-tools": "xz",
    "zstd-static": "zstd",
  },
};

/** A program that a record describes, and the folder that it was installed into. */
export interface DescribedProgram {
  readonly name: string;
  readonly version: string;
  /** With a slash at its end, or empty for the root. */
  readonly prefix: string;
}

/** The program that a record of Bitnami (`PREFIX/.spdx-…`) or conda (`PREFIX/conda-meta/…`) describes; undefined for every other package. */
export function describedProgram({ path, record }: FoundPackage): DescribedProgram | undefined {
  const names = Object.hasOwn(describing, record.type) ? describing[record.type] : undefined;
  if (names === undefined) return undefined;
  const [, prefix] = /^(.*?)(?:\.spdx-[^/]+|conda-meta\/[^/]+)$/s.exec(path) ?? [];
  if (prefix === undefined) return undefined;
  const name = Object.hasOwn(names, record.name) ? names[record.name] : undefined;
  return { name: name ?? record.name, version: record.version, prefix };
}

/**
 * Whether a trace is of a program that a record describes: the same name and version, below the folder that the record is about. A copy elsewhere
 * is another one, and so is a program that was put in place of the installed one.
 */
export function isTraceOf({ path, record }: FoundPackage, program: DescribedProgram): boolean {
  return record.name === program.name && path.startsWith(program.prefix) && agree(record.version, program.version);
}

/** Bitnami adds the number of its own build (`15.3.0-10`); the bytes of Java add theirs (`1.8.0_392-b08` is 8.0.392 or 1.8.392). */
function agree(traced: string, described: string): boolean {
  const [a, b] = [numbersOf(traced), numbersOf(described)];
  if (a.length === 0 || b.length === 0) return traced === described;
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  return (
    shorter.length >= Math.min(2, longer.length) &&
    shorter.every((number, at) => longer[at] === number) &&
    stage(traced) === stage(described)
  );
}

/** The numbers before a build or pre-release: `15.3.0-10` is 15, 3, 0. Trailing zeros count for nothing. */
function numbersOf(version: string): string[] {
  const [, plain = ""] = /^((?:\d+)(?:[._]\d+)*)/.exec(version) ?? [];
  const numbers = plain.split(/[._]/).filter((number) => number !== "");
  while (numbers.length > 2 && numbers.at(-1) === "0") numbers.pop();
  return numbers;
}

/** `rc1` of `3.13.0rc1` and `3.13.0-rc.1`; empty for a release. */
function stage(version: string): string {
  const [, kind, number] = /(?:^|[\d.-])(a|b|c|alpha|beta|rc|pre|dev)[.-]?(\d*)/i.exec(version) ?? [];
  return kind === undefined ? "" : `${kind.toLowerCase().slice(0, 1)}${number}`;
}
