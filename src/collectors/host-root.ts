import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { lstat, open, readdir, readlink, stat } from "node:fs/promises";
import { basename, dirname, join, normalize } from "node:path";
import { AppError, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Subject } from "../core/subject.ts";
import { pathText, systemPath } from "../formats/path-bytes.ts";

/** What can be asked of a path: its content, or why there is none. */
export type ReadResult =
  | { readonly text: string }
  | { readonly missing: "absent" | "denied" | "unreadable"; readonly reason: string };

/** Memory that files are read into one after another, so that many large ones cost no more than the largest. */
export class ReadBuffer {
  #bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);

  /** At least `size` bytes; what was in them is lost. */
  of(size: number): Buffer {
    if (this.#bytes.length < size) {
      this.release();
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(size, laterBuffer));
    }
    return this.#bytes;
  }

  /** Gives the memory back now rather than with the next large collection of garbage. */
  release(): void {
    if (this.#bytes.length === 0) return;
    giveBack(this.#bytes.buffer);
    this.#bytes = Buffer.alloc(0);
  }
}

/** Frees memory at once: what a closed channel was sent is gone. Nothing that lies in it can be read any more. */
export function giveBack(memory: ArrayBuffer): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, [memory]);
  port1.close();
  port2.close();
}

/** Where the signed baseline of a host lies and, where it is to be trusted, the public key that must have signed it. Both are files of this machine, not of the root. */
export interface BaselineSource {
  readonly file: string;
  readonly key?: string | undefined;
}

/** What is given with a host besides its files. */
export interface HostInputs {
  /** What its files are to be compared with. */
  readonly baseline?: BaselineSource | undefined;
  /** A file of this machine that holds what `getcap -r /` printed. */
  readonly capabilities?: string | undefined;
}

/** Folders whose resolved path is kept at a time. */
const rememberedFolders = 20_000;

/**
 * The root of a host's file system: the running system's `/`, the host's `/` mounted in a container, a chroot or a saved tree.
 * Everything that is read of a host is read through it, so that every check runs on a folder too. Links are followed inside the root only.
 */
export class HostRoot {
  readonly path: string;
  readonly subject: Subject;
  /** True when this is the running system, so that /proc and /sys tell about it. */
  readonly live: boolean;
  readonly given: HostInputs;
  readonly #folders = new Map<string, Promise<string>>();

  constructor(path: string, subject: Subject, live: boolean, given: HostInputs = {}) {
    this.path = path;
    this.subject = subject;
    this.live = live;
    this.given = given;
  }

  /** Reads a file whole as UTF-8, pseudo-files of size 0 included. Never throws for what a host may lack. */
  async read(path: string, maxBytes: number = limits.document): Promise<ReadResult> {
    const bytes = await this.readBytes(path, maxBytes);
    return "bytes" in bytes ? { text: Buffer.from(bytes.bytes).toString("utf8") } : bytes;
  }

  /** Reads a file whole. Into `place`, where given: the bytes are then valid until it is read into again. */
  async readBytes(
    path: string,
    maxBytes: number = limits.document,
    place?: ReadBuffer,
  ): Promise<{ readonly bytes: Uint8Array } | Exclude<ReadResult, { text: string }>> {
    try {
      return { bytes: await readWhole(await this.locate(path), maxBytes, place) };
    } catch (error) {
      return missing(path, error);
    }
  }

  /**
   * Reads many files of one folder, for pseudo-files by the thousand: reading them one by one through promises costs ten times as much.
   * Folders and links among the names are left out of the answer.
   */
  async readEach(
    folder: string,
    names: readonly string[],
    maxBytes: number = limits.document,
  ): Promise<Map<string, ReadResult>> {
    const results = new Map<string, ReadResult>();
    const place = await this.locate(folder);
    const buffer = Buffer.allocUnsafe(laterBuffer);
    for (const name of names) {
      const path = `${folder}/${name}`;
      try {
        const bytes = readNow(join(place, name), maxBytes, buffer);
        if (bytes !== undefined) results.set(name, { text: bytes.toString("utf8") });
      } catch (error) {
        if (codeOf(error) !== "ELOOP") results.set(name, missing(path, error));
      }
    }
    return results;
  }

  /** The text of a file, or undefined where there is none to be had. For files whose absence says nothing. */
  async text(path: string): Promise<string | undefined> {
    const result = await this.read(path);
    return "text" in result ? result.text : undefined;
  }

  /** Names in a folder, sorted, or why they cannot be had. Bytes that are no UTF-8 are told so that the name leads back to the file (formats/path-bytes.ts). */
  async list(path: string): Promise<{ readonly names: readonly string[] } | Exclude<ReadResult, { text: string }>> {
    try {
      return { names: (await readdir(systemPath(await this.locate(path)), "latin1")).map(pathText).sort() };
    } catch (error) {
      return missing(path, error);
    }
  }

  /** What a path is, links followed inside the root; undefined where there is nothing or it may not be seen. */
  async stat(path: string): Promise<Stats | undefined> {
    try {
      return await stat(systemPath(await this.locate(path)));
    } catch (error) {
      if (isAbsent(error) || isDenied(error)) return undefined;
      throw error;
    }
  }

  /** What a path is, without following a final link. */
  async lstat(path: string): Promise<Stats | undefined> {
    try {
      return await lstat(systemPath(await this.#place(path)));
    } catch (error) {
      if (isAbsent(error) || isDenied(error)) return undefined;
      throw error;
    }
  }

  /** The target of a link as written, or undefined. */
  async linkTarget(path: string): Promise<string | undefined> {
    return targetOf(await this.#place(path));
  }

  /** The targets of many links of one folder, as written; for links by the thousand. What is no link is left out. */
  async linkTargets(folder: string, names: readonly string[]): Promise<Map<string, string>> {
    const place = await this.locate(folder);
    const targets = new Map<string, string>();
    for (const name of names) {
      try {
        targets.set(name, pathText(readlinkSync(systemPath(`${place}/${name}`), "latin1")));
      } catch {
        // Not a link, absent or hidden: in each case there is no target to tell.
      }
    }
    return targets;
  }

  /** True where something is at the path. */
  async exists(path: string): Promise<boolean> {
    return (await this.stat(path)) !== undefined;
  }

  /**
   * What a path is and its bytes, read at once where it is a file of at most `maxBytes` that is wanted: thousands of small files cost half of what promises do.
   * Without bytes, `readBytes` tells why or reads what is larger.
   */
  async glance(
    path: string,
    maxBytes: number,
    wanted: (stats: Stats) => boolean,
  ): Promise<{ readonly stats: Stats; readonly bytes?: Uint8Array } | undefined> {
    const place = await this.locate(path);
    const stats = statNow(place);
    if (!stats?.isFile() || !wanted(stats)) return undefined;
    return stats.size > maxBytes ? { stats } : { stats, ...smallBytes(place, stats.size) };
  }

  /** True where something is at the path now, for questions asked many thousand times; links above it are not followed. */
  existsNow(path: string): boolean {
    return existsSync(systemPath(this.path === "/" ? path : join(this.path, normalize(`/${path}`))));
  }

  /** What a path is now, links neither followed at its end nor above it; undefined where there is nothing or it may not be seen. For questions asked many thousand times. */
  lstatNow(path: string): Stats | undefined {
    return statNow(this.path === "/" ? path : join(this.path, normalize(`/${path}`)), lstatSync);
  }

  /** The path on this machine of a path in the root, each link resolved as a chroot would. */
  async locate(path: string): Promise<string> {
    const wanted = normalize(`/${path}`);
    if (this.path === "/") return wanted;
    const place = await this.#place(wanted);
    return (await targetOf(place)) === undefined ? place : join(this.path, await this.#resolve(wanted));
  }

  /** The path on this machine, links resolved in all steps but the last. */
  async #place(path: string): Promise<string> {
    const wanted = normalize(`/${path}`);
    if (this.path === "/" || wanted === "/") return join(this.path, wanted);
    return join(this.path, await this.#folder(dirname(wanted)), basename(wanted));
  }

  /** A folder with its links resolved; thousands of files lie in few folders, so each is resolved once. */
  #folder(path: string): Promise<string> {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    if (this.#folders.size >= rememberedFolders) this.#folders.clear();
    const resolved = this.#resolve(path);
    this.#folders.set(path, resolved);
    return resolved;
  }

  /** Resolves every link of a path within the root, step by step. */
  async #resolve(path: string): Promise<string> {
    let pending = path.split("/").filter((step) => step !== "");
    let resolved = "";
    for (let links = 0; pending.length > 0; ) {
      const candidate = `${resolved}/${pending.shift()!}`;
      const target = await targetOf(join(this.path, candidate));
      if (target === undefined) {
        resolved = candidate;
        continue;
      }
      if (++links > limits.linkDepth)
        throw new AppError("CORRUPT_INPUT", `${path}: more than ${limits.linkDepth} links lead on from each other`);
      const onward = normalize(target.startsWith("/") ? target : `${resolved}/${target}`);
      pending = [...onward.split("/").filter((part) => part !== ""), ...pending];
      resolved = "";
    }
    return resolved;
  }
}

async function targetOf(place: string): Promise<string | undefined> {
  try {
    return pathText(await readlink(systemPath(place), "latin1"));
  } catch {
    // Not a link, absent or hidden: in each case there is no target to tell.
    return undefined;
  }
}

/** Most pseudo-files are short: a small first buffer keeps thousands of them cheap. */
const firstBuffer = 4_000;
const laterBuffer = 65_536;

async function readWhole(path: string, maxBytes: number, place?: ReadBuffer): Promise<Uint8Array> {
  // A pipe without a writer would block for ever; opened this way it is empty.
  const file = await open(systemPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw limitExceeded(path, `${maxBytes} bytes`);
    // A regular file tells its size and is read into one piece of memory; a pseudo-file tells none and goes on piece by piece.
    let buffer = place?.of(size + 1) ?? Buffer.allocUnsafe(size < firstBuffer ? firstBuffer : size + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
      if (length > maxBytes) throw limitExceeded(path, `${maxBytes} bytes`);
      if (length === buffer.length) buffer = Buffer.concat([buffer], Math.max(laterBuffer, length * 2));
    }
  } finally {
    await file.close();
  }
}

function statNow(path: string, ask: typeof lstatSync = statSync): Stats | undefined {
  try {
    return ask(systemPath(path), { throwIfNoEntry: false });
  } catch (error) {
    if (isAbsent(error) || isDenied(error)) return undefined;
    throw error;
  }
}

function smallBytes(path: string, size: number): { bytes?: Uint8Array } {
  let file: number | undefined;
  try {
    file = openSync(systemPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
    // One byte more than the size shows whether the file grew meanwhile.
    const bytes = Buffer.allocUnsafe(size + 1);
    const count = readSync(file, bytes, 0, bytes.length, null);
    return count <= size && count > 0 ? { bytes: bytes.subarray(0, count) } : {};
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return {};
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Undefined for what is no file. A link is refused by the system: it might lead out of the root. */
function readNow(path: string, maxBytes: number, buffer: Buffer): Buffer | undefined {
  const file = openSync(systemPath(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(file).isFile()) return undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return Buffer.concat(chunks);
      size += count;
      if (size > maxBytes) throw limitExceeded(path, `${maxBytes} bytes`);
      chunks.push(Buffer.from(buffer.subarray(0, count)));
    }
  } finally {
    closeSync(file);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
function isAbsent(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "ENODEV"].includes(codeOf(error));
}
function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes(codeOf(error));
}

function missing(path: string, error: unknown): Exclude<ReadResult, { text: string }> {
  if (isAbsent(error)) return { missing: "absent", reason: `${path} does not exist` };
  if (isDenied(error)) return { missing: "denied", reason: `${path} may not be read without root's rights` };
  return { missing: "unreadable", reason: `${path}: ${messageOf(error)}` };
}
