import type { z } from "zod";
import type { Collected } from "../core/collector.ts";
import type { Fact } from "../core/fact.ts";
import type { Subject } from "../core/subject.ts";
import type { ImageConfig } from "../formats/image-archive/image-config.ts";
import type { ProvenanceImage } from "../formats/image-archive/provenance.ts";
import type { LayerTree } from "../formats/layer-tree.ts";

/** A file of one layer, as an analyser is asked about it. Paths have no leading slash. */
export interface LayerFile {
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  readonly layer: number;
}

/** What an analyser made of a file of one layer. */
export interface LayerItem<I> {
  readonly path: string;
  readonly layer: number;
  readonly item: I;
  /** False when a later layer removed or replaced the file: it is in the image but not in a container's file system. */
  readonly visible: boolean;
}

/** An image whose layers have all been read. */
export interface OpenedImage {
  readonly subject: Subject;
  readonly name: string;
  readonly source: string;
  readonly references: readonly string[];
  readonly format: string;
  readonly manifestDigest: string | undefined;
  readonly configDigest: string;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string | undefined };
  readonly config: ImageConfig;
  /** Of its manifest (OCI image-spec annotations.md); unlike labels they are not handed down from the base. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Images that the build took in, as a provenance attestation beside the image names them; empty where there is none. */
  readonly builtFrom: readonly ProvenanceImage[];
  readonly layers: readonly {
    readonly digest?: string | undefined;
    readonly diffId: string;
    readonly mediaType?: string | undefined;
    readonly size: number;
  }[];
  /** The merged file system. */
  readonly tree: LayerTree;
}

/**
 * Fills one fact from an image in two steps. `analyse` sees one file of one layer and depends on nothing that its `version` does not tell, so that its items can be kept by layer digest;
 * `collect` sees the whole image with the items of all layers.
 */
export interface ImageCollector<I = unknown, S extends z.ZodType = z.ZodType> {
  readonly provides: Fact<S>;
  /** Raised whenever `wants` or `analyse` change what they give: kept items of other versions are not used. */
  readonly version: number;
  /** False when what `analyse` gave since the run began must not be kept for others: something that it asks did not answer. */
  readonly isKeepable?: boolean;
  /** False when `collect` depends on more than the image, the items and `version`: what it gave is then not used for another run. */
  readonly isRepeatable?: boolean;
  /** Whether it needs the file's bytes. Asked for every regular file of every layer. */
  wants?(file: LayerFile): boolean;
  /** What it makes of the file; undefined for nothing. The item must be plain JSON. May throw an AppError: the file is then reported as unread. */
  analyse?(file: LayerFile, content: Uint8Array): I | undefined | Promise<I | undefined>;
  /** What becomes of a file that could not be analysed. */
  unread?(file: LayerFile, reason: string): I;
  collect(image: OpenedImage, items: readonly LayerItem<I>[]): Iterable<Collected<z.input<S>>>;
}

/** Declares an image collector; the identity function, for its types. */
export function defineImageCollector<I, S extends z.ZodType>(collector: ImageCollector<I, S>): ImageCollector<I, S> {
  return collector;
}
