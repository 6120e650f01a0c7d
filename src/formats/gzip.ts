import { createGunzip, type Gunzip } from "node:zlib";
import { AppError, corrupt, messageOf } from "../core/errors.ts";

/** Output pieces of one MiB: the default of 16 KiB halves the speed. */
const pieceSize = 1024 ** 2;

/**
 * The content of a gzip stream of one or more members (RFC 1952). Damage, truncation and anything but zero padding
 * behind the last member is `CORRUPT_INPUT`: a reader that skips such bytes sees another file than the next reader.
 */
export async function* gunzip(
  source: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createGunzip({ chunkSize: pieceSize });
  const progress = { written: 0 };
  const pump = feed(source, inflate, what, progress);
  // The pump's failure surfaces through the stream that it destroys; the await below reports it when output ended first.
  pump.catch(() => inflate.destroy());
  try {
    for await (const piece of inflate) yield piece as Uint8Array;
    await pump;
  } catch (thrown) {
    throw await explained(thrown, pump, what, Math.max(inflate.bytesWritten, progress.written));
  } finally {
    inflate.destroy();
  }
}

/** Writes the source into the decoder, one piece at a time, and looks at what the decoder leaves. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  inflate: Gunzip,
  what: string,
  progress: { written: number },
): Promise<void> {
  let ended = false;
  for await (const piece of source) {
    if (piece.length === 0) continue;
    if (inflate.destroyed) return;
    if (ended) {
      requirePadding(piece, what, progress.written);
      progress.written += piece.length;
      continue;
    }
    await write(inflate, piece);
    progress.written += piece.length;
    const left = progress.written - inflate.bytesWritten;
    if (left > 0) {
      ended = true;
      requirePadding(piece.subarray(piece.length - left), what, progress.written - left);
    }
  }
  inflate.end();
}

function write(inflate: Gunzip, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the reader stopped"));
    inflate.once("close", closed);
    inflate.write(piece, (error) => {
      inflate.off("close", closed);
      if (error) reject(error);
      else resolve();
    });
  });
}

function requirePadding(bytes: Uint8Array, what: string, offset: number): void {
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at >= 0) throw corrupt(what, "bytes that are not gzip follow the gzip data", offset + at);
}

/** The failure as the user is told it: the source's own error where it had one, otherwise what zlib said. */
async function explained(thrown: unknown, pump: Promise<void>, what: string, offset: number): Promise<unknown> {
  if (thrown instanceof AppError) return thrown;
  const fromPump = await pump.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (fromPump instanceof AppError) return fromPump;
  if (isZlibError(thrown) || isZlibError(fromPump)) {
    return corrupt(what, `gzip: ${messageOf(isZlibError(thrown) ? thrown : fromPump)}`, offset);
  }
  return fromPump ?? thrown;
}

function isZlibError(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && /^Z_/.test(String(thrown.code));
}
