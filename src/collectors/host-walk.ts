import { type Dirent, lstatSync, readdirSync, type Stats } from "node:fs";
import { join, resolve } from "node:path";
import { isMainThread } from "node:worker_threads";
import { limits } from "../core/limits.ts";
import type { HostRoot } from "./host-root.ts";

/** A file or folder met on a walk. Links are not among them: their own mode says nothing. */
export interface WalkedFile {
  /** Path within the root. */
  readonly path: string;
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
/** Folders between two breaths: other work on the event loop goes on meanwhile. */
const foldersPerTurn = 512;

/**
 * Visits everything on the device of the root once, depth first. Synchronous calls are several times faster than promises here; the walk gives way
 * regularly. One thread walks: a second one needs more memory than a host can spare (docs/decisions/0006).
 */
export async function walkHost(
  root: HostRoot,
  visit: (file: WalkedFile) => void,
  signal?: AbortSignal,
): Promise<WalkSummary> {
  const device = lstatSync(root.path).dev;
  const skipped: string[] = [];
  const pending: string[] = ["/"];
  let [entries, folders, unseen] = [0, 0, 0];
  const place = new WalkPlace(root.path);
  try {
    while (pending.length > 0) {
      const folder = pending.pop()!;
      if (++folders % foldersPerTurn === 0) {
        place.leave();
        await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted) return { entries, folders, skipped, unseen, stopped: "it was interrupted" };
      }
      const names = place.enter(folder);
      if (typeof names === "string") {
        if (names === "denied") unseen++;
        continue;
      }
      for (const entry of names) {
        if (++entries > limits.records * 4)
          return { entries, folders, skipped, unseen, stopped: `more than ${limits.records * 4} entries` };
        if (entry.isSymbolicLink()) continue;
        const path = folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
        const stats = place.statsOf(entry.name);
        if (typeof stats === "string") {
          if (stats === "denied") unseen++;
          continue;
        }
        const { mode } = stats;
        const kind = kinds[(mode >> 12) & 0o17] ?? "pipe";
        if (kind === "folder") {
          if (stats.dev !== device || containerStorage.some((pattern) => pattern.test(path))) {
            skipped.push(path);
            continue;
          }
          pending.push(path);
        }
        visit({ path, name: entry.name, mode, uid: stats.uid, gid: stats.gid, size: stats.size, kind });
      }
    }
  } finally {
    place.leave();
  }
  return { entries, folders, skipped: skipped.sort(), unseen };
}

/**
 * The folder that a walk is at. The process itself steps into it while it is looked at, so that the kernel need not resolve the whole path for every
 * file (a fifth of the walk's time); whoever runs in between finds the process where it was. Where it cannot step, whole paths are used.
 */
class WalkPlace {
  readonly #base: string;
  readonly #home = workingFolder();
  #prefix = "";

  constructor(base: string) {
    this.#base = resolve(base);
  }

  /** Goes to a folder of the root; its entries, or why there are none. */
  enter(folder: string): Dirent[] | "gone" | "denied" {
    const path = this.#base === "/" ? folder : join(this.#base, folder);
    try {
      if (this.#home === undefined) this.#prefix = path.endsWith("/") ? path : `${path}/`;
      else process.chdir(path);
      return readdirSync(this.#home === undefined ? path : ".", { withFileTypes: true });
    } catch (error) {
      return failureOf(error);
    }
  }

  /** What an entry of that folder is. */
  statsOf(name: string): Stats | "gone" | "denied" {
    try {
      return lstatSync(this.#prefix + name, { throwIfNoEntry: false }) ?? "gone";
    } catch (error) {
      return failureOf(error);
    }
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

/** What was removed meanwhile is no gap; all else is. */
function failureOf(error: unknown): "gone" | "denied" {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")
    ? "gone"
    : "denied";
}

/** The kinds of inode(7) by the four bits of the mode that tell them. */
const kinds: Readonly<Record<number, WalkedFile["kind"]>> = {
  1: "pipe",
  2: "character",
  4: "folder",
  6: "block",
  8: "file",
  12: "socket",
};
