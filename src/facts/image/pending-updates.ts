import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Security updates that the archives of the image's distribution offer for its packages now, whether or not any advisory names them. */
export const imagePendingUpdates = defineFact({
  id: "image/pending-updates",
  summary: "the security updates that wait for the image's packages",
  obtain: "plimsoll assess image REFERENCE --pending-updates",
  schema: z.object({
    /** False where the image is of no distribution whose archives are asked (Debian, Ubuntu and those made of them). */
    applies: z.boolean(),
    pending: z
      .array(
        z.object({
          package: z.string(),
          installed: z.string(),
          available: z.string(),
          /** `trixie-security`. */
          suite: z.string(),
        }),
      )
      .default([]),
    /** Packages of the image that the suites offer in some version. */
    known: z.number().default(0),
    archives: z
      .array(
        z.object({
          address: z.string(),
          /** ISO 8601. */
          date: z.string().optional(),
          validUntil: z.string().optional(),
          /** What vouches for the release: a signature by a key of the image, the connection, or nothing. Its lists are checked against it in every case. */
          trust: z.enum(["signature", "https", "none"]),
          /** Fingerprint of the key whose signature was verified. */
          signedBy: z.string().optional(),
        }),
      )
      .default([]),
  }),
});
/** Security updates that wait for the image's packages. */
export type PendingUpdates = z.output<typeof imagePendingUpdates.schema>;
