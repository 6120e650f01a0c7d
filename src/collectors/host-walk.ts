import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
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

/** Visits everything on the device of the root once, depth first. Synchronous calls are several times faster than promises here; the walk gives way regularly. */
export async function walkHost(
  root: HostRoot,
  visit: (file: WalkedFile) => void,
  signal?: AbortSignal,
): Promise<WalkSummary> {
  const device = lstatSync(root.path).dev;
  const skipped: string[] = [];
  const pending: string[] = ["/"];
  let [entries, folders, unseen] = [0, 0, 0];
  while (pending.length > 0) {
    const folder = pending.pop()!;
    if (++folders % foldersPerTurn === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) return { entries, folders, skipped, unseen, stopped: "it was interrupted" };
    }
    const names = namesIn(root.path, folder);
    if (typeof names === "string") {
      if (names === "denied") unseen++;
      continue;
    }
    for (const entry of names) {
      if (++entries > limits.records * 4)
        return { entries, folders, skipped, unseen, stopped: `more than ${limits.records * 4} entries` };
      if (entry.isSymbolicLink()) continue;
      const path = folder === "/" ? `/${entry.name}` : `${folder}/${entry.name}`;
      const stats = statsOf(root.path, path);
      if (typeof stats === "string") {
        if (stats === "denied") unseen++;
        continue;
      }
      if (stats.isDirectory()) {
        if (stats.dev !== device || containerStorage.some((pattern) => pattern.test(path))) {
          skipped.push(path);
          continue;
        }
        pending.push(path);
      }
      visit({
        path,
        name: entry.name,
        mode: stats.mode,
        uid: stats.uid,
        gid: stats.gid,
        size: stats.size,
        kind: kindOf(stats),
      });
    }
  }
  return { entries, folders, skipped: skipped.sort(), unseen };
}

function namesIn(base: string, folder: string) {
  try {
    return readdirSync(place(base, folder), { withFileTypes: true });
  } catch (error) {
    return failureOf(error);
  }
}

/** What was removed meanwhile is no gap; all else is. */
function failureOf(error: unknown): "gone" | "denied" {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")
    ? "gone"
    : "denied";
}

function statsOf(base: string, path: string): Stats | "gone" | "denied" {
  try {
    return lstatSync(place(base, path), { throwIfNoEntry: false }) ?? "gone";
  } catch (error) {
    return failureOf(error);
  }
}

function place(base: string, path: string): string {
  return base === "/" ? path : join(base, path);
}

function kindOf(stats: Stats): WalkedFile["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  if (stats.isBlockDevice()) return "block";
  if (stats.isCharacterDevice()) return "character";
  return stats.isSocket() ? "socket" : "pipe";
}
