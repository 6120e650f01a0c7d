import type { Repository, RepositoryOptions } from "../clients/oci-registry.ts";
import { AppError, corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { collectBytes } from "../formats/byte-source.ts";
import { verifiedDigest } from "../formats/image-archive/digest.ts";
import type { ImageManifestInfo } from "../formats/image-archive/image-archive.ts";
import type { LayoutContent } from "../formats/image-archive/oci-layout.ts";
import { readSbom, readSbomDocument } from "../formats/sbom/read-sbom.ts";
import type { SbomDocument, SbomGap } from "../formats/sbom/sbom-document.ts";
import { isSbomPredicate, unwrap } from "../formats/sbom/statement.ts";
import type { ImageSource, SourceImage, StatedFact } from "./image-source.ts";
import { type Attachment, attachmentsOf } from "./image-source-attachments.ts";
import { openReference } from "./image-source-registry.ts";

/** An SBOM and how it was found. */
interface AttachedSbom {
  readonly sbom: SbomDocument;
  readonly attachment: Attachment;
  /** Whether a statement names the image; else only the place where it was found says that it is about it. */
  readonly isStated: boolean;
}

/**
 * The images of a reference by the SBOMs that are attached to them: in the index (BuildKit), as OCI 1.1 referrers or under their fallback tag, under
 * cosign's tags `.att` and `.sbom`. No layer is fetched. A statement must name the image's digest; signatures are not verified here, and the facts' source
 * says so. Throws `TARGET_NOT_FOUND` where an image has none attached, `CORRUPT_INPUT` or `UNSUPPORTED` where none can be used, and what opening a
 * registry's image throws.
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
  const { sbom, attachment, isStated } = await attachedTo(image.manifestDigest ?? "", name, content, repository);
  const bound = isStated ? "" : ", which does not name the image itself";
  const source = `${name}: attached ${sbom.title} (${attachment.type}, found ${attachment.found}${bound}), unverified: its signature was not checked`;
  return { ...image, layers: [], stated: (collector) => stated(collector, image, sbom, source) };
}

/** The first that can be used; what others could not be used for stands in its gaps. */
async function attachedTo(
  digest: string,
  name: string,
  content: LayoutContent,
  repository: Repository,
): Promise<AttachedSbom> {
  const refused: { readonly path: string; readonly error: AppError }[] = [];
  let count = 0;
  for await (const attachment of attachmentsOf(digest, content, repository)) {
    const what = `${name}: attachment ${attachment.digest}`;
    if (++count > limits.attachments) throw limitExceeded(what, `${limits.attachments} documents`);
    try {
      const found = await sbomOf(attachment, digest, what, repository);
      if (found === undefined) continue;
      const gaps = [unverified(found), ...refused.map(({ path, error }) => ({ path, reason: error.message }))];
      return { ...found, sbom: { ...found.sbom, unread: [...found.sbom.unread, ...gaps] } };
    } catch (error) {
      if (!(error instanceof AppError) || !["CORRUPT_INPUT", "UNSUPPORTED"].includes(error.code)) throw error;
      refused.push({ path: attachment.digest, error });
    }
  }
  const [first] = refused;
  if (first !== undefined) throw first.error;
  throw new AppError("TARGET_NOT_FOUND", `${name}: no SBOM is attached to ${digest}`, {
    hint: `assess the image itself: registry:${name}`,
  });
}

/** The facts' source is not in every report, a gap is: whoever can push to the registry could have written the SBOM. */
function unverified({ attachment }: AttachedSbom): SbomGap {
  const reason = `unverified: the signature of the SBOM found ${attachment.found} was not checked, and no layer of the image was looked into`;
  return { path: "attached SBOM", reason };
}

/** Undefined for a statement of another kind. */
async function sbomOf(
  attachment: Attachment,
  image: string,
  what: string,
  repository: Repository,
): Promise<AttachedSbom | undefined> {
  const blob = verifiedDigest(repository.blob(attachment.digest), attachment.digest, what);
  const bytes = await collectBytes(blob, limits.document, () => limitExceeded(what, `${limits.document} bytes`));
  if (/^(?:application|text)\/(?:spdx|vnd\.cyclonedx)/.test(attachment.type) && !startsAsJson(bytes))
    return { sbom: readSbom(bytes, what), attachment, isStated: false };
  const { document, statement } = unwrap(bytes, what);
  if (statement === undefined) return { sbom: readSbomDocument(document, what), attachment, isStated: false };
  if (!isSbomPredicate(statement.predicateType)) return undefined;
  if (!statement.subjects.includes(image))
    throw corrupt(what, `the statement is about ${statement.subjects[0] ?? "nothing"}, not about ${image}`);
  const sbom = readSbomDocument(statement.predicate, what);
  return { sbom, attachment: { ...attachment, type: statement.predicateType }, isStated: true };
}

function startsAsJson(bytes: Uint8Array): boolean {
  return /^\uFEFF?\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString("utf8"));
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
