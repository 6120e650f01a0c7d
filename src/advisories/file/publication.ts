import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FetchOptions, fetchBytes } from "../../clients/feed-fetch.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { registryReference } from "./artifact.ts";
import { indexName, isBuilt, openContainer, shardFolder } from "./container.ts";
import { deltaFolder } from "./delta.ts";
import { storedEnvelope } from "./envelope.ts";
import { RegistryPublication } from "./registry-publication.ts";

/** Where built advisory data is published. */
export interface Publication {
  /** What errors call it. */
  readonly name: string;
  /** Bytes read from it so far. */
  readonly transferred: number;
  /** The stored index. Errors: `TARGET_NOT_FOUND`, `UNREACHABLE`. */
  index(): Promise<string>;
  /** A shard's bytes, unchecked. One that is missing is `CORRUPT_INPUT`. */
  shard(root: string): Promise<Buffer>;
  /** A delta's bytes, unchecked; undefined where there is none. */
  delta(name: string): Promise<Buffer | undefined>;
  close(): void;
}

/** A publication in a registry (`registry:HOST/REPOSITORY:TAG`), at a web address, in a folder or in a single file. */
export function openPublication(location: string, options: Omit<FetchOptions, "maxBytes"> = {}): Publication {
  const reference = registryReference(location);
  if (reference !== undefined) return new RegistryPublication(reference);
  if (/^https?:\/\//i.test(location)) return new WebPublication(location, options);
  if (!isBuilt(location)) {
    throw new AppError("TARGET_NOT_FOUND", `${location}: no built advisory data is there`, {
      hint: "name a folder or file made by `plimsoll db build`, the address of such a folder, or registry:HOST/REPOSITORY:TAG",
    });
  }
  return new LocalPublication(location);
}

/** A folder on any static web server. */
class WebPublication implements Publication {
  readonly name: string;
  readonly #base: string;
  readonly #options: Omit<FetchOptions, "maxBytes">;
  transferred = 0;

  constructor(address: string, options: Omit<FetchOptions, "maxBytes">) {
    this.name = address;
    this.#base = address.endsWith("/") ? address : `${address}/`;
    this.#options = options;
  }

  async index(): Promise<string> {
    const bytes = await this.#read(indexName);
    if (bytes === undefined)
      throw new AppError("TARGET_NOT_FOUND", `${this.#base}${indexName}: the server has no such file`, {
        hint: "name the address of the folder that `plimsoll db build -o FOLDER` wrote",
      });
    return bytes.toString("utf8");
  }

  async shard(root: string): Promise<Buffer> {
    const bytes = await this.#read(`${shardFolder}/${root}`);
    if (bytes === undefined)
      throw corrupt(`${this.#base}${shardFolder}/${root}`, "the index names it and the server does not have it");
    return bytes;
  }

  delta(name: string): Promise<Buffer | undefined> {
    return this.#read(`${deltaFolder}/${name}`);
  }

  close(): void {}

  async #read(path: string): Promise<Buffer | undefined> {
    const answer = await fetchBytes(new URL(path, this.#base).href, { ...this.#options, maxBytes: limits.document });
    this.transferred += answer?.bytes.length ?? 0;
    return answer?.bytes;
  }
}

/** A folder or a single file on this machine. */
class LocalPublication implements Publication {
  readonly name: string;
  readonly #container;
  transferred = 0;

  constructor(path: string) {
    this.name = path;
    this.#container = openContainer(path);
  }

  async index(): Promise<string> {
    return this.#count(Buffer.from(storedEnvelope(this.#container.envelope))).toString("utf8");
  }

  async shard(root: string): Promise<Buffer> {
    return this.#count(this.#container.shard(root));
  }

  async delta(name: string): Promise<Buffer | undefined> {
    try {
      return this.#count(await readFile(join(this.name, deltaFolder, name)));
    } catch {
      // Without a delta the shards are taken whole.
      return undefined;
    }
  }

  close(): void {
    this.#container.close();
  }

  #count(bytes: Buffer): Buffer {
    this.transferred += bytes.length;
    return bytes;
  }
}
