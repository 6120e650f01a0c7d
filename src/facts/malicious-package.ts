import { z } from "zod";

/** One installed package that a registry's users know to be malware. */
export const MaliciousPackage = z.object({
  /** The report: `MAL-2024-1`. */
  id: z.string(),
  aliases: z.array(z.string()).default([]),
  package: z.string(),
  version: z.string(),
  purl: z.string(),
  type: z.string(),
  layer: z.number().optional(),
  foundIn: z.array(z.string()).default([]),
  advisory: z.object({ id: z.string(), source: z.string(), url: z.string().optional() }),
  /** The comparison that decided it. */
  decision: z.string(),
});
/** One installed package that a registry's users know to be malware. */
export type MaliciousPackage = z.output<typeof MaliciousPackage>;

/** What reports of malicious packages say about an inventory, and about what they say nothing. */
export const MaliciousPackageReport = z.object({
  advisories: z.object({ id: z.string(), date: z.string(), source: z.string() }),
  matches: z.array(MaliciousPackage),
  /** Packages from open registries (npm, PyPI …) that there are reports for. */
  judged: z.number(),
  /** Packages from open registries whose reports the advisory data does not hold, by package URL type. */
  unjudged: z.record(z.string(), z.number()).default({}),
});
/** What reports of malicious packages say about an inventory, and about what they say nothing. */
export type MaliciousPackageReport = z.output<typeof MaliciousPackageReport>;
