/**
 * A text beside which a program's version stands. `pattern` is tried on the bytes around each occurrence, read as latin1, and names the
 * version in its group `version`; other named groups become properties of the package.
 */
export interface KeywordMark {
  readonly keyword: string;
  readonly pattern: RegExp;
  /** Bytes before the keyword that the pattern sees; none where absent. */
  readonly before?: number;
  /** Bytes after the keyword that the pattern sees; 96 where absent. */
  readonly after?: number;
}

/**
 * A version that is a string of its own in the bytes, without a text that introduces it. The best context wins; where versions that
 * differ have equally good ones, none is told.
 */
export interface LoneMark {
  /** Tried where a number with a point begins, on up to 96 bytes from there; says itself how the string must end. */
  readonly lone: RegExp;
  /** Whether a `v` stands before the number, or may. */
  readonly prefix?: "v" | "either";
  /** What stands around it, best first; `place` in them stands for the version. */
  readonly contexts: readonly RegExp[];
  /** Bytes on each side that the contexts see; 64 where absent. */
  readonly reach?: number;
  /** Whether a version that no context confirms counts, where it is the only one. */
  readonly anywhere?: boolean;
}

/** What tells the version in the bytes of a program. */
export type VersionMark = KeywordMark | LoneMark;

/** Stands for the version itself in the contexts of a lone mark: a character that latin1 has not. */
export const place = "\u{ffff}";

/** How one program that was installed without a package is recognised: by the name of its file and then by what its bytes tell. */
export interface ProgramRule {
  /** As the advisories of programs name it (`generic` and `bitnami`). */
  readonly name: string;
  /** `vendor:product` of its CPE, where it has one. */
  readonly cpe?: string;
  /** Names of its files. */
  readonly files?: readonly string[];
  /** Names of its files that have versions in them; without group references, anchored at both ends. */
  readonly pattern?: RegExp;
  /** Whether the files are text: then they need no permission to be run, and are small. */
  readonly text?: boolean;
  /** Whether other programs commonly have the same file name, or its version lies in a library, so that a file without one is no gap. */
  readonly shared?: boolean;
  /** Tried in order; the first that finds a version decides. */
  readonly marks: readonly VersionMark[];
  /** Whether the version can be that of a file of this name: `python3.8` is no 3.9. */
  fits?(file: string, version: string): boolean;
}

/** A string that ends with a zero byte: `1.2.3`, `1.2.3-rc.1`, `1.2.3+build`. */
export const semanticString = /^(?<version>\d{1,5}\.\d{1,5}\.\d{1,5}(?:[-+~][0-9A-Za-z][0-9A-Za-z.+-]{0,50})?)\0/;

const stages = "alpha|beta|rc|pre|preview|dev|nightly|canary|snapshot|RC|DEV|SNAPSHOT";

/** A mark for a text that is directly followed by three numbers, perhaps with a pre-release after a hyphen. */
export function introduced(keyword: string): KeywordMark {
  const escaped = keyword.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return {
    keyword,
    pattern: new RegExp(`^${escaped}(?<version>\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}(?:-(?:${stages})[0-9A-Za-z.]{0,40})?)`),
  };
}
