import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { TreeNode } from "./layer-tree-node.ts";
import type { TarEntry, TarEntryType } from "./tar.ts";

/** What the tree keeps of a tar entry. */
type KeptOfEntry = Pick<
  TarEntry,
  "path" | "type" | "size" | "mode" | "uid" | "gid" | "mtime" | "linkPath" | "xattrs" | "deviceMajor" | "deviceMinor"
>;

/** What the tree needs to know of a layer's entry; every `TarEntry` is one. `content` is whatever the caller keeps of a file. */
export interface LayerEntry<Content = unknown> extends KeptOfEntry {
  readonly data?: Content;
}

/** One path of the merged file system. */
export interface TreeEntry<Content = unknown> extends KeptOfEntry {
  /** A hard link shows as what it links to; `hardlink` itself only where its target does not exist. */
  readonly type: TarEntryType;
  /** Target of a symbolic link as written. */
  readonly linkPath?: string;
  /** Index of the layer that provided the path, from 0. */
  readonly layer: number;
  /** Path whose content a hard link shares. */
  readonly hardLinkTo?: string;
  readonly data?: Content;
}

/** A file that a layer provided and a later layer, or a later entry of the same one, took away. */
export interface RemovedEntry<Content = unknown> {
  readonly path: string;
  readonly layer: number;
  readonly removedIn: number;
  /** By name, with all else in its directory, or by something else at the same path. */
  readonly how: "whiteout" | "opaque" | "replaced";
  readonly entry: TreeEntry<Content>;
}

/** An entry that could not be applied as a runtime would. */
export interface LayerProblem {
  readonly path: string;
  readonly layer: number;
  readonly reason: string;
}

type Node<Content> = TreeNode<TreeEntry<Content>>;

/** PATH_MAX: no kernel makes or follows a longer path (path_resolution(7)), so no runtime unpacks one. */
const longestPath = 4_096;
/** Bytes of memory of one name and of one entry, measured; a removed entry still takes its own. */
const nodeBytes = 250;
const recordBytes = 170;
const whiteoutPrefix = ".wh.";
const opaqueWhiteout = ".wh..wh..opq";
const metadataPrefix = ".wh..wh.";

/**
 * The file system of an image: its layers applied in order (OCI image-spec layer.md, "Applying Changesets"). Whiteouts
 * touch lower layers only, as the specification says, whatever the order within a layer. An entry below a directory
 * that is a symbolic link lands where the link leads inside the root, as runtimes unpack it. More than
 * `limits.treeBytes` of names and records are `LIMIT_EXCEEDED`.
 */
export class LayerTree<Content = unknown> {
  readonly #root: Node<Content> = new TreeNode<TreeEntry<Content>>("", undefined);
  readonly #removed: RemovedEntry<Content>[] = [];
  readonly #problems: LayerProblem[] = [];
  /** What all paths so far take in memory, about. */
  #bytes = 0;
  #linkSteps = 0;

  /** Applies the entries of the layer at `layer`, from 0; call it in the order of the layers. */
  async apply(
    layer: number,
    entries: Iterable<LayerEntry<Content>> | AsyncIterable<LayerEntry<Content>>,
  ): Promise<void> {
    for await (const entry of entries) this.add(layer, entry);
  }

  /** Applies one entry of a layer. */
  add(layer: number, entry: LayerEntry<Content>): void {
    const slash = entry.path.lastIndexOf("/");
    const name = entry.path.slice(slash + 1);
    if (name.startsWith(whiteoutPrefix)) this.#whiteOut(layer, entry.path, slash, name);
    else if (entry.path === "") this.#setRoot(layer, entry);
    else if (entry.path.length > longestPath) this.#problem(layer, entry.path, `longer than ${longestPath} bytes`);
    else this.#placeBelowParent(layer, entry, slash, name);
  }

  /** The entry at a path itself, links not followed; undefined where there is none. */
  get(path: string): TreeEntry<Content> | undefined {
    let node: Node<Content> | undefined = this.#root;
    for (const name of path === "" ? [] : path.split("/")) node = node?.children?.get(name);
    return node?.entry;
  }

  /**
   * The entry that a process inside the root reaches by a path: links and `..` followed as in a chroot. Undefined where
   * it leads nowhere or through more than `limits.linkDepth` links.
   */
  resolve(path: string): TreeEntry<Content> | undefined {
    return this.#walk(path, true)?.entry;
  }

  /** All entries by path, parents first, names in code unit order. */
  entries(): Generator<TreeEntry<Content>, void, undefined> {
    return this.#root.entries();
  }

  /** The entries of a directory itself, links to it followed; empty where there is none. */
  list(path: string): TreeEntry<Content>[] {
    const children = this.#walk(path, true)?.children?.values() ?? [];
    return [...children].flatMap(({ entry }) => entry ?? []);
  }

  /** What later layers took away, in the order of removal. */
  removed(): readonly RemovedEntry<Content>[] {
    return this.#removed;
  }

  /** Entries that a runtime would refuse or that could not be applied. */
  problems(): readonly LayerProblem[] {
    return this.#problems;
  }

  #setRoot(layer: number, entry: LayerEntry<Content>): void {
    if (entry.type === "directory") this.#root.entry = treeEntry(entry, "", layer);
    else this.#problem(layer, "", `the root as ${entry.type}`);
  }

  #placeBelowParent(layer: number, entry: LayerEntry<Content>, slash: number, name: string): void {
    const parent = this.#makeDirectory(layer, entry.path, slash);
    if (parent) this.#place(layer, parent, name, entry);
  }

  #whiteOut(layer: number, path: string, slash: number, name: string): void {
    const parent = this.#walk(path.slice(0, Math.max(0, slash)), true);
    if (name === opaqueWhiteout) {
      if (parent) this.#hideBelow(layer, parent, "opaque");
      return;
    }
    // What else AUFS kept under this prefix says nothing about files.
    if (name.startsWith(metadataPrefix)) return;
    const hidden = name.slice(whiteoutPrefix.length);
    const node = parent?.children?.get(hidden);
    if (hidden === "" || hidden === "." || hidden === "..") this.#problem(layer, path, "whiteout of no file");
    else if (node) this.#hide(layer, node);
  }

  #hide(layer: number, node: Node<Content>): void {
    this.#hideBelow(layer, node, "whiteout");
    this.#takeAway(layer, node, "whiteout", true);
  }

  /** Done once for each directory and layer: a layer may repeat its whiteouts a million times. */
  #hideBelow(layer: number, directory: Node<Content>, how: RemovedEntry["how"]): void {
    if (directory.isClearedIn(layer)) return;
    directory.clearedIn = layer;
    for (const child of directory.children?.values() ?? []) this.#remove(layer, child, how, true);
  }

  /** The directory that holds a path, made where it is missing; undefined where links lead nowhere. */
  #makeDirectory(layer: number, path: string, slash: number): Node<Content> | undefined {
    if (slash < 0) return this.#root;
    let node = this.#root;
    for (const name of path.slice(0, slash).split("/")) {
      const child = node.children?.get(name);
      if (child?.entry?.type === "symlink") {
        const target = this.#followOrMake(layer, child);
        if (!target) {
          this.#problem(layer, path, "lies below a link that leads nowhere");
          return undefined;
        }
        node = target;
      } else {
        node = this.#directoryAt(layer, node, name, child);
      }
    }
    return node;
  }

  /** Where a linked directory leads; runtimes make it where it is missing. */
  #followOrMake(layer: number, link: Node<Content>): Node<Content> | undefined {
    const found = this.#walk(link.path(), true);
    if (found) return found.entry === undefined || found.entry.type === "directory" ? found : undefined;
    const target = this.#targetOf(link.path());
    if (target === undefined) return undefined;
    let node = this.#root;
    for (const name of target) node = this.#directoryAt(layer, node, name, node.children?.get(name));
    return node;
  }

  #directoryAt(layer: number, parent: Node<Content>, name: string, child: Node<Content> | undefined): Node<Content> {
    if (child && (child.entry === undefined || child.entry.type === "directory")) return child;
    if (child) this.#remove(layer, child, "replaced", false);
    return this.#newNode(parent, name);
  }

  #newNode(parent: Node<Content>, name: string): Node<Content> {
    this.#charge(nodeBytes + name.length);
    return parent.child(name);
  }

  #place(layer: number, parent: Node<Content>, name: string, entry: LayerEntry<Content>): void {
    const path = parent.path() === "" ? name : `${parent.path()}/${name}`;
    // Looked up before anything is removed: a link may name itself.
    const placed = entry.type === "hardlink" ? this.#hardLink(layer, path, entry) : treeEntry(entry, path, layer);
    const old = parent.children?.get(name);
    if (old && !(isDirectory(old) && placed.type === "directory")) this.#remove(layer, old, "replaced", false);
    const node = parent.children?.get(name) ?? this.#newNode(parent, name);
    this.#charge(entryBytes(placed));
    node.entry = placed;
  }

  /** A hard link takes over what its target is; the last part of the target is not followed, as link(2) does. */
  #hardLink(layer: number, path: string, entry: LayerEntry<Content>): TreeEntry<Content> {
    const target = this.#walk(entry.linkPath ?? "", false)?.entry;
    if (target === undefined || target.type === "directory") {
      this.#problem(layer, path, `hard link to ${entry.linkPath}, which is no file`);
      return treeEntry(entry, path, layer);
    }
    return { ...target, path, layer, hardLinkTo: target.hardLinkTo ?? target.path };
  }

  /** Takes a path and all below it away; with `lowerOnly` what the same layer provided stays. */
  #remove(layer: number, top: Node<Content>, how: RemovedEntry["how"], lowerOnly: boolean): void {
    for (const node of top.subtreeDeepestFirst()) this.#takeAway(layer, node, how, lowerOnly);
  }

  #takeAway(layer: number, node: Node<Content>, how: RemovedEntry["how"], lowerOnly: boolean): void {
    const { entry } = node;
    if (lowerOnly && entry && entry.layer >= layer) return;
    if (entry && entry.type !== "directory") {
      this.#removed.push({ path: entry.path, layer: entry.layer, removedIn: layer, how, entry });
    }
    node.entry = undefined;
    if (!node.isEmpty() || !node.parent) return;
    node.detach();
    this.#bytes -= nodeBytes + node.name.length;
  }

  #charge(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > limits.treeBytes) throw limitExceeded("image", `${limits.treeBytes} bytes of paths`);
  }

  #walk(path: string, followLast: boolean): Node<Content> | undefined {
    const walk = new PathWalk(path);
    let node: Node<Content> = this.#root;
    for (let name = walk.next(); name !== undefined; name = walk.next()) {
      if (name === "..") {
        node = node.parent ?? node;
        continue;
      }
      const child: Node<Content> | undefined = node.children?.get(name);
      if (!child) return undefined;
      const isLink = child.entry?.type === "symlink" && (followLast || !walk.isAtEnd());
      if (!isLink) {
        node = child;
        continue;
      }
      const target = child.entry?.linkPath ?? "";
      if (!this.#follow(walk, target)) return undefined;
      if (target.startsWith("/")) node = this.#root;
    }
    return node;
  }

  #follow(walk: PathWalk, target: string): boolean {
    this.#linkSteps += target.length;
    if (this.#linkSteps > limits.linkSteps) throw limitExceeded("image", `${limits.linkSteps} steps along links`);
    return walk.follow(target);
  }

  /** The path, in parts below the root, that a dangling link stands for. */
  #targetOf(path: string): string[] | undefined {
    const walk = new PathWalk(path);
    let parts: string[] = [];
    let node: Node<Content> | undefined = this.#root;
    for (let name = walk.next(); name !== undefined; name = walk.next()) {
      if (name === "..") {
        parts.pop();
        node = this.#nodeAt(parts);
        continue;
      }
      const child: Node<Content> | undefined = node?.children?.get(name);
      if (child?.entry?.type === "symlink") {
        const target = child.entry.linkPath ?? "";
        if (!this.#follow(walk, target)) return undefined;
        if (target.startsWith("/")) {
          parts = [];
          node = this.#root;
        }
        continue;
      }
      parts.push(name);
      node = child;
    }
    return parts;
  }

  #nodeAt(parts: readonly string[]): Node<Content> | undefined {
    let node: Node<Content> | undefined = this.#root;
    for (const name of parts) node = node?.children?.get(name);
    return node;
  }

  #problem(layer: number, path: string, reason: string): void {
    if (this.#problems.length >= limits.treeProblems) {
      throw limitExceeded("image", `${limits.treeProblems} entries that cannot be applied`);
    }
    this.#problems.push({ path: path.slice(0, longestPath), layer, reason });
  }
}

/** The parts of a path still to be walked; following a link puts its parts before the rest. */
class PathWalk {
  /** Last part first. */
  #parts: string[];
  #links = 0;

  constructor(path: string) {
    this.#parts = partsOf(path);
  }

  next(): string | undefined {
    return this.#parts.pop();
  }

  isAtEnd(): boolean {
    return this.#parts.length === 0;
  }

  /** False once too many links, or too long a path, mean a cycle or an attack. */
  follow(target: string): boolean {
    this.#links += 1;
    if (this.#links > limits.linkDepth || this.#parts.length + target.length > longestPath) return false;
    for (const part of partsOf(target)) this.#parts.push(part);
    return true;
  }
}

function partsOf(path: string): string[] {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .reverse();
}

function isDirectory<Content>(node: Node<Content>): boolean {
  return node.entry === undefined || node.entry.type === "directory";
}

function entryBytes({ path, linkPath, xattrs }: TreeEntry): number {
  const attributes = Object.entries(xattrs ?? {}).map(([name, value]) => name.length + value.length);
  return attributes.reduce((total, length) => total + length, recordBytes + path.length + (linkPath?.length ?? 0));
}

function treeEntry<Content>(entry: LayerEntry<Content>, path: string, layer: number): TreeEntry<Content> {
  const { type, size, mode, uid, gid, mtime, linkPath, xattrs, deviceMajor, deviceMinor, data } = entry;
  return {
    path,
    type,
    size,
    mode,
    uid,
    gid,
    mtime,
    layer,
    ...(linkPath === undefined ? {} : { linkPath }),
    ...(xattrs === undefined ? {} : { xattrs }),
    ...(deviceMajor === undefined ? {} : { deviceMajor }),
    ...(deviceMinor === undefined ? {} : { deviceMinor }),
    ...(data === undefined ? {} : { data }),
  };
}
