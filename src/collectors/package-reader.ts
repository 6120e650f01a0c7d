import type { OwnedFiles } from "../formats/dpkg.ts";
import type { PackageRecord } from "../formats/package-record.ts";

/** What one file told about packages. Plain JSON, so that it can be kept by layer digest. */
export interface PackageEvidence {
  readonly packages?: readonly PackageRecord[];
  /** Files of packages that another file describes. */
  readonly files?: readonly OwnedFiles[];
  /** What single entries of the file could not be read for; the others were. */
  readonly problems?: readonly string[];
  /** What every package of the reader should carry: `repositories`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The evidence of one visible file. */
export interface FoundEvidence<E extends PackageEvidence = PackageEvidence> {
  /** Without a leading slash. */
  readonly path: string;
  readonly evidence: E;
}

/** A package and the file that it was found by. */
export interface FoundPackage {
  readonly path: string;
  readonly record: PackageRecord;
}

/**
 * Reads one kind of package database or metadata. The same reader serves images, where it is asked about every file, and hosts,
 * where only its known places are looked at.
 */
export interface PackageReader<E extends PackageEvidence = PackageEvidence> {
  readonly id: string;
  /** Raised whenever `wants` or `read` change what they give. */
  readonly version: number;
  /**
   * `database`: a package manager's own record. `metadata`: what a package brings with it. `trace`: what is left in a built file,
   * told only where no database names the package already.
   */
  readonly role: "database" | "metadata" | "trace";
  /** Where to look on a host, without a leading slash; `*` stands for one name or a part of it. */
  readonly paths: readonly string[];
  /** Whether it needs the bytes of the file; `mode` holds the permission bits. */
  wants(path: string, size: number, mode: number): boolean;
  /** What the file tells. Throws `CORRUPT_INPUT` or `LIMIT_EXCEEDED` where it cannot be read. Pure. */
  read(path: string, bytes: Uint8Array): E;
  /** Puts evidence that is spread over several files together; without it every file speaks for itself. May throw an AppError where files do not fit each other. */
  combine?(found: readonly FoundEvidence<E>[]): FoundPackage[];
}

/** Declares a package reader; the identity function, for its types. */
export function definePackageReader<E extends PackageEvidence>(reader: PackageReader<E>): PackageReader<E> {
  return reader;
}

/** The text of a file; bytes that are no UTF-8 become replacement characters. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The packages of all files as they are, each with the properties that the reader's files state. */
export function eachOnItsOwn(found: readonly FoundEvidence[]): FoundPackage[] {
  return found.flatMap(({ path, evidence }) => (evidence.packages ?? []).map((record) => ({ path, record })));
}
