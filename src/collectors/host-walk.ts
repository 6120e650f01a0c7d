import { lstatSync, readdirSync, type Stats } from "node:fs";
import { resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import { limits } from "../core/limits.ts";
import { pathLatin1, pathText } from "../formats/path-bytes.ts";
import type { HostRoot } from "./host-root.ts";

/** A file or folder met on a walk. Links are not among them: their own mode says nothing. */
export interface WalkedFile {
  /** Path of the folder that it is in, within the root, with a slash at the end; one and the same text for all that is in it. */
  readonly folder: string;
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly kind: "file" | "folder" | "block" | "character" | "socket" | "pipe";
}
/** What a walk covered. */
export interface WalkSummary {
  /** Entries met, links included. */
  readonly entries: number;
  readonly folders: number;
  /** Folders on other devices or of container storage that were passed over. */
  readonly skipped: readonly string[];
  /** Entries that could not be looked at. */
  readonly unseen: number;
  /** Why the walk ended before its end; absent where it did not. */
  readonly stopped?: string;
}

/** Where engines keep layers and volumes: files of containers, not of the host. */
const containerStorage = [
  /^\/var\/lib\/(docker|containerd|crio|rancher|nerdctl|buildkit|lxc|lxd|incus|machines|portables)$/,
  /^\/var\/lib\/containers\/(storage|cache)$/,
  /^\/var\/lib\/kubelet\/pods$/,
  /\/\.local\/share\/(containers|docker|nerdctl)$/,
];
const mostEntries = limits.records * 4;
/** Folders between two breaths: other work on the event loop goes on meanwhile. */
const foldersPerTurn = 512;

/** Entries of a folder from which on it is cheaper to step into it. */
const worthStepping = 8;

type Failure = "gone" | "denied";
/** Takes an entry: its name, and what it is; undefined where that may not be seen. */
type Tell = (name: string, stats: Stats | undefined) => void;
const mayBeGone = { throwIfNoEntry: false } as const;

/**
 * Visits everything on the device of the root once, depth first. Synchronous calls are several times faster than promises here; the walk gives way
 * regularly. One thread walks: a second one costs more memory and processor time than it saves (docs/decisions/0006).
 */
export async function walkHost(
  root: HostRoot,
  visit: (file: WalkedFile) => void,
  signal?: AbortSignal,
): Promise<WalkSummary> {
  const base = resolve(root.path) === "/" ? "" : resolve(root.path);
  const place = new WalkPlace(base);
  const pending = ["/"];
  const walk = new Walk(visit, pending, lstatSync(root.path).dev);
  try {
    for (let folders = 1; pending.length > 0 && walk.stopped === undefined; folders++) {
      const folder = pending.pop()!;
      walk.enter(folder);
      walk.leave(place.look(folder, walk.tell));
      if (folders % foldersPerTurn !== 0) continue;
      place.leave();
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) walk.stopped = "it was interrupted";
    }
  } finally {
    place.leave();
  }
  return walk.summary();
}

class Walk {
  readonly #visit: (file: WalkedFile) => void;
  readonly #pending: string[];
  readonly #device: number;
  readonly #skipped: string[] = [];
  #folder = "/";
  #entries = 0;
  #folders = 0;
  #unseen = 0;
  stopped: string | undefined;

  constructor(visit: (file: WalkedFile) => void, pending: string[], device: number) {
    this.#visit = visit;
    this.#pending = pending;
    this.#device = device;
  }

  enter(folder: string): void {
    this.#folder = folder === "/" ? "/" : `${folder}/`;
  }

  leave(failure: Failure | undefined): void {
    this.#folders++;
    if (failure === "denied") this.#unseen++;
  }

  /** Takes an entry of the folder that was entered last. */
  readonly tell: Tell = (name, stats) => {
    if (this.stopped !== undefined) return;
    if (++this.#entries > mostEntries) {
      this.stopped = `more than ${mostEntries} entries`;
      return;
    }
    if (stats === undefined) {
      this.#unseen++;
      return;
    }
    const { mode, uid, gid, size } = stats;
    const kind = kinds[(mode >> 12) & 0o17];
    // Links are not told: their own mode says nothing.
    if (kind === undefined) return;
    const folder = this.#folder;
    if (kind === "folder") {
      const path = folder + name;
      if (stats.dev !== this.#device || containerStorage.some((pattern) => pattern.test(path))) {
        this.#skipped.push(path);
        return;
      }
      this.#pending.push(path);
    }
    this.#visit({ folder, name, mode, uid, gid, size, kind });
  };

  summary(): WalkSummary {
    const { stopped } = this;
    return {
      entries: this.#entries,
      folders: this.#folders,
      skipped: this.#skipped.sort(),
      unseen: this.#unseen,
      ...(stopped === undefined ? {} : { stopped }),
    };
  }
}

/**
 * The folder that a walk is at. The process itself steps into a folder with many entries while they are looked at, so that the kernel need not resolve
 * the whole path for each (a fifth of the walk's time); whoever runs in between finds the process where it was. Where it cannot step, whole paths are
 * used. Names are asked for as bytes: one that is no UTF-8 would not be found again, and count as gone.
 */
class WalkPlace {
  readonly #base: string;
  readonly #home = workingFolder();

  constructor(base: string) {
    this.#base = base;
  }

  /** Tells what lies in a folder of the root; answers why that cannot be told where it is gone or closed. */
  look(folder: string, tell: Tell): Failure | undefined {
    const path = pathLatin1(this.#base + folder);
    try {
      const names = readdirSync(asSystem(path), "latin1");
      const prefix = names.length >= worthStepping && this.#step(path) ? "" : path.endsWith("/") ? path : `${path}/`;
      const isPlain = !beyondAscii.test(prefix);
      for (const name of names) {
        // Nearly every path is ASCII: then it is its own text, and bytes too.
        if (isPlain && !beyondAscii.test(name)) tellOne(prefix + name, name, tell);
        else tellOne(asSystem(prefix + name), pathText(name), tell);
      }
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  }

  #step(path: string): boolean {
    if (this.#home === undefined || beyondAscii.test(path)) return false;
    process.chdir(path);
    return true;
  }

  /** Goes back to where the process was. */
  leave(): void {
    if (this.#home === undefined) return;
    try {
      process.chdir(this.#home);
    } catch {
      // It was removed during the walk, and nothing relative to it could be found any more.
      process.chdir("/");
    }
  }
}

/** Undefined where the process cannot step elsewhere and back: in a thread, or in a folder that was removed. */
function workingFolder(): string | undefined {
  if (!isMainThread) return undefined;
  try {
    const home = process.cwd();
    process.chdir(home);
    return home;
  } catch {
    return undefined;
  }
}

function tellOne(path: string | Buffer, name: string, tell: Tell): void {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, mayBeGone);
    if (stats === undefined) return;
  } catch (error) {
    if (failureOf(error) === "gone") return;
  }
  tell(name, stats);
}

const beyondAscii = /[^\x00-\x7f]/;

function asSystem(latin1: string): string | Buffer {
  return beyondAscii.test(latin1) ? Buffer.from(latin1, "latin1") : latin1;
}

/** What was removed meanwhile is no gap; all else is. */
function failureOf(error: unknown): Failure {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")
    ? "gone"
    : "denied";
}

/** The kinds of inode(7) by the four bits of the mode that tell them; links and what is none of them are left out. */
const kinds: Readonly<Record<number, WalkedFile["kind"]>> = {
  1: "pipe",
  2: "character",
  4: "folder",
  6: "block",
  8: "file",
  12: "socket",
};
