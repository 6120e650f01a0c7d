import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Another image of the same snapshot or of an earlier run. */
export const RelatedImage = z.object({
  subject: z.string(),
  name: z.string(),
  created: z.string().optional(),
  /** When the earlier run was that it is known from (ISO 8601); absent for an image of the same snapshot. */
  assessed: z.string().optional(),
});
/** Another image of the same snapshot or of an earlier run. */
export type RelatedImage = z.output<typeof RelatedImage>;

/** What an image was built on, as far as the layers, history and labels of the images at hand tell; which of its layers are its own; and what must be rebuilt before it. */
export const imageLineage = defineFact({
  id: "image/lineage",
  summary: "what the image was built on and which layers are its own",
  obtain: "assess the image together with its base: plimsoll assess image IMAGE image BASE",
  schema: z.object({
    /** The images whose layers this one begins with, the nearest first. */
    ancestors: z.array(RelatedImage.extend({ layers: z.number() })),
    /** The images that begin with all layers of this one. */
    derived: z.array(RelatedImage),
    /** Layers that the base brought, counted from 0; absent where nothing tells. */
    baseLayers: z.number().optional(),
    /** What told it: another image with the same layers, or the history: a note of the builder where it began, or a step that ends a base (CMD or ENTRYPOINT). */
    shownBy: z.enum(["layers", "history"]).optional(),
    /** What the image's label says of its base, and whether the images at hand bear it out. */
    label: z
      .object({
        reference: z.string().optional(),
        digest: z.string(),
        state: z.enum(["confirmed", "contradicted", "unseen"]),
      })
      .optional(),
    /** Newer builds of the nearest base that are at hand, the newest first: those of the same tag, or of its repository where there is none. */
    newerBases: z.array(RelatedImage),
    /** The nearest of the ancestors that has a newer build, the newest such build, and what must be rebuilt between that ancestor and this image, in order. */
    renewable: z
      .object({
        base: RelatedImage.extend({ layers: z.number() }),
        newer: RelatedImage,
        through: z.array(RelatedImage),
      })
      .optional(),
    /** Whether it must be rebuilt because a base of it was renewed. */
    needsRebuild: z.boolean(),
    /** Its place in the order of rebuilding: 0 for what builds on nothing at hand, one more than its base's otherwise. */
    rebuildStep: z.number(),
  }),
});
