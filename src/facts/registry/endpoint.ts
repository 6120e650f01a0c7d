import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How a registry answers: over TLS or in clear, to whom, and with what rights for strangers. */
export const registryEndpoint = defineFact({
  id: "registry/endpoint",
  summary: "how the registry answers",
  obtain: "plimsoll assess registry HOST[:PORT]",
  schema: z.object({
    host: z.string(),
    /** What answered over https, where anything did. */
    tls: z
      .object({
        protocol: z.string(),
        trusted: z.boolean(),
        problem: z.string().optional(),
        expires: z.string().optional(),
      })
      .optional(),
    /** Whether /v2/ was answered over plain http on the same port or on port 80 (redirects to https do not count). */
    plainHttp: z.boolean(),
    authentication: z.enum(["none", "basic", "bearer", "other"]),
    /** Whether a stranger may list the catalogue; absent where it could not be tried. */
    anonymousCatalog: z.boolean().optional(),
    /** Whether a stranger may read an image's manifest; absent where it could not be tried. */
    anonymousPull: z.boolean().optional(),
    /** Whether a stranger may begin an upload (it is cancelled at once); absent where it was not tried. */
    anonymousPush: z.boolean().optional(),
    apiVersion: z.string().optional(),
  }),
});
