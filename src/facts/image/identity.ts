import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** One layer of an image, base first. */
export const ImageLayer = z.object({
  /** Digest of the compressed blob, where it has one. */
  digest: z.string().optional(),
  /** Digest of the uncompressed tar. */
  diffId: z.string(),
  mediaType: z.string().optional(),
  /** Bytes of the blob as stored. */
  size: z.number(),
  /** The instruction of the image's history that made it. */
  createdBy: z.string().optional(),
});

/** Which image it is: names, digests, platform, age and layers. */
export const imageIdentity = defineFact({
  id: "image/identity",
  summary: "which image it is",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    name: z.string(),
    references: z.array(z.string()),
    format: z.string(),
    manifestDigest: z.string().optional(),
    configDigest: z.string(),
    platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }),
    /** ISO 8601; absent where the image names none or the Unix epoch, which builders write for reproducibility. */
    created: z.string().optional(),
    /** Bytes of all layers as stored. */
    size: z.number(),
    layers: z.array(ImageLayer),
  }),
});
