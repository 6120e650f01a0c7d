/** Objects whose places are kept; those of the others are not known. */
const mostPlaces = 1_000_000;
/** Bytes of a name: what Linux allows, and more than any system does that git runs on. */
const longestName = 4_096;

/** Where the trees of a repository put its objects. Each object has the place that was seen first. */
export class TreePaths {
  readonly #places = new Map<string, { readonly tree: string; readonly name: string }>();
  readonly #idBytes: number;

  /** Object ids have 20 bytes (SHA-1) or 32 (SHA-256). */
  constructor(idBytes: number) {
    this.#idBytes = idBytes;
  }

  /** Notes the entries of a tree: mode, space, name, NUL and the id's bytes each (Pro Git, 10.2 "Tree Objects"). What does not follow that form ends it. */
  add(tree: string, content: Uint8Array): void {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
    for (let at = 0; at < bytes.length; ) {
      const space = bytes.indexOf(0x20, at);
      const end = bytes.indexOf(0, at);
      if (space < 0 || end < space || end + this.#idBytes >= bytes.length) return;
      const id = bytes.toString("hex", end + 1, end + 1 + this.#idBytes);
      const isKept = this.#places.size < mostPlaces && end - space <= longestName;
      if (isKept && id !== tree && !this.#places.has(id))
        this.#places.set(id, { tree, name: bytes.toString("utf8", space + 1, end) });
      at = end + 1 + this.#idBytes;
    }
  }

  /** The path of an object, as far up as its trees are known; undefined where no tree that was seen holds it. */
  of(id: string): string | undefined {
    const names: string[] = [];
    for (
      let place = this.#places.get(id);
      place !== undefined && names.length < deepest;
      place = this.#places.get(place.tree)
    )
      names.unshift(place.name);
    return names.length === 0 ? undefined : names.join("/");
  }
}

/** Folders in each other; beyond this a path is shown in part. */
const deepest = 64;
