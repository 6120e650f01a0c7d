import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { RelatedImage } from "./lineage.ts";

/** What rebuilding an image on the newest build of its base at hand does to its vulnerabilities. Derived. */
export const imageRenewal = defineFact({
  id: "image/renewal",
  summary: "what a rebuild on a newer base does to the image's vulnerabilities",
  obtain: "assess the newest build of its base too: plimsoll assess image BASE",
  schema: z.object({
    /** The image that was renewed, and how many layers of this one are its. */
    base: RelatedImage.extend({ layers: z.number() }),
    newer: RelatedImage,
    /** Images between the two that must be rebuilt before this one, in order. */
    through: z.array(RelatedImage),
    /** `PACKAGE CVE` of the base's layers that the newer build does not have. */
    removes: z.array(z.string()),
    /** Of the base's layers, how many the newer build has as well. */
    keeps: z.number(),
    /** How many the newer build has that this image does not. */
    brings: z.number(),
    /** Packages of the newer build that no advisory data could judge: what they bring is not known. */
    unjudged: z.number().default(0),
  }),
});
