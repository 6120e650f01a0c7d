import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

const Packaged = z.object({ path: z.string(), package: z.string() });

/** Whether packaged files are as their packages brought them, and for how many that can be told at all. */
export const packageIntegrity = defineFact({
  id: "host/package-integrity",
  summary: "whether packaged files are as their packages brought them",
  obtain: "plimsoll assess host, on a host with dpkg, rpm or apk",
  schema: z.object({
    manager: z.string(),
    /** Packages that are installed, and of them those whose digests are known: a package without files has nothing to compare and counts too. */
    packages: z.number(),
    packagesWithDigests: z.number(),
    /** Files whose digest was compared: programs, libraries and units. */
    compared: z.number(),
    /** Files whose rights or owner were compared; dpkg keeps neither. */
    rightsCompared: z.number().default(0),
    /** Files with digests that were left out because a wrong byte in them runs nothing: documentation, data. */
    leftOut: z.number().default(0),
    changed: z
      .array(
        Packaged.extend({
          /** `content`, `rights`, `owner`, `kind`, `target`, with what was expected and found where that is short. */
          what: z.array(z.string()).default(["content"]),
          /** True for a file that an administrator may change. */
          configuration: z.boolean().default(false),
        }),
      )
      .default([]),
    missing: z.array(Packaged).default([]),
    unread: z.number().default(0),
    /** Kind of the digests: `md5` tells accidents and careless intruders only. */
    digest: z.string(),
    /** Packages whose record could not be read. */
    problems: z.array(z.string()).default([]),
  }),
});
