import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Whether packaged files are as their packages brought them, and for how many that can be told at all. */
export const packageIntegrity = defineFact({
  id: "host/package-integrity",
  summary: "whether packaged files are as their packages brought them",
  obtain: "plimsoll assess host, on a host with dpkg",
  schema: z.object({
    manager: z.string(),
    /** Packages that are installed, and of them those that list digests. */
    packages: z.number(),
    packagesWithDigests: z.number(),
    /** Files whose digest was compared: programs, libraries and units. */
    compared: z.number(),
    /** Files with digests that were left out because a wrong byte in them runs nothing: documentation, data. */
    leftOut: z.number().default(0),
    changed: z.array(z.object({ path: z.string(), package: z.string() })).default([]),
    missing: z.array(z.object({ path: z.string(), package: z.string() })).default([]),
    unread: z.number().default(0),
    /** Kind of the digests: `md5` tells accidents and careless intruders only. */
    digest: z.string(),
  }),
});
