import { openRepository, type Repository, type RepositoryOptions } from "../../clients/oci-registry.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import type { ImageReferenceParts } from "../../formats/image-reference.ts";
import { digestOf, type Layer, layerBytes, readLayers } from "./artifact.ts";
import { indexName, shardFolder } from "./container.ts";
import { deltaFolder } from "./delta.ts";
import type { Publication } from "./publication.ts";

/** Tag of a reference that names none. */
export const defaultTag = "latest";

/** A publication in an OCI registry: each file of the folder form is a layer of one manifest, known by its title. */
export class RegistryPublication implements Publication {
  readonly name: string;
  /** Repository without host: blobs can be mounted from it. */
  readonly repositoryName: string;
  readonly host: string;
  readonly #reference: ImageReferenceParts;
  readonly #options: RepositoryOptions;
  #repository: Repository | undefined;
  #layers: ReadonlyMap<string, Layer> | undefined;
  transferred = 0;

  constructor(reference: ImageReferenceParts, options: RepositoryOptions = {}) {
    const { registry, repository, tag, digest } = reference;
    this.name = `${registry}/${repository}${digest === undefined ? `:${tag ?? defaultTag}` : `@${digest}`}`;
    this.host = registry;
    this.repositoryName = repository;
    this.#reference = reference;
    this.#options = options;
  }

  async index(): Promise<string> {
    const layers = await this.layers();
    if (layers === undefined)
      throw new AppError("TARGET_NOT_FOUND", `${this.name}: the registry has no such artifact`, {
        hint: "publish one with `plimsoll db build -o registry:HOST/REPOSITORY:TAG`, and check repository and tag",
      });
    const layer = layers.get(indexName);
    if (layer === undefined) throw corrupt(this.name, "has no index");
    return (await this.#read(layer)).toString("utf8");
  }

  async shard(root: string): Promise<Buffer> {
    const layer = await this.layer(`${shardFolder}/${root}`);
    if (layer === undefined) throw corrupt(this.name, `lacks shard ${root.slice(0, 12)}, which the index names`);
    return this.#read(layer);
  }

  async delta(name: string): Promise<Buffer | undefined> {
    const layer = await this.layer(`${deltaFolder}/${name}`);
    return layer === undefined ? undefined : this.#read(layer);
  }

  /** A layer by its title; undefined where there is none. */
  async layer(title: string): Promise<Layer | undefined> {
    return (await this.layers())?.get(title);
  }

  /** All layers by title, of one manifest whatever is tagged meanwhile; undefined where nothing is tagged. Something else is `CORRUPT_INPUT`. */
  async layers(): Promise<ReadonlyMap<string, Layer> | undefined> {
    if (this.#layers !== undefined) return this.#layers;
    const { tag = defaultTag, digest } = this.#reference;
    const repository = await this.#connect();
    const found = await repository.manifest(digest ?? tag);
    if (found === undefined) return undefined;
    if (digest !== undefined && digest !== digestOf(found.bytes)) throw corrupt(this.name, "has another digest");
    this.transferred += found.bytes.length;
    this.#layers = readLayers(found.bytes, this.name);
    return this.#layers;
  }

  /** Takes what is there for nothing: whoever replaces it by force goes on from none of it. */
  disregard(): void {
    this.#layers = new Map();
  }

  close(): void {
    // Nothing waits for the connections to end.
    void this.#repository?.close().catch(() => undefined);
  }

  async #connect(): Promise<Repository> {
    this.#repository ??= await openRepository(this.host, this.repositoryName, this.#options);
    return this.#repository;
  }

  async #read(layer: Layer): Promise<Buffer> {
    const bytes = await layerBytes(await this.#connect(), layer);
    this.transferred += bytes.length;
    return bytes;
  }
}
