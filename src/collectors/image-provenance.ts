import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { ArtifactBlob, ArtifactManifest, ImageManifestInfo } from "../formats/image-archive/image.ts";
import { type ProvenanceImage, provenanceImages } from "../formats/image-archive/provenance.ts";
import type { SourceImage } from "./image-source.ts";

/** The images with what the provenance attestations beside them (BuildKit's attestation storage) say that they were built from. */
export async function withProvenance(
  images: readonly ImageManifestInfo[],
  artifacts: readonly ArtifactManifest[],
  what: string,
): Promise<SourceImage[]> {
  const built = await provenanceBySubject(artifacts, what);
  return images.map((image) => {
    const builtFrom = built.get(image.manifestDigest ?? "");
    return builtFrom === undefined ? image : { ...image, builtFrom };
  });
}

/** What provenance attestations (BuildKit's attestation storage) say was built from what, by the digest of the manifest that they are about. */
async function provenanceBySubject(
  artifacts: readonly ArtifactManifest[],
  what: string,
): Promise<Map<string, ProvenanceImage[]>> {
  const found = new Map<string, ProvenanceImage[]>();
  for (const { kind, subject, blobs } of artifacts) {
    if (kind !== "attestation" || subject === undefined) continue;
    for (const blob of blobs.filter(({ mediaType }) => mediaType === "application/vnd.in-toto+json")) {
      const images = await imagesIn(blob, what);
      if (images.length > 0) found.set(subject, images);
    }
  }
  return found;
}

/** An attestation that is missing, too large or damaged says nothing; the image beside it is assessed all the same. */
async function imagesIn({ size, open, digest }: ArtifactBlob, what: string): Promise<ProvenanceImage[]> {
  if (open === undefined || size > limits.imageDocument) return [];
  try {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of open()) {
      pieces.push(piece);
      length += piece.length;
      // A registry may send more than it said.
      if (length > limits.imageDocument) return [];
    }
    return provenanceImages(Buffer.concat(pieces), `${what}: attestation ${digest.slice(0, 19)}`);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
