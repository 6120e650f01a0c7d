import { stat } from "node:fs/promises";
import { AppError, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { ArtifactBlob, ArtifactManifest } from "../formats/image-archive/image.ts";
import { openImageArchive } from "../formats/image-archive/image-archive.ts";
import { type ProvenanceImage, provenanceImages } from "../formats/image-archive/provenance.ts";
import { openFile, openFolder } from "./files.ts";
import type { ImageSource } from "./image-source.ts";

/** The images of an archive file or an OCI layout folder. Throws `TARGET_NOT_FOUND`, `UNSUPPORTED` for what is none, `CORRUPT_INPUT`. */
export async function openArchiveImage(path: string): Promise<ImageSource> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError("TARGET_NOT_FOUND", `cannot open image ${path}: ${messageOf(error)}`, {
      hint: "name an archive or an OCI layout",
    });
  });
  const source = found.isDirectory() ? openFolder(path) : await openFile(path);
  try {
    const { format, images, artifacts } = await openImageArchive(source);
    const built = await provenanceBySubject(artifacts, path);
    return {
      name: path,
      format,
      images: images.map((image) => {
        const builtFrom = built.get(image.manifestDigest ?? "");
        return builtFrom === undefined ? image : { ...image, builtFrom };
      }),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** What provenance attestations (BuildKit's attestation storage) say was built from what, by the digest of the manifest that they are about. */
async function provenanceBySubject(
  artifacts: readonly ArtifactManifest[],
  path: string,
): Promise<Map<string, ProvenanceImage[]>> {
  const found = new Map<string, ProvenanceImage[]>();
  for (const { kind, subject, blobs } of artifacts) {
    if (kind !== "attestation" || subject === undefined) continue;
    for (const blob of blobs.filter(({ mediaType }) => mediaType === "application/vnd.in-toto+json")) {
      const images = await imagesIn(blob, path);
      if (images.length > 0) found.set(subject, images);
    }
  }
  return found;
}

/** An attestation that is missing, too large or damaged says nothing; the image beside it is assessed all the same. */
async function imagesIn({ size, open, digest }: ArtifactBlob, path: string): Promise<ProvenanceImage[]> {
  if (open === undefined || size > limits.imageDocument) return [];
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of open()) pieces.push(piece);
    return provenanceImages(Buffer.concat(pieces), `${path}: attestation ${digest.slice(0, 19)}`);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
