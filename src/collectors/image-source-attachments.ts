import type { Repository } from "../clients/oci-registry.ts";
import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { requireDigest } from "../formats/image-archive/digest.ts";
import {
  type Descriptor,
  type Manifest,
  parseIndex,
  parseManifestOrIndex,
} from "../formats/image-archive/image-document.ts";
import type { LayoutContent } from "../formats/image-archive/oci-layout.ts";
import { isSbomPredicate } from "../formats/sbom/statement.ts";

/** A blob beside an image that may be an SBOM of it. */
export interface Attachment {
  readonly digest: string;
  /** `in its index`, `by the referrers API`, `by tag sha256-….att` … */
  readonly found: string;
  /** What it says it is: the type of its predicate, or its media type. */
  readonly type: string;
}

/** Annotations that name the type of a statement: BuildKit's, cosign's, and that of Sigstore bundles. */
const predicateAnnotations = ["in-toto.io/predicate-type", "predicateType", "dev.sigstore.bundle.predicateType"];
/** Media types of statements, in an envelope or not; what they are of only their content or an annotation tells. */
const statementTypes = /^application\/vnd\.(?:in-toto|dsse\.envelope|dev\.sigstore\.bundle)\b/;
/** Media types of SBOMs (IANA; cosign attach sbom). Forms that cannot be read are told as such. */
const sbomTypes = /^(?:application|text)\/(?:spdx|vnd\.cyclonedx)(?:\+(?:json|xml))?(?:;|$)/;
/** Kinds of artifacts that hold no SBOM: their manifests are not fetched. */
const otherArtifacts = /signature|cosign\.artifact\.sig|notary|helm|cncf/i;

/** Blobs that may be SBOMs of an image, the likeliest first: what its index lists (BuildKit), what refers to it (OCI 1.1), what cosign's tags hold. */
export async function* attachmentsOf(
  digest: string,
  { artifacts }: LayoutContent,
  repository: Repository,
): AsyncGenerator<Attachment, void, undefined> {
  for (const { subject, blobs } of artifacts) {
    if (subject === digest) yield* sbomsIn(blobs, "in its index");
  }
  yield* referring(digest, repository);
  const tag = digest.replace(":", "-");
  yield* taggedWith(`${tag}.att`, repository);
  yield* taggedWith(`${tag}.sbom`, repository);
}

/** What refers to the image by the registry's own list, or by the tag that stands for it where there is none (distribution-spec, "Referrers Tag Schema"). */
async function* referring(image: string, repository: Repository): AsyncGenerator<Attachment, void, undefined> {
  const pages = await repository.referrers(image);
  const what = `${repository.name}: referrers of ${image}`;
  const tag = image.replace(":", "-");
  const found = pages === undefined ? `by tag ${tag}` : "by the referrers API";
  const listed =
    pages?.flatMap((page) => parseIndex(page, what).manifests ?? []) ?? (await fallbackList(tag, repository));
  const worthy = listed.filter(mayHoldSbom);
  if (worthy.length > limits.attachments) throw limitExceeded(what, `${limits.attachments} documents`);
  for (const { digest } of worthy) {
    const manifest = await manifestOf(digest, repository);
    // Whoever can push may list anything: the manifest itself must be about the image.
    if (manifest?.subject?.digest !== image) continue;
    yield* sbomsIn(manifest.layers ?? [], found);
  }
}

async function fallbackList(tag: string, repository: Repository): Promise<readonly Descriptor[]> {
  const fetched = await repository.manifest(tag);
  if (fetched === undefined) return [];
  return parseManifestOrIndex(fetched.bytes, `${repository.name}: manifest ${tag}`).index?.manifests ?? [];
}

/** Some clients give the wrong type in the list, so that only what is surely something else is left out. */
function mayHoldSbom({ artifactType, annotations }: Descriptor): boolean {
  const predicateType = predicateOf(annotations);
  if (predicateType !== undefined) return isSbomPredicate(predicateType);
  return !otherArtifacts.test(artifactType ?? "");
}

async function manifestOf(digest: string, repository: Repository): Promise<Manifest | undefined> {
  const fetched = await repository.manifest(digest);
  if (fetched === undefined) return undefined;
  const what = `${repository.name}: manifest ${digest}`;
  requireDigest(fetched.bytes, digest, what);
  return parseManifestOrIndex(fetched.bytes, what).manifest;
}

async function* taggedWith(tag: string, repository: Repository): AsyncGenerator<Attachment, void, undefined> {
  const fetched = await repository.manifest(tag);
  if (fetched === undefined) return;
  const { manifest } = parseManifestOrIndex(fetched.bytes, `${repository.name}: manifest ${tag}`);
  yield* sbomsIn(manifest?.layers ?? [], `by tag ${tag}`);
}

interface Blob {
  readonly digest: string;
  readonly mediaType?: string | null | undefined;
  readonly annotations?: Readonly<Record<string, string>> | null | undefined;
}

function sbomsIn(blobs: readonly Blob[], found: string): Attachment[] {
  return blobs.flatMap(({ digest, mediaType, annotations }) => {
    const predicateType = predicateOf(annotations);
    if (predicateType !== undefined)
      return isSbomPredicate(predicateType) ? [{ digest, found, type: predicateType }] : [];
    const type = mediaType ?? "";
    return statementTypes.test(type) || sbomTypes.test(type) ? [{ digest, found, type }] : [];
  });
}

function predicateOf(annotations: Readonly<Record<string, string>> | null | undefined): string | undefined {
  return predicateAnnotations.map((name) => annotations?.[name]).find((value) => value !== undefined);
}
