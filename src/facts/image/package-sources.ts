import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The archives that the image's package manager is told to fetch from (sources.list(5)). */
export const imagePackageSources = defineFact({
  id: "image/package-sources",
  summary: "the package sources of the image (apt)",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    sources: z.array(
      z.object({
        /** With a leading slash. */
        file: z.string(),
        line: z.number(),
        uris: z.array(z.string()),
        suites: z.array(z.string()),
        components: z.array(z.string()),
      }),
    ),
    /** Keys that its keyrings trust, each once, with a file that has it. */
    keys: z
      .array(
        z.object({
          file: z.string(),
          /** Hexadecimal, upper case. */
          fingerprint: z.string(),
          /** As JSON Web Key (RFC 7517). */
          jwk: z.object({ kty: z.string() }).catchall(z.string()),
        }),
      )
      .default([]),
    /** Files of sources and keyrings that could not be read. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
