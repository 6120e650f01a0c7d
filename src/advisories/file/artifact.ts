import { createHash } from "node:crypto";
import { z } from "zod";
import type { Repository } from "../../clients/oci-registry.ts";
import type { RepositoryUpload } from "../../clients/registry-upload.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type ImageReferenceParts, parseImageReference } from "../../formats/image-reference.ts";

/** What advisory data in a registry says that it is (OCI image-spec manifest.md, "artifactType"). */
export const artifactType = "application/vnd.plimsoll.advisories.v2";
/** Media types of its layers, by the folder of the folder form that their title begins with. */
const layerTypes = {
  index: "application/vnd.plimsoll.advisories.index.v2.dsse+json",
  shards: "application/vnd.plimsoll.advisories.shard.v2",
  deltas: "application/vnd.plimsoll.advisories.delta.v1+brotli",
} as const;
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const titleKey = "org.opencontainers.image.title";
/** Blobs that are sent at the same time. */
const sentAtOnce = 4;

/** Begins a location that is a reference into a registry. */
export const registryPrefix = "registry:";

/** The reference in `registry:HOST/REPOSITORY[:TAG]`; undefined where the location is of another kind, `USAGE` where it is no reference. */
export function registryReference(location: string): ImageReferenceParts | undefined {
  if (!location.startsWith(registryPrefix)) return undefined;
  const reference = parseImageReference(location.slice(registryPrefix.length));
  if (reference !== undefined) return reference;
  throw new AppError("USAGE", `${location}: is no reference into a registry`, {
    hint: "write registry:HOST[:PORT]/REPOSITORY[:TAG], as registry:registry.example/security/advisories:latest",
  });
}

const Descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().min(0),
  annotations: z.record(z.string(), z.string()).optional(),
});
const Manifest = z.object({ artifactType: z.string().optional(), layers: z.array(Descriptor) });

/** A layer: a file of the folder form by its path there. */
export interface Layer {
  readonly title: string;
  readonly digest: string;
  readonly size: number;
}

/** Layers of a manifest by title. What is no manifest of advisory data is `CORRUPT_INPUT`. */
export function readLayers(bytes: Uint8Array, name: string): Map<string, Layer> {
  const parsed = Manifest.safeParse(jsonOf(bytes));
  if (parsed.data?.artifactType !== artifactType) throw corrupt(name, "is no advisory data of this version");
  return new Map(
    parsed.data.layers.flatMap(({ digest, size, annotations }) => {
      const title = annotations?.[titleKey];
      return title === undefined ? [] : [[title, { title, digest, size }] as const];
    }),
  );
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** The bytes of a layer, checked against its digest. Errors: `CORRUPT_INPUT`, `UNREACHABLE`, `AUTH_FAILED`. */
export async function layerBytes(repository: Repository, { title, digest, size }: Layer): Promise<Buffer> {
  const what = `${repository.name}: ${title}`;
  if (size > limits.document) throw corrupt(what, "is larger than it can be");
  const pieces: Uint8Array[] = [];
  let read = 0;
  for await (const piece of blobOf(repository, digest, what)) {
    read += piece.length;
    if (read > size) break;
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (read !== size) throw corrupt(what, `is cut off or damaged: ${read} of ${size} bytes came`);
  if (digestOf(bytes) !== digest) throw corrupt(what, "is damaged: its digest differs");
  return bytes;
}

async function* blobOf(repository: Repository, digest: string, what: string): AsyncGenerator<Uint8Array> {
  try {
    yield* repository.blob(digest);
  } catch (error) {
    if (error instanceof AppError && error.code === "TARGET_NOT_FOUND")
      throw corrupt(what, `the manifest names ${digest} and the registry does not have it`);
    throw error;
  }
}

/** Digest of a blob as registries write it. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A file of the folder form that is put into a registry. */
export interface Item extends Layer {
  /** Its bytes; asked for only where the registry does not have the blob. */
  bytes(): Promise<Uint8Array>;
}

/** An item whose bytes are at hand. */
export function itemOf(title: string, bytes: Uint8Array): Item {
  return { title, digest: digestOf(bytes), size: bytes.length, bytes: async () => bytes };
}

/** What was pushed. */
export interface Pushed {
  /** Blobs that had to be sent, and their bytes. */
  readonly sent: number;
  readonly sentBytes: number;
  /** Blobs that were taken over from another repository of the registry. */
  readonly mounted: number;
}

/** Puts files under a tag: first the blobs that the registry lacks, then, in one step, the manifest. What fails leaves the tag as it was. */
export async function pushArtifact(
  upload: RepositoryUpload,
  tag: string,
  items: readonly Item[],
  created: string,
  options: { mountFrom?: string | undefined; onProgress?: ((text: string) => void) | undefined } = {},
): Promise<Pushed> {
  const config = Buffer.from("{}");
  const blobs = new Map([itemOf("", config), ...items].map((item) => [item.digest, item] as const));
  const pushed = { sent: 0, sentBytes: 0, mounted: 0 };
  const waiting = [...blobs.values()];
  const send = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      options.onProgress?.(`${blobs.size - waiting.length} of ${blobs.size} blobs`);
      if (await upload.has(item.digest)) continue;
      if (options.mountFrom !== undefined && (await upload.mount(item.digest, options.mountFrom))) pushed.mounted++;
      else {
        await upload.send(item.digest, await item.bytes());
        pushed.sent++;
        pushed.sentBytes += item.size;
      }
    }
  };
  const sending = Array.from({ length: sentAtOnce }, () =>
    send().catch((error: unknown) => {
      // The others end what they are at and begin nothing new.
      waiting.length = 0;
      throw error;
    }),
  );
  await Promise.allSettled(sending);
  await Promise.all(sending);
  await upload.tag(tag, manifestType, manifestOf(config, items, created));
  return pushed;
}

function manifestOf(config: Uint8Array, items: readonly Item[], created: string): Uint8Array {
  const layers = items.map(({ title, digest, size }) => ({
    mediaType: typeOf(title),
    digest,
    size,
    annotations: { [titleKey]: title },
  }));
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    artifactType,
    config: { mediaType: "application/vnd.oci.empty.v1+json", digest: digestOf(config), size: config.length },
    layers,
    annotations: { "org.opencontainers.image.created": created },
  };
  return Buffer.from(JSON.stringify(manifest), "utf8");
}

function typeOf(title: string): string {
  const [folder] = title.split("/");
  return folder === "shards" || folder === "deltas" ? layerTypes[folder] : layerTypes.index;
}
