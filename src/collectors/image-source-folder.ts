import { constants, type Stats } from "node:fs";
import { lstat, open, readdir, readlink, realpath, statfs } from "node:fs/promises";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { absentConfig, type ImageSource, type SourceEntry, type StatedFact, UnreadableFile } from "./image-source.ts";

/** File systems that show the kernel's state rather than files (statfs(2)): proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, bpf, devpts. */
const kernelFileSystems = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0xcafe4a11, 0x1cd1,
]);

const notAnImage = "a root file system has no image configuration";

/**
 * The root file system in a folder as an image of one layer. Links are never followed by the machine's own rules: they are resolved inside the
 * root. Extended attributes are not read, and what they would tell is never taken as absent. Throws `TARGET_NOT_FOUND` where there is no folder.
 */
export async function openFolderImage(path: string): Promise<ImageSource> {
  const root = await realpath(path).catch((error: unknown) => {
    throw new AppError("TARGET_NOT_FOUND", `cannot open folder ${path}: ${messageOf(error)}`, {
      hint: "name the root folder of a file system: dir:/srv/root",
    });
  });
  if (!(await lstat(root)).isDirectory())
    throw new AppError("TARGET_NOT_FOUND", `${path} is not a folder`, { hint: "for a file use archive: or sbom:" });
  const walk = new FolderWalk(root);
  const name = `dir:${path}`;
  const layer = {
    diffId: name,
    get size() {
      return walk.bytes;
    },
    open: () => {
      throw new TypeError("a folder has no tar");
    },
    entries: () => walk.entries(),
  };
  const image = {
    references: [],
    platform: { os: config.os, architecture: config.architecture },
    configDigest: name,
    config,
    layers: [layer],
    annotations: {},
    stated: (collector: string) => stated(collector, name),
  };
  return { name, format: "folder", images: [image], close: async () => undefined };
}

const config = absentConfig("linux", "unknown");

/** An empty configuration would read as one that sets nothing; there is none. */
function stated(collector: string, source: string): StatedFact | undefined {
  if (collector !== "configuration" && collector !== "base") return undefined;
  return { source, unavailable: notAnImage, remedy: "assess the image that the folder was unpacked from" };
}

/** Goes through a folder, parents first, names in code unit order. */
class FolderWalk {
  readonly #root: string;
  readonly #links = new Map<string, string>();
  #entries = 0;
  /** Bytes of the files so far. */
  bytes = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async *entries(): AsyncGenerator<SourceEntry, void, undefined> {
    this.bytes = 0;
    this.#entries = 0;
    const folders: { path: string; device: number }[] = [{ path: "", device: (await lstat(this.#root)).dev }];
    for (let folder = folders.pop(); folder; folder = folders.pop()) {
      const inner: typeof folders = [];
      for (const name of await this.#namesIn(folder.path)) {
        const path = folder.path === "" ? name : `${folder.path}/${name}`;
        const found = await lstat(this.#at(path)).catch(() => undefined);
        // Gone since it was listed, or a socket, which no image can hold.
        if (found === undefined || found.isSocket()) continue;
        this.#count(path);
        yield await this.#entry(path, found);
        if (found.isDirectory() && !(found.dev !== folder.device && (await isKernels(this.#at(path)))))
          inner.push({ path, device: found.dev });
      }
      folders.push(...inner.reverse());
    }
  }

  async #namesIn(path: string): Promise<string[]> {
    try {
      return (await readdir(this.#at(path))).sort();
    } catch (error) {
      throw new AppError("AUTH_FAILED", `cannot list folder ${this.#at(path)}: ${messageOf(error)}`, {
        hint: "run as a user that may read the whole file system; what is not seen cannot be judged",
        cause: error,
      });
    }
  }

  #at(path: string): string {
    return path === "" ? this.#root : `${this.#root === "/" ? "" : this.#root}/${path}`;
  }

  #count(path: string): void {
    this.#entries += 1;
    if (this.#entries > limits.tarEntries) throw limitExceeded(this.#root, `${limits.tarEntries} files`);
    if (path.length > limits.pathBytes) throw corrupt(this.#root, `a path is longer than ${limits.pathBytes} bytes`);
  }

  async #entry(path: string, found: Stats): Promise<SourceEntry> {
    const { mode, uid, gid, mtimeMs } = found;
    const base = {
      path,
      size: 0,
      mode: mode & 0o7777,
      uid,
      gid,
      mtime: Math.floor(mtimeMs / 1000),
      bytes: async () => new Uint8Array(0),
    };
    if (found.isDirectory()) return { ...base, type: "directory" };
    if (found.isSymbolicLink()) return { ...base, type: "symlink", linkPath: await readlink(this.#at(path)) };
    if (found.isFile()) return this.#file(base, found);
    if (found.isFIFO()) return { ...base, type: "fifo" };
    const type = found.isCharacterDevice() ? "character" : "block";
    return { ...base, type, ...deviceNumbers(found.rdev) };
  }

  #file(base: Omit<SourceEntry, "type">, found: Stats): SourceEntry {
    const inode = `${found.dev}:${found.ino}`;
    const first = found.nlink > 1 ? this.#links.get(inode) : undefined;
    if (first !== undefined) return { ...base, type: "hardlink", linkPath: first };
    if (found.nlink > 1) this.#links.set(inode, base.path);
    this.bytes += found.size;
    return { ...base, type: "file", size: found.size, bytes: (maxBytes) => this.#read(base.path, maxBytes) };
  }

  async #read(path: string, maxBytes: number): Promise<Uint8Array> {
    try {
      // What was a file when it was listed may have become a link or a device since.
      const file = await open(this.#at(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const now = await file.stat();
        if (!now.isFile() || now.size > maxBytes) throw new UnreadableFile("it changed while it was read");
        return await file.readFile();
      } finally {
        await file.close();
      }
    } catch (error) {
      throw error instanceof UnreadableFile ? error : new UnreadableFile(messageOf(error));
    }
  }
}

async function isKernels(path: string): Promise<boolean> {
  const { type } = await statfs(path).catch(() => ({ type: 0 }));
  return kernelFileSystems.has(type);
}

/** makedev(3) as glibc packs it. */
function deviceNumbers(device: number): { deviceMajor: number; deviceMinor: number } {
  return { deviceMajor: (device >> 8) & 0xfff, deviceMinor: (device & 0xff) | ((device >> 12) & 0xfff00) };
}
