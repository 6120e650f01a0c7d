import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { FilePlace } from "./place.ts";

/** What the image says it was built on. */
export const imageBase = defineFact({
  id: "image/base",
  summary: "the image's base",
  obtain: "build with the labels org.opencontainers.image.base.name and base.digest, or scan the base image too",
  schema: z.object({
    /** Reference of the base; absent where nothing says it. */
    reference: z.string().optional(),
    digest: z.string().optional(),
    /** What showed it: an annotation of the manifest, a `label`, `provenance`, a note in the `history`, the `Dockerfile`. */
    shownBy: z.enum(["annotation", "label", "provenance", "history", "Dockerfile"]).optional(),
    /** Why there is no reference, where more is known than that nothing says it. */
    unknownBecause: z.string().optional(),
    location: FilePlace.optional(),
    /** Images that build stages of a Dockerfile begin with or that files are copied from. */
    buildImages: z
      .array(
        z.object({
          /** As it is written, where no reference is known. */
          text: z.string(),
          reference: z.string().optional(),
          /** What it is used for: `stage build`, `COPY --from`. */
          use: z.string(),
          location: FilePlace,
        }),
      )
      .default([]),
    /** Layers that belong to the base, counted from 0. */
    layers: z.number().optional(),
    /** True when the image has one layer chain of its own and builds on nothing (FROM scratch). */
    scratch: z.boolean().default(false),
    /** ISO 8601; when the oldest step of the history ran: the age of the oldest layer. */
    oldestStep: z.string().optional(),
  }),
});
