import { AppError } from "../../core/errors.ts";
import { decompress } from "../compression.ts";
import type { ArchiveFile } from "./archive-files.ts";
import { verifiedDigest } from "./digest.ts";
import type { ImageConfig } from "./image-config.ts";

/** One layer of an image. */
export interface ImageLayer {
  readonly mediaType?: string;
  /** Digest of the blob as it is stored, where the archive states it. */
  readonly digest?: string;
  /** Digest of the uncompressed tar (OCI image-spec config.md, `diff_ids`). */
  readonly diffId: string;
  /** Bytes of the blob as it is stored. */
  readonly size: number;
  /** Where a layer that may not be distributed is to be had; the archive may lack it. */
  readonly foreign?: readonly string[];
  /**
   * The uncompressed tar. Digest and diffId are verified at its end: another one is `CORRUPT_INPUT`; stopping before
   * the end verifies nothing.
   */
  open(): AsyncIterable<Uint8Array>;
}

/** What an image is built for. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** One image of an archive, for one platform. */
export interface ImageManifestInfo {
  /** Names and tags that the archive gives it, sorted. */
  readonly references: readonly string[];
  readonly platform: Platform;
  /** Absent in archives of `docker save` before version 25. */
  readonly manifestDigest?: string;
  readonly configDigest: string;
  readonly config: ImageConfig;
  readonly layers: readonly ImageLayer[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A blob of a manifest that is not an image. */
export interface ArtifactBlob {
  readonly mediaType: string | undefined;
  readonly digest: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** The blob as stored, its digest verified at the end; undefined where the archive lacks it. */
  readonly open: (() => AsyncIterable<Uint8Array>) | undefined;
}

/** A manifest that is not an image: an attestation (SBOM, provenance) of BuildKit, a signature, any other artifact. */
export interface ArtifactManifest {
  readonly kind: "attestation" | "artifact";
  readonly manifestDigest: string;
  readonly artifactType: string | undefined;
  /** Digest of the manifest that it is about. */
  readonly subject: string | undefined;
  readonly blobs: readonly ArtifactBlob[];
}

/** A manifest that the index lists and the archive does not hold whole, as when one platform of several is saved. */
export interface IncompleteImage {
  readonly digest: string;
  readonly platform: Platform | undefined;
  readonly reason: string;
}

/** What an image archive or layout holds. */
export interface ImageArchive {
  /** `docker-archive-oci` is what Docker 25 and containerd write: an OCI layout that has a manifest.json too. */
  readonly format: "docker-archive" | "docker-archive-oci" | "docker-archive-legacy" | "oci-layout";
  readonly images: readonly ImageManifestInfo[];
  readonly artifacts: readonly ArtifactManifest[];
  readonly incomplete: readonly IncompleteImage[];
}

/** What is known of a layer before it is read. */
export interface LayerDescription {
  what: string;
  file: ArchiveFile | undefined;
  diffId: string;
  size: number;
  mediaType?: string | undefined;
  digest?: string | undefined;
  urls?: readonly string[] | undefined;
}

/** A layer that decompresses and verifies itself while it is read. */
export function imageLayer(description: LayerDescription): ImageLayer {
  const { mediaType, digest, diffId, size, urls } = description;
  return {
    ...(mediaType ? { mediaType } : {}),
    ...(digest ? { digest } : {}),
    diffId,
    size,
    ...(urls && urls.length > 0 ? { foreign: urls } : {}),
    open: () => openLayer(description),
  };
}

function openLayer({ what, file, mediaType, digest, diffId, urls }: LayerDescription): AsyncIterable<Uint8Array> {
  if (!file) {
    throw new AppError("UNSUPPORTED", `${what}: the archive does not hold it`, {
      hint: `fetch it from ${urls?.[0] ?? "the registry"} or save the image with its foreign layers`,
    });
  }
  if (mediaType?.endsWith("+encrypted")) {
    throw new AppError("UNSUPPORTED", `${what}: is encrypted`, { hint: "decrypt the image with its key first" });
  }
  // Where both digests are one the blob is the tar, and hashing it once is enough.
  const stored = digest && digest !== diffId ? verifiedDigest(file.stream(), digest, what) : file.stream();
  return verifiedDigest(decompress(stored, { what }), diffId, what);
}

/** The platform that a configuration states. */
export function platformOf(config: ImageConfig): Platform {
  const { os, architecture, variant } = config;
  return { os, architecture, ...(variant ? { variant } : {}) };
}
