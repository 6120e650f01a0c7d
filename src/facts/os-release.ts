import { z } from "zod";

/** A distribution as os-release(5) names it, with its version where the file lacks one but another shows it (`debian_version`, repository branch). */
export const OsRelease = z.object({
  /** Lower-case identifier: `debian`, `alpine`, `rhel`. */
  id: z.string(),
  idLike: z.array(z.string()).default([]),
  versionId: z.string().optional(),
  versionCodename: z.string().optional(),
  variantId: z.string().optional(),
  name: z.string().optional(),
  prettyName: z.string().optional(),
  cpeName: z.string().optional(),
  /** ISO 8601 date on which the vendor's support ends, where the file says so. */
  supportEnd: z.string().optional(),
  /** Path of the file that it was read from. */
  path: z.string(),
});
/** A distribution as os-release(5) names it. */
export type OsRelease = z.output<typeof OsRelease>;
