import type { Repository, RepositoryOptions } from "../clients/oci-registry.ts";
import { AppError, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { collectBytes } from "../formats/byte-source.ts";
import { verifiedDigest } from "../formats/image-archive/digest.ts";
import type { ImageManifestInfo } from "../formats/image-archive/image-archive.ts";
import { parseManifestOrIndex } from "../formats/image-archive/image-document.ts";
import type { LayoutContent } from "../formats/image-archive/oci-layout.ts";
import { readSbom } from "../formats/sbom/read-sbom.ts";
import type { SbomDocument } from "../formats/sbom/sbom-document.ts";
import type { ImageSource, SourceImage, StatedFact } from "./image-source.ts";
import { openReference } from "./image-source-registry.ts";

/** Kinds of statements that are SBOMs (in-toto attestation framework, predicate types). */
const sbomPredicate = /^https:\/\/(spdx\.dev\/Document|cyclonedx\.org\/bom)/;

/** An attached statement that says it is an SBOM. */
interface AttachedSbom {
  readonly predicateType: string;
  readonly digest: string;
}

/**
 * The images of a reference by the SBOMs that are attached to them, as BuildKit (in the index) and cosign (tag `sha256-….att`) do; no layer is fetched.
 * Signatures are not verified here, and the facts' source says so. Throws `TARGET_NOT_FOUND` where an image has none attached, and what
 * opening a registry's image and reading an SBOM throw.
 */
export async function openAttestedImage(text: string, options: RepositoryOptions = {}): Promise<ImageSource> {
  const { name, content, repository } = await openReference(text, options);
  try {
    const images: SourceImage[] = [];
    for (const image of content.images) images.push(await attestedImage(image, name, content, repository));
    return { name: `attested:${name}`, format: "attestation", images, close: () => repository.close() };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

async function attestedImage(
  image: ImageManifestInfo,
  name: string,
  content: LayoutContent,
  repository: Repository,
): Promise<SourceImage> {
  const digest = image.manifestDigest ?? "";
  const attached = inIndex(content, digest) ?? (await besideIt(digest, repository));
  if (attached === undefined)
    throw new AppError("TARGET_NOT_FOUND", `${name}: no SBOM is attached to ${digest}`, {
      hint: `assess the image itself: registry:${name}`,
    });
  const what = `${name}: statement ${attached.digest}`;
  const bytes = await collectBytes(
    verifiedDigest(repository.blob(attached.digest), attached.digest, what),
    limits.document,
    () => limitExceeded(what, `${limits.document} bytes`),
  );
  const sbom = readSbom(bytes, what);
  const source = `${name}: attached ${sbom.title} (${attached.predicateType}), its signature not verified`;
  return { ...image, layers: [], stated: (collector) => stated(collector, image, sbom, source) };
}

function inIndex({ artifacts }: LayoutContent, image: string): AttachedSbom | undefined {
  for (const { subject, blobs } of artifacts) {
    if (subject !== image) continue;
    for (const { annotations, digest } of blobs) {
      const predicateType = annotations["in-toto.io/predicate-type"] ?? "";
      if (sbomPredicate.test(predicateType)) return { predicateType, digest };
    }
  }
  return undefined;
}

async function besideIt(image: string, repository: Repository): Promise<AttachedSbom | undefined> {
  const tag = `${image.replace(":", "-")}.att`;
  const fetched = await repository.manifest(tag);
  if (fetched === undefined) return undefined;
  const { manifest } = parseManifestOrIndex(fetched.bytes, `${repository.name}: manifest ${tag}`);
  for (const { annotations, digest } of manifest?.layers ?? []) {
    const predicateType = annotations?.["predicateType"] ?? "";
    if (sbomPredicate.test(predicateType)) return { predicateType, digest };
  }
  return undefined;
}

/** Packages and distribution are the SBOM's; what the image's own manifest and configuration tell is theirs; files nobody looked at. */
function stated(
  collector: string,
  image: ImageManifestInfo,
  sbom: SbomDocument,
  source: string,
): StatedFact | undefined {
  switch (collector) {
    case "configuration":
    case "base":
      return undefined;
    case "identity":
      return { source, value: identityOf(image) };
    case "packages":
      return { source, value: { packages: sbom.packages, unread: sbom.unread, databases: sbom.databases } };
    case "os-release":
      return sbom.distribution === undefined
        ? { source, unavailable: "the attached SBOM names no distribution", remedy: "assess the image itself" }
        : { source, value: sbom.distribution };
    default:
      return { source, unavailable: "an SBOM does not tell it", remedy: "assess the image itself" };
  }
}

function identityOf({ references, manifestDigest, configDigest, platform, config, layers }: ImageManifestInfo) {
  return {
    name: references[0] ?? configDigest,
    references: [...references],
    format: "attestation",
    manifestDigest,
    configDigest,
    platform: { ...platform },
    created:
      config.created !== undefined && Date.parse(config.created) > 0
        ? new Date(config.created).toISOString()
        : undefined,
    size: layers.reduce((sum, layer) => sum + layer.size, 0),
    layers: layers.map(({ digest, diffId, mediaType, size }) => ({ digest, diffId, mediaType, size })),
  };
}
