import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** The digest of a file in hexadecimal, or why there is none. */
export type FileDigest = { readonly digest: string } | { readonly missing: "absent" | "unread" };

const pieceSize = 1024 ** 2;
const shared = Buffer.allocUnsafeSlow(pieceSize);

/** Digests a regular file of this machine piece by piece. What is no regular file is not read: a pipe would wait, a device might never end. */
export function fileDigest(path: string, algorithm: string): FileDigest {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return { missing: "unread" };
    const hash = createHash(algorithm);
    for (;;) {
      const count = readSync(file, shared, 0, shared.length, null);
      if (count === 0) return { digest: hash.digest("hex") };
      hash.update(shared.subarray(0, count));
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return { missing: code === "ENOENT" || code === "ENOTDIR" ? "absent" : "unread" };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
