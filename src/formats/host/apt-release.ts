import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { linesOf } from "../control-fields.ts";

/** A file that a release lists. */
export interface ReleaseEntry {
  /** Hexadecimal, lower case. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** What a release says of the files below it. */
export interface ReleaseContents {
  /** By path below the release: `main/binary-amd64/Packages.xz`. */
  readonly files: ReadonlyMap<string, ReleaseEntry>;
  /** Whether files can be had under their hash too, so that a change in between does not tear them apart (`Acquire-By-Hash: yes`). */
  readonly byHash: boolean;
}

const begin = "-----BEGIN PGP SIGNED MESSAGE-----";
const signature = "-----BEGIN PGP SIGNATURE-----";

/**
 * The text that the signature of an `InRelease` covers (RFC 9580 §7, cleartext signature framework), dashes unescaped; a text without such a frame is itself.
 * What stands before or behind the frame was signed by nobody and is a `CORRUPT_INPUT` error, as is a frame without an end.
 */
export function signedText(text: string, name: string): string {
  if (!text.startsWith(begin)) {
    if (text.includes(begin)) throw corrupt(name, "has text before the signed message");
    return text;
  }
  const start = /\r?\n\r?\n/.exec(text);
  const end = text.indexOf(`\n${signature}`);
  if (start === null || end < 0 || start.index > end) throw corrupt(name, "has no end of the signed message");
  const headers = text.slice(begin.length, start.index).split("\n").slice(1);
  if (headers.some((line) => !/^Hash: [A-Za-z0-9, -]+\r?$/.test(line)))
    throw corrupt(name, "has other headers than that of its hash");
  const after = text.slice(text.indexOf("-----END PGP SIGNATURE-----", end) + 27);
  if (!text.includes("-----END PGP SIGNATURE-----") || after.trim() !== "")
    throw corrupt(name, "does not end with its signature");
  return text.slice(start.index + start[0].length, end + 1).replaceAll(/^- /gm, "");
}

/** The files that the SHA-256 part of a Release file lists (Debian repository format, "MD5Sum, SHA1, SHA256"). Throws `CORRUPT_INPUT` where it has none. */
export function parseReleaseContents(text: string, name: string): ReleaseContents {
  const files = new Map<string, ReleaseEntry>();
  let isListed = false;
  let byHash = false;
  for (const line of linesOf(signedText(text, name))) {
    if (!/^\s/.test(line)) {
      isListed = /^SHA256:\s*$/i.test(line);
      byHash ||= /^Acquire-By-Hash:\s*yes\s*$/i.test(line);
      continue;
    }
    const [, sha256, size, path] = (isListed && /^\s+([0-9a-f]{64})\s+(\d{1,15})\s+(\S+)$/i.exec(line)) || [];
    if (path === undefined) continue;
    files.set(path, { sha256: sha256!.toLowerCase(), size: Number(size) });
    if (files.size > limits.records) throw limitExceeded(name, `${limits.records} files of a release`);
  }
  if (files.size === 0) throw corrupt(name, "lists no files with SHA-256");
  return { files, byHash };
}
