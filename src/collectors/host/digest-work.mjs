/*
 * Digests of files, on the main thread and on a helper thread alike. Plain JavaScript, since a thread of Node.js 20 loads nothing else; its types
 * are in digest-work.d.mts.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

const pieceSize = 512 * 1024;
let piece;

export function digestFile(path, algorithm) {
  let file;
  try {
    // A pipe without a writer would block for ever; opened this way it is empty.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return { missing: "unread" };
    piece ??= Buffer.allocUnsafeSlow(pieceSize);
    const hash = createHash(algorithm);
    for (;;) {
      const count = readSync(file, piece, 0, piece.length, null);
      if (count === 0) return { digest: hash.digest("hex") };
      hash.update(piece.subarray(0, count));
    }
  } catch (error) {
    return { missing: error.code === "ENOENT" || error.code === "ENOTDIR" ? "absent" : "unread" };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
