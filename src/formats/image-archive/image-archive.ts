import { AppError } from "../../core/errors.ts";
import type { ByteSource, DirectorySource } from "../byte-source.ts";
import { type ArchiveFiles, directoryFiles, readDocument, tarFiles } from "./archive-files.ts";
import { readDockerManifest, readRepositories } from "./docker-archive.ts";
import type { ImageArchive, ImageManifestInfo } from "./image.ts";
import { incompleteError, type LayoutContent, readLayout } from "./oci-layout.ts";

export type {
  ArtifactBlob,
  ArtifactManifest,
  ImageArchive,
  ImageLayer,
  ImageManifestInfo,
  IncompleteImage,
  Platform,
} from "./image.ts";

/**
 * Opens an image archive or an unpacked layout: `docker save` of every age, podman, kaniko, containerd, OCI layout; a tar
 * may be compressed as a whole. Documents are read now, layers when they are opened. A file that is no image archive is
 * `UNSUPPORTED`, a damaged or incomplete one `CORRUPT_INPUT` with the name of the part.
 */
export async function openImageArchive(source: ByteSource | DirectorySource): Promise<ImageArchive> {
  const files = "open" in source ? directoryFiles(source) : await tarFiles(source);
  const index = await readDocument(files, "index.json");
  const dockerManifest = await readDocument(files, "manifest.json");
  if (index) return fromLayout(files, index, dockerManifest);
  if (dockerManifest) return simpleArchive("docker-archive", await readDockerManifest(files, dockerManifest), files);
  const repositories = await readDocument(files, "repositories");
  if (repositories) return simpleArchive("docker-archive-legacy", await readRepositories(files, repositories), files);
  throw new AppError("UNSUPPORTED", `${files.name}: holds no manifest.json, index.json or repositories file`, {
    hint: "give an archive that `docker save`, `skopeo copy` or `ctr images export` wrote, or an OCI layout folder",
  });
}

function simpleArchive(
  format: ImageArchive["format"],
  images: readonly ImageManifestInfo[],
  files: ArchiveFiles,
): ImageArchive {
  if (images.length === 0) throw emptyError(files);
  return { format, images, artifacts: [], incomplete: [] };
}

async function fromLayout(
  files: ArchiveFiles,
  index: Uint8Array,
  dockerManifest: Uint8Array | undefined,
): Promise<ImageArchive> {
  const content = await readLayout(files, index);
  const images = dockerManifest ? await withDockerManifest(files, content, dockerManifest) : content.images;
  if (images.length === 0 && content.incomplete.length > 0) throw incompleteError(files.name, content.incomplete);
  if (images.length === 0 && content.artifacts.length === 0) throw emptyError(files);
  const { artifacts, incomplete } = content;
  return { format: dockerManifest ? "docker-archive-oci" : "oci-layout", images, artifacts, incomplete };
}

/**
 * Which of the two lists is loaded depends on the tool, so neither may hide an image from us: images of the index get the
 * tags of manifest.json, and what only manifest.json lists is an image too.
 */
async function withDockerManifest(
  files: ArchiveFiles,
  content: LayoutContent,
  document: Uint8Array,
): Promise<ImageManifestInfo[]> {
  const images = [...content.images];
  for (const listed of await readDockerManifest(files, document)) {
    const at = images.findIndex((image) => image.configDigest === listed.configDigest);
    if (at < 0) images.push(listed);
    else if (images[at]!.references.length === 0) images[at] = { ...images[at]!, references: listed.references };
  }
  return images;
}

function emptyError(files: ArchiveFiles): AppError {
  return new AppError("UNSUPPORTED", `${files.name}: lists no image`, {
    hint: "save the image again; the archive has the right form but nothing in it",
  });
}
