import { open, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

const dockerfileName = /^(?:Dockerfile|Containerfile)(?:\..+)?$|.\.(?:Dockerfile|Containerfile)$/i;
/** Endings that make a file of that name something else. */
const otherName = /\.(?:dockerignore|containerignore|md|txt|orig|rej|swp|bak|sh|py|js|ts|ya?ml|json)$|~$/i;
/** Fields that a Kubernetes object or a compose file has at its top. */
const manifestField = /(?:^|[\s{,])"?(?:apiVersion|services)"?\s*:/;
/** Bytes of a file that are looked at for such a field. */
const beginning = 16 * 1024;

/** True for the names by which Dockerfiles go: `Dockerfile`, `Containerfile`, `NAME.Dockerfile`, `Dockerfile.NAME`. */
export function isDockerfileName(path: string): boolean {
  const name = basename(path);
  return dockerfileName.test(name) && !otherName.test(name);
}

/** What a folder of sources holds that can be assessed. */
export interface SourceFolder {
  /** Paths that begin with the folder's, sorted. */
  readonly dockerfiles: readonly string[];
  /** Whether a file of it looks like a Kubernetes manifest or a compose file. */
  readonly hasManifests: boolean;
}

/** Looks through a folder and its subfolders; links, `.git` and `node_modules` are not entered. Throws `LIMIT_EXCEEDED`, and the file system's errors. */
export async function sourceFolder(folder: string): Promise<SourceFolder> {
  const dockerfiles: string[] = [];
  const pending = [folder];
  let hasManifests = false;
  let entries = 0;
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const entry of await readdir(current, { withFileTypes: true })) {
      if (++entries > limits.records) throw limitExceeded(folder, `${limits.records} files`);
      const path = join(current, entry.name);
      if (entry.isDirectory() && entry.name !== ".git" && entry.name !== "node_modules") pending.push(path);
      if (!entry.isFile()) continue;
      if (isDockerfileName(path)) dockerfiles.push(path);
      else if (!hasManifests && /\.(?:ya?ml|json)$/i.test(entry.name)) hasManifests = await looksLikeManifest(path);
    }
  }
  return { dockerfiles: dockerfiles.sort((a, b) => (a < b ? -1 : 1)), hasManifests };
}

async function looksLikeManifest(path: string): Promise<boolean> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(beginning), 0, beginning, 0);
    return manifestField.test(buffer.subarray(0, bytesRead).toString("utf8"));
  } finally {
    await file.close();
  }
}
