import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, normalize, sep } from "node:path";
import { AppError, messageOf } from "../core/errors.ts";
import type { ByteSource, DirectorySource } from "../formats/byte-source.ts";

/** Bytes read at a time while a file is streamed. */
const streamPiece = 1024 ** 2;

/** A file as a source of bytes that must be closed. Throws `TARGET_NOT_FOUND` when it is not there or may not be read. */
export async function openFile(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const handle = await attempt(path, () => open(path, "r"));
  return sourceOf(handle, path);
}

/** A file without a name to write to and read from: it is gone with the process, however that ends. */
export interface ScratchFile {
  write(piece: Uint8Array): Promise<void>;
  /** What was written so far, under a name for errors. */
  source(name: string): Promise<ByteSource>;
  close(): Promise<void>;
}

/** Opens a scratch file in the folder for such files, readable by this user alone. */
export async function openScratchFile(): Promise<ScratchFile> {
  const path = join(tmpdir(), `plimsoll-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
  const handle = await open(path, "wx+", 0o600);
  await rm(path);
  return {
    write: (piece) => handle.writeFile(piece),
    source: (name) => sourceOf(handle, name),
    close: () => handle.close(),
  };
}

async function sourceOf(handle: FileHandle, name: string): Promise<ByteSource & { close(): Promise<void> }> {
  const { size } = await handle.stat();
  return {
    name,
    size,
    read: (offset, length) => readAt(handle, offset, length),
    stream: (start, end) => streamOf(handle, start ?? 0, end ?? size),
    close: () => handle.close(),
  };
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function* streamOf(handle: FileHandle, start: number, end: number): AsyncIterable<Uint8Array> {
  for (let at = start; at < end; ) {
    const piece = await readAt(handle, at, Math.min(streamPiece, end - at));
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
}

/** A folder as a source of files. Paths that lead out of it are answered as absent. Every file that was opened is closed by `close`. */
export function openFolder(path: string): DirectorySource & { close(): Promise<void> } {
  const opened: { close(): Promise<void> }[] = [];
  return {
    name: path,
    async open(inside) {
      const wanted = normalize(join(path, inside));
      if (wanted !== path && !wanted.startsWith(path.endsWith(sep) ? path : path + sep)) return undefined;
      const found = await stat(wanted).catch(() => undefined);
      if (!found?.isFile()) return undefined;
      const file = await openFile(wanted);
      opened.push(file);
      return file;
    },
    async close() {
      for (const file of opened) await file.close();
    },
  };
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new AppError("TARGET_NOT_FOUND", `cannot open ${path}: ${messageOf(error)}`, {
      hint: "check the path and that you may read it",
      cause: error,
    });
  }
}
