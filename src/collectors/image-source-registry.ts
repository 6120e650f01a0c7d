import { openRepository, type Repository, type RepositoryOptions } from "../clients/oci-registry.ts";
import { AppError, corrupt } from "../core/errors.ts";
import type { ArchiveFile, ArchiveFiles } from "../formats/image-archive/archive-files.ts";
import { digestOf, requireDigest } from "../formats/image-archive/digest.ts";
import { parseManifestOrIndex } from "../formats/image-archive/image-document.ts";
import { type LayoutContent, readLayout } from "../formats/image-archive/oci-layout.ts";
import { type ImageReferenceParts, parseImageReference } from "../formats/image-reference.ts";
import { withProvenance } from "./image-provenance.ts";
import type { ImageSource } from "./image-source.ts";

/**
 * The images of a reference in a registry: one for each platform of an index, nested ones included. Only manifests and configurations are fetched;
 * layers are when they are read. Throws `USAGE` for what is no reference, `TARGET_NOT_FOUND`, `AUTH_FAILED` or `UNREACHABLE` where it cannot be had.
 */
export async function openRegistryImage(text: string, options: RepositoryOptions = {}): Promise<ImageSource> {
  const { name, content, repository } = await openReference(text, options);
  const images = await withProvenance(content.images, content.artifacts, name);
  return { name, format: "registry", images, close: () => repository.close() };
}

/** What a reference leads to, and the repository to read it from, to be closed. */
export interface OpenedReference {
  /** The reference in full. */
  readonly name: string;
  readonly content: LayoutContent;
  readonly repository: Repository;
}

/** Fetches the manifests and configurations that a reference leads to. Throws as `openRegistryImage` does. */
export async function openReference(text: string, options: RepositoryOptions): Promise<OpenedReference> {
  const reference = parseImageReference(text);
  if (reference === undefined)
    throw new AppError("USAGE", `${text}: is not an image reference`, {
      hint: "write HOST[:PORT]/REPOSITORY[:TAG|@DIGEST], as registry.example:5000/shop/cart:1.4",
    });
  const repository = await openRepository(reference.registry, reference.repository, options);
  try {
    return { name: nameOf(reference), content: await contentOf(repository, reference), repository };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

/** All that a reference leads to, read as if the repository were an OCI layout whose index lists that one reference. */
async function contentOf(repository: Repository, reference: ImageReferenceParts): Promise<LayoutContent> {
  const name = nameOf(reference);
  const fetched = await repository.manifest(reference.digest ?? reference.tag ?? "latest");
  if (fetched === undefined)
    throw new AppError("TARGET_NOT_FOUND", `${name}: the registry has no such image`, {
      hint: "check repository and tag; a name without tag means the tag latest",
    });
  const digest = reference.digest ?? fetched.statedDigest ?? digestOf(fetched.bytes);
  requireDigest(fetched.bytes, knownDigest(digest, name), `${name}: manifest`);
  const top = { digest, size: fetched.bytes.length, annotations: { "io.containerd.image.name": name } };
  const files = new RepositoryFiles(repository, digest, fetched.bytes);
  const content = await readLayout(files, new TextEncoder().encode(JSON.stringify({ manifests: [top] })));
  if (content.images.length > 0) return content;
  const [missing] = content.incomplete;
  if (missing) throw corrupt(name, `${missing.reason.replace("the archive", "the registry")} (${missing.digest})`);
  throw new AppError("UNSUPPORTED", `${name}: is no image${typesOf(content)}`, {
    hint: "name the image itself, not a signature, chart or other artifact",
  });
}

function typesOf({ artifacts }: LayoutContent): string {
  const types = [...new Set(artifacts.flatMap(({ artifactType }) => artifactType ?? []))].sort();
  return types.length === 0 ? "" : `: ${types.join(", ")}`;
}

function knownDigest(digest: string, name: string): string {
  if (/^sha(256|512):/.test(digest)) return digest;
  throw new AppError("UNSUPPORTED", `${name}: the digest is of a kind that is not known`, {
    hint: "sha256 and sha512 are",
  });
}

/** As written, with the registry and the tag or digest that a short name leaves out. */
function nameOf({ registry, repository, tag, digest }: ImageReferenceParts): string {
  const version = digest === undefined ? `:${tag ?? "latest"}` : `${tag === undefined ? "" : `:${tag}`}@${digest}`;
  return `${registry}/${repository}${version}`;
}

/** A repository's blobs by the paths that a layout has them at. What an index lists is a manifest and is asked for as one. */
class RepositoryFiles implements ArchiveFiles {
  readonly name: string;
  readonly #repository: Repository;
  readonly #manifests = new Set<string>();
  readonly #top: { readonly digest: string; readonly bytes: Uint8Array };

  constructor(repository: Repository, digest: string, bytes: Uint8Array) {
    this.name = repository.name;
    this.#repository = repository;
    this.#top = { digest, bytes };
  }

  async open(path: string): Promise<ArchiveFile | undefined> {
    const digest = path.replace(/^blobs\//, "").replace("/", ":");
    if (digest === this.#top.digest) return this.#document(this.#top.bytes);
    if (this.#manifests.has(digest)) {
      const fetched = await this.#repository.manifest(digest);
      return fetched && this.#document(fetched.bytes);
    }
    // A blob's size is told by whoever points at it; reading is bounded by what it is read for.
    return { size: 0, stream: () => this.#repository.blob(digest) };
  }

  #document(bytes: Uint8Array): ArchiveFile {
    const { index } = parseManifestOrIndex(bytes, `${this.name}: manifest`);
    for (const { digest } of index?.manifests ?? []) this.#manifests.add(digest);
    return {
      size: bytes.length,
      async *stream() {
        yield bytes;
      },
    };
  }
}
