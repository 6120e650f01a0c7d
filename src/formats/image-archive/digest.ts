import { createHash } from "node:crypto";
import { corrupt } from "../../core/errors.ts";

/** The digest of bytes as `sha256:` and hex, or by the algorithm of another digest. */
export function digestOf(bytes: Uint8Array, algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Hands bytes on and, at their end, compares their digest; another one is `CORRUPT_INPUT`. A reader that stops early verifies nothing. */
export async function* verifiedDigest(
  source: AsyncIterable<Uint8Array>,
  digest: string,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash(algorithmOf(digest));
  for await (const piece of source) {
    hash.update(piece);
    yield piece;
  }
  const found = `${algorithmOf(digest)}:${hash.digest("hex")}`;
  if (found !== digest) throw corrupt(what, `the content has digest ${found}, not ${digest}`);
}

/** Compares the digest of a document that was read whole; another one is `CORRUPT_INPUT`. */
export function requireDigest(bytes: Uint8Array, digest: string, what: string): void {
  const found = digestOf(bytes, algorithmOf(digest));
  if (found !== digest) throw corrupt(what, `the content has digest ${found}, not ${digest}`);
}

function algorithmOf(digest: string): string {
  return digest.slice(0, digest.indexOf(":"));
}
