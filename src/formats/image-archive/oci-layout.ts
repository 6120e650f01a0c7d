import { type AppError, corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type ArchiveFile, type ArchiveFiles, readDocument } from "./archive-files.ts";
import { requireDigest, verifiedDigest } from "./digest.ts";
import {
  type ArtifactBlob,
  type ArtifactManifest,
  type ImageLayer,
  type ImageManifestInfo,
  type IncompleteImage,
  imageLayer,
  type Platform,
  platformOf,
} from "./image.ts";
import { type ImageConfig, parseImageConfig } from "./image-config.ts";
import {
  type Descriptor,
  isImageConfigType,
  type Manifest,
  parseIndex,
  parseManifestOrIndex,
} from "./image-document.ts";

/** What the index of a layout leads to. */
export interface LayoutContent {
  images: ImageManifestInfo[];
  artifacts: ArtifactManifest[];
  incomplete: IncompleteImage[];
}

/** Follows the index.json of an OCI layout (OCI image-spec image-layout.md) to all its manifests; documents are verified by digest. */
export async function readLayout(files: ArchiveFiles, document: Uint8Array): Promise<LayoutContent> {
  const walk = new LayoutWalk(files);
  const index = parseIndex(document, `${files.name}: index.json`);
  for (const descriptor of index.manifests ?? []) await walk.visit(descriptor, referencesOf(descriptor), 0);
  return walk.content();
}

/** containerd states the full name; the OCI annotation is often the tag alone. */
function referencesOf(descriptor: Descriptor): string[] {
  const annotations = descriptor.annotations ?? {};
  const name = annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"];
  return name ? [name] : [];
}

class LayoutWalk {
  readonly #files: ArchiveFiles;
  readonly #images = new Map<string, { image: ImageManifestInfo; references: Set<string> }>();
  readonly #artifacts = new Map<string, ArtifactManifest>();
  readonly #incomplete = new Map<string, IncompleteImage>();
  readonly #documents = new Map<string, ReturnType<typeof parseManifestOrIndex>>();
  #visited = 0;

  constructor(files: ArchiveFiles) {
    this.#files = files;
  }

  content(): LayoutContent {
    const images = [...this.#images.values()];
    return {
      images: images.map(({ image, references }) => ({ ...image, references: [...references].sort() })),
      artifacts: [...this.#artifacts.values()],
      incomplete: [...this.#incomplete.values()],
    };
  }

  async visit(descriptor: Descriptor, references: readonly string[], depth: number): Promise<void> {
    this.#visited += 1;
    if (this.#visited > limits.indexManifests) {
      throw limitExceeded(this.#files.name, `${limits.indexManifests} manifests in one index`);
    }
    if (depth > limits.linkDepth) throw limitExceeded(this.#files.name, `${limits.linkDepth} indexes in each other`);
    const known = this.#images.get(descriptor.digest);
    if (known) {
      for (const reference of references) known.references.add(reference);
      return;
    }
    if (this.#artifacts.has(descriptor.digest) || this.#incomplete.has(descriptor.digest)) return;
    const document = await this.#readManifest(descriptor.digest);
    if (!document) {
      this.#setIncomplete(descriptor, "the archive lacks the manifest");
      return;
    }
    const { manifest, index } = document;
    if (index) {
      for (const child of index.manifests ?? []) await this.visit(child, references, depth + 1);
    } else if (isImage(descriptor, manifest)) {
      await this.#addImage(descriptor, manifest, references);
    } else {
      this.#artifacts.set(descriptor.digest, await this.#artifact(descriptor, manifest));
    }
  }

  /** Read once each: an index may list the same large document thousands of times. */
  async #readManifest(digest: string): Promise<ReturnType<typeof parseManifestOrIndex> | undefined> {
    const known = this.#documents.get(digest);
    if (known) return known;
    const bytes = await this.#readBlob(digest);
    if (!bytes) return undefined;
    const document = parseManifestOrIndex(bytes, `${this.#files.name}: manifest ${digest}`);
    this.#documents.set(digest, document);
    return document;
  }

  async #addImage(descriptor: Descriptor, manifest: Manifest, references: readonly string[]): Promise<void> {
    const configBytes = await this.#readBlob(manifest.config.digest);
    if (!configBytes) {
      this.#setIncomplete(descriptor, `the archive lacks the image configuration ${manifest.config.digest}`);
      return;
    }
    const config = parseImageConfig(configBytes, `${this.#files.name}: configuration ${manifest.config.digest}`);
    const layers = await this.#layers(descriptor, manifest, config);
    if (!layers) return;
    const image: ImageManifestInfo = {
      references: [],
      platform: platformOf(config),
      manifestDigest: descriptor.digest,
      configDigest: manifest.config.digest,
      config,
      layers,
      annotations: manifest.annotations ?? {},
    };
    this.#images.set(descriptor.digest, { image, references: new Set(references) });
  }

  async #layers(descriptor: Descriptor, manifest: Manifest, config: ImageConfig): Promise<ImageLayer[] | undefined> {
    const layers: ImageLayer[] = [];
    const written = manifest.layers ?? [];
    const { diffIds } = config.rootfs;
    if (written.length !== diffIds.length) {
      const counts = `${written.length} layers, its configuration ${diffIds.length}`;
      throw corrupt(this.#files.name, `manifest ${descriptor.digest} lists ${counts}`);
    }
    for (const [index, layer] of written.entries()) {
      const file = await this.#openBlob(layer.digest);
      if (!file && !layer.urls?.length) {
        this.#setIncomplete(descriptor, `the archive lacks the layer ${layer.digest}`);
        return undefined;
      }
      layers.push(
        imageLayer({
          what: `${this.#files.name}: layer ${layer.digest}`,
          file,
          diffId: diffIds[index]!,
          size: layer.size,
          mediaType: layer.mediaType ?? undefined,
          digest: layer.digest,
          urls: layer.urls ?? undefined,
        }),
      );
    }
    return layers;
  }

  async #artifact(descriptor: Descriptor, manifest: Manifest): Promise<ArtifactManifest> {
    const annotations = descriptor.annotations ?? {};
    const isAttestation = annotations["vnd.docker.reference.type"] === "attestation-manifest";
    const blobs: ArtifactBlob[] = [];
    for (const layer of manifest.layers ?? []) blobs.push(await this.#artifactBlob(layer));
    return {
      kind: isAttestation || isUnknownPlatform(descriptor) ? "attestation" : "artifact",
      manifestDigest: descriptor.digest,
      artifactType: manifest.artifactType ?? manifest.config.mediaType ?? undefined,
      subject: manifest.subject?.digest ?? annotations["vnd.docker.reference.digest"],
      blobs,
    };
  }

  async #artifactBlob(layer: Descriptor): Promise<ArtifactBlob> {
    const file = await this.#openBlob(layer.digest);
    const what = `${this.#files.name}: blob ${layer.digest}`;
    return {
      mediaType: layer.mediaType ?? undefined,
      digest: layer.digest,
      size: layer.size,
      annotations: layer.annotations ?? {},
      open: file && (() => verifiedDigest(file.stream(), layer.digest, what)),
    };
  }

  #setIncomplete(descriptor: Descriptor, reason: string): void {
    const platform = descriptor.platform ? platformOfDescriptor(descriptor.platform) : undefined;
    this.#incomplete.set(descriptor.digest, { digest: descriptor.digest, platform, reason });
  }

  #openBlob(digest: string): Promise<ArchiveFile | undefined> {
    return this.#files.open(blobPath(digest));
  }

  async #readBlob(digest: string): Promise<Uint8Array | undefined> {
    const bytes = await readDocument(this.#files, blobPath(digest));
    if (bytes) requireDigest(bytes, digest, `${this.#files.name}: blob ${digest}`);
    return bytes;
  }
}

function isImage(descriptor: Descriptor, manifest: Manifest): boolean {
  if (manifest.artifactType || isUnknownPlatform(descriptor)) return false;
  return isImageConfigType(manifest.config.mediaType);
}

/** BuildKit lists attestations under the platform unknown/unknown so that no runtime picks them. */
function isUnknownPlatform(descriptor: Descriptor): boolean {
  return descriptor.platform?.os === "unknown" && descriptor.platform.architecture === "unknown";
}

function platformOfDescriptor(platform: NonNullable<Descriptor["platform"]>): Platform {
  const { os, architecture, variant } = platform;
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/** Where a layout keeps a blob; the digest was checked to be hex when its document was read. */
function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** The error for a layout of whose images none is whole. */
export function incompleteError(name: string, incomplete: readonly IncompleteImage[]): AppError {
  const first = incomplete[0]!;
  return corrupt(name, `${first.reason} (manifest ${first.digest}); the archive holds no image whole`);
}
