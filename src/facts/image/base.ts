import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What the image says it was built on. */
export const imageBase = defineFact({
  id: "image/base",
  summary: "the image's base",
  obtain: "build with the labels org.opencontainers.image.base.name and base.digest, or scan the base image too",
  schema: z.object({
    /** Reference of the base, as a label, provenance or known chain of layers says; absent where nothing says it. */
    reference: z.string().optional(),
    digest: z.string().optional(),
    /** What showed it: `label`, `provenance`, `layers`. */
    shownBy: z.enum(["label", "provenance", "layers"]).optional(),
    /** Layers that belong to the base, counted from 0. */
    layers: z.number().optional(),
    /** True when the image has one layer chain of its own and builds on nothing (FROM scratch). */
    scratch: z.boolean().default(false),
    /** ISO 8601; when the oldest step of the history ran: the age of the oldest layer. */
    oldestStep: z.string().optional(),
  }),
});
