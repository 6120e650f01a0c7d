import type { KeyObject } from "node:crypto";
import type { RepositoryOptions } from "../clients/oci-registry.ts";
import { openUpload } from "../clients/registry-upload.ts";
import { AppError } from "../core/errors.ts";
import type { ImageReferenceParts } from "../formats/image-reference.ts";
import { type Item, itemOf, type Pushed, pushArtifact } from "./file/artifact.ts";
import type { Build } from "./file/build.ts";
import { indexName, shardFolder } from "./file/container.ts";
import { deltaFolder, deltaName, keptDeltas, readDelta, writeDelta } from "./file/delta.ts";
import { readEnvelope, writeEnvelope } from "./file/envelope.ts";
import { type IndexDocument, readIndex, rootsOf, snapshotId, writeIndex } from "./file/index-document.ts";
import type { Publication } from "./file/publication.ts";
import { defaultTag, RegistryPublication } from "./file/registry-publication.ts";
import type { Published } from "./publish.ts";
import { checkedShard, requireProgress } from "./update.ts";

/** How something is put into a registry. */
export interface RegistryPublishOptions extends RepositoryOptions {
  readonly key?: KeyObject | undefined;
  /** Publish a build that lost records, and replace what is no advisory data. */
  readonly force?: boolean | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** What was put into a registry. */
export type RegistryPublished = Published & Pushed;

/**
 * Puts a build under a tag of a registry: one manifest whose layers are the files of the folder form, with deltas from what was there. Blobs that the
 * registry has are not sent again; the manifest comes last, so that what fails leaves the old data. Errors: `AUTH_FAILED`, `UNREACHABLE`;
 * `CORRUPT_INPUT` for a build that lost records and `CONFIG_INVALID` for a tag that holds something else, unless forced.
 */
export async function publishRegistry(
  build: Build,
  reference: ImageReferenceParts,
  options: RegistryPublishOptions = {},
): Promise<RegistryPublished> {
  requireTag(reference);
  const payload = writeIndex(build.index);
  const id = snapshotId(payload);
  const envelope = Buffer.from(writeEnvelope(payload, options.key), "utf8");
  const there = new RegistryPublication(reference, options);
  try {
    const earlier = await earlierIndex(there, options.force === true);
    if (earlier && !options.force) requireProgress(earlier.index, build.index, there.name);
    const deltas = earlier && earlier.id !== id ? await deltasFrom(there, earlier, id, build) : await kept(there);
    const shards = await Promise.all(
      [...build.shards].map(async ([root, bytes]): Promise<Item> => {
        const title = `${shardFolder}/${root}`;
        const own = itemOf(title, bytes);
        const layer = await there.layer(title);
        // The same content may be compressed otherwise there; then that is as good.
        return layer === undefined || layer.digest === own.digest ? own : { ...layer, bytes: () => there.shard(root) };
      }),
    );
    const items = [itemOf(indexName, envelope), ...shards, ...deltas];
    const pushed = await push(reference, items, build.index.date, options);
    return { id, bytes: envelope.length + shards.reduce((sum, { size }) => sum + size, 0), ...pushed };
  } finally {
    there.close();
  }
}

/** Puts what is published somewhere, as it is and with its signatures, under a tag of a registry. Blobs of another repository of the same registry are mounted. */
export async function copyToRegistry(
  from: Publication,
  reference: ImageReferenceParts,
  options: RegistryPublishOptions = {},
): Promise<RegistryPublished> {
  requireTag(reference);
  const text = await from.index();
  const { payload } = readEnvelope(text, from.name);
  const index = readIndex(payload, from.name);
  const there = new RegistryPublication(reference, options);
  try {
    const earlier = await earlierIndex(there, options.force === true);
    if (earlier && !options.force) requireProgress(earlier.index, index, there.name);
    const source = from instanceof RegistryPublication ? from : undefined;
    const shards: Item[] = [];
    for (const root of rootsOf(index)) {
      const title = `${shardFolder}/${root}`;
      const layer = (await there.layer(title)) ?? (await source?.layer(title));
      shards.push(
        layer === undefined
          ? itemOf(title, await checkedShard(from, root))
          : { ...layer, bytes: () => checkedShard(from, root) },
      );
    }
    const envelope = Buffer.from(text, "utf8");
    const mountFrom = source?.host === reference.registry ? source.repositoryName : undefined;
    const items = [itemOf(indexName, envelope), ...shards, ...(source ? await kept(source) : [])];
    const pushed = await push(reference, items, index.date, { ...options, mountFrom });
    const bytes = envelope.length + shards.reduce((sum, { size }) => sum + size, 0);
    return { id: snapshotId(payload), bytes, ...pushed };
  } finally {
    there.close();
  }
}

async function push(
  reference: ImageReferenceParts,
  items: readonly Item[],
  created: string,
  options: RegistryPublishOptions & { mountFrom?: string | undefined },
): Promise<Pushed> {
  const upload = await openUpload(reference.registry, reference.repository, options);
  try {
    return await pushArtifact(upload, reference.tag ?? defaultTag, items, created, options);
  } finally {
    await upload.close();
  }
}

function requireTag({ text, digest }: ImageReferenceParts): void {
  if (digest !== undefined)
    throw new AppError("USAGE", `${text}: names a digest, and data is published under a tag`, {
      hint: "write registry:HOST/REPOSITORY:TAG",
    });
}

interface EarlierIndex {
  readonly id: string;
  readonly index: IndexDocument;
}

/** What is published there; undefined where there is nothing, or nothing that can be gone on from. */
async function earlierIndex(there: RegistryPublication, isForced: boolean): Promise<EarlierIndex | undefined> {
  try {
    if ((await there.layers()) === undefined) return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "CORRUPT_INPUT") throw error;
    if (isForced) {
      there.disregard();
      return undefined;
    }
    throw new AppError("CONFIG_INVALID", `${there.name}: holds something else than advisory data`, {
      hint: "choose another repository or tag; `plimsoll db build --force` replaces it",
      cause: error,
    });
  }
  try {
    const { payload } = readEnvelope(await there.index(), there.name);
    return { id: snapshotId(payload), index: readIndex(payload, there.name) };
  } catch (error) {
    // What is damaged is replaced as if it were not there.
    if (error instanceof AppError && ["CORRUPT_INPUT", "UNSUPPORTED"].includes(error.code)) return undefined;
    throw error;
  }
}

/** The deltas that are there, as they are. */
async function kept(there: RegistryPublication): Promise<Item[]> {
  const layers = [...((await there.layers()) ?? new Map()).values()];
  return layers
    .filter(({ title }) => title.startsWith(`${deltaFolder}/`))
    .map((layer) => ({
      ...layer,
      bytes: async () => (await there.delta(layer.title.slice(deltaFolder.length + 1))) as Buffer,
    }));
}

/** A delta from what is there, and those that lead there prolonged. Without the old shards there are none; readers fetch whole shards. */
async function deltasFrom(
  there: RegistryPublication,
  earlier: EarlierIndex,
  id: string,
  build: Build,
): Promise<Item[]> {
  try {
    const olds = await changedShards(there, earlier.index, build.index);
    const last = writeDelta(
      earlier.index,
      build.index,
      (root) => olds.get(root) as Buffer,
      (root) => build.shards.get(root) as Buffer,
    );
    const before = await Promise.all(
      (await kept(there)).map(async ({ title, bytes }) => {
        const name = title.slice(deltaFolder.length + 1);
        return [name, readDelta(Buffer.from(await bytes()), name)] as const;
      }),
    );
    const size = [...build.shards.values()].reduce((sum, { length }) => sum + length, 0);
    return keptDeltas({ name: deltaName(earlier.id, id), bytes: last }, before, size).map(({ name, bytes }) =>
      itemOf(`${deltaFolder}/${name}`, bytes),
    );
  } catch (error) {
    if (error instanceof AppError && error.code === "CORRUPT_INPUT") return [];
    throw error;
  }
}

/** The shards of the earlier index that have a successor of another content. */
async function changedShards(
  there: RegistryPublication,
  from: IndexDocument,
  to: IndexDocument,
): Promise<Map<string, Buffer>> {
  const roots = Object.entries(to.sections).flatMap(([section, shards]) => {
    const earlier = from.sections[section];
    return earlier?.length === shards.length
      ? earlier.flatMap(([root], bucket) => (root === shards[bucket]?.[0] ? [] : [root]))
      : [];
  });
  const found = new Map<string, Buffer>();
  for (const root of new Set(roots)) found.set(root, await there.shard(root));
  return found;
}
