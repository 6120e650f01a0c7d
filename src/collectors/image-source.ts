import type { ImageLayer, ImageManifestInfo } from "../formats/image-archive/image-archive.ts";
import type { ImageConfig } from "../formats/image-archive/image-config.ts";
import type { ProvenanceImage } from "../formats/image-archive/provenance.ts";
import type { TarEntry } from "../formats/tar.ts";
import type { LayerCache } from "./layer-cache.ts";

/** What reading a layer needs of each of its entries. */
export type SourceEntry = Pick<
  TarEntry,
  | "path"
  | "type"
  | "size"
  | "mode"
  | "uid"
  | "gid"
  | "mtime"
  | "linkPath"
  | "xattrs"
  | "deviceMajor"
  | "deviceMinor"
  | "bytes"
>;

/** A file of a source that is there and whose bytes cannot be had: it is told as unread, and the others are read. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/** A layer of a source: a tar, or entries that come from elsewhere. */
export interface SourceLayer extends ImageLayer {
  /** The entries themselves, where the source has no tar. Nothing verifies them, so that they are not kept. */
  readonly entries?: () => AsyncIterable<SourceEntry>;
}

/** What a source says about a fact in place of an image collector, or why it cannot. */
export type StatedFact =
  | { readonly source: string; readonly value: unknown }
  | { readonly source: string; readonly unavailable: string; readonly remedy?: string };

/** An image of a source. */
export interface SourceImage extends Omit<ImageManifestInfo, "layers"> {
  readonly layers: readonly SourceLayer[];
  /** Images that the build took in, as a provenance attestation beside the image names them. */
  readonly builtFrom?: readonly ProvenanceImage[];
  /** What the source says itself about the fact of a collector; undefined where the collector is to read the layers. */
  readonly stated?: (collector: string) => StatedFact | undefined;
}

/** Images from wherever they are kept, to be closed after reading. */
export interface ImageSource {
  /** As the user named it. */
  readonly name: string;
  /** `docker-archive`, `oci-layout`, `registry`, `docker`, `podman`, `folder`, `cyclonedx`, `spdx` … */
  readonly format: string;
  readonly images: readonly SourceImage[];
  /** Keeps what was found in layers. */
  readonly cache?: LayerCache | undefined;
  close(): Promise<void>;
}

/** A configuration that sets nothing, for what has none; the facts that would be read from it are to be stated as unavailable. */
export function absentConfig(os: string, architecture: string): ImageConfig {
  return {
    os,
    architecture,
    env: [],
    exposedPorts: [],
    volumes: [],
    labels: {},
    onBuild: [],
    history: [],
    rootfs: { diffIds: [] },
  };
}
