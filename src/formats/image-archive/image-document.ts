import { z } from "zod";
import { AppError, corrupt, messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** What a manifest, configuration or layer is called by: `sha256:` and 64 hex digits, or sha512 and 128. */
export const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Media types of an index of manifests. */
const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** Media types of an image configuration; anything else is an artifact that borrows the manifest's form. */
const configTypes = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

const platformSchema = z.object({
  os: z.string().default("unknown"),
  architecture: z.string().default("unknown"),
  variant: z.string().nullish(),
});

const descriptorSchema = z.object({
  mediaType: z.string().nullish(),
  digest: z.string().regex(digestPattern, "is not a sha256 or sha512 digest"),
  size: z.number().int().nonnegative(),
  urls: z.array(z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  platform: platformSchema.nullish(),
  artifactType: z.string().nullish(),
});

/** What points at a blob (OCI image-spec descriptor.md). */
export type Descriptor = z.output<typeof descriptorSchema>;

const manifestSchema = z.object({
  mediaType: z.string().nullish(),
  artifactType: z.string().nullish(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(limits.layers).nullish(),
  subject: descriptorSchema.nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

/** An image manifest (OCI image-spec manifest.md, Docker image manifest v2 schema 2). */
export type Manifest = z.output<typeof manifestSchema>;

const indexSchema = z.object({
  mediaType: z.string().nullish(),
  manifests: z.array(descriptorSchema).max(limits.indexManifests).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

/** An index of manifests (OCI image-spec image-index.md, Docker manifest list). */
export type Index = z.output<typeof indexSchema>;

const dockerManifestSchema = z
  .array(
    z.object({
      Config: z.string(),
      RepoTags: z.array(z.string()).nullish(),
      Layers: z.array(z.string()).max(limits.layers).nullish(),
      LayerSources: z.record(z.string(), descriptorSchema).nullish(),
    }),
  )
  .max(limits.indexManifests);

/** The manifest.json of a `docker save` archive. */
export type DockerManifest = z.output<typeof dockerManifestSchema>;

/** A JSON document as it is; text that is not JSON is `CORRUPT_INPUT`. */
export function parseDocument(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (thrown) {
    throw corrupt(what, `not JSON: ${messageOf(thrown)}`);
  }
}

/** A manifest or an index, told apart by media type and, where that is absent, by content. Docker's schema 1 is `UNSUPPORTED`. */
export function parseManifestOrIndex(
  bytes: Uint8Array,
  what: string,
): { manifest: Manifest; index?: undefined } | { index: Index; manifest?: undefined } {
  const document = parseDocument(bytes, what);
  if (isSchema1(document)) {
    throw new AppError("UNSUPPORTED", `${what}: is a Docker manifest of schema 1`, {
      hint: "pull and push the image with a current tool, which converts it",
    });
  }
  if (isIndex(document)) return { index: checked(indexSchema, document, what, "an image index") };
  return { manifest: checked(manifestSchema, document, what, "an image manifest") };
}

/** Reads an index, such as the index.json of a layout. */
export function parseIndex(bytes: Uint8Array, what: string): Index {
  return checked(indexSchema, parseDocument(bytes, what), what, "an image index");
}

/** Reads the manifest.json of a `docker save` archive. */
export function parseDockerManifest(bytes: Uint8Array, what: string): DockerManifest {
  return checked(dockerManifestSchema, parseDocument(bytes, what), what, "the manifest.json of an image archive");
}

/** Whether a media type is that of an image configuration. */
export function isImageConfigType(mediaType: string | null | undefined): boolean {
  return !mediaType || configTypes.includes(mediaType);
}

/** A document that has the given shape, or `CORRUPT_INPUT`. */
export function checked<T>(schema: z.ZodType<T>, document: unknown, what: string, expected: string): T {
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw corrupt(what, `not ${expected}: ${z.prettifyError(parsed.error)}`);
}

function isIndex(document: unknown): boolean {
  if (typeof document !== "object" || document === null) return false;
  if ("mediaType" in document && indexTypes.includes(String(document.mediaType))) return true;
  return "manifests" in document && !("config" in document);
}

function isSchema1(document: unknown): boolean {
  return (
    typeof document === "object" && document !== null && "schemaVersion" in document && document.schemaVersion === 1
  );
}
