import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Which updates wait to be installed, how fresh and trustworthy the lists are that say so, and whether updates install themselves. */
export const updates = defineFact({
  id: "host/updates",
  summary: "the updates that wait to be installed",
  obtain: "plimsoll assess host, on a host whose package lists are kept (apt, dnf, yum, zypper, apk)",
  schema: z.object({
    /** `apt`, `dnf`, `apk` …, or `none`. */
    manager: z.string(),
    /** Packages with a newer version in the lists. */
    pending: z
      .array(
        z.object({
          package: z.string(),
          installed: z.string(),
          available: z.string(),
          origin: z.string(),
          /** Whether a security archive or a security advisory of the lists names it. */
          security: z.boolean(),
          held: z.boolean().default(false),
          /** True where the package manager's own preferences keep it away from this version. */
          pinned: z.boolean().default(false),
          /** False where the list that it is from does not say which updates are for security. */
          classified: z.boolean().default(true),
          /** Advisories that name it, as `RHSA-2026:1`. */
          advisories: z.array(z.string()).default([]),
        }),
      )
      .default([]),
    /** Why updates cannot be told; absent where they are. */
    unknownBecause: z.string().optional(),
    /** Package lists with the date of their making, ISO 8601. */
    indexes: z
      .array(
        z.object({
          file: z.string(),
          origin: z.string(),
          suite: z.string(),
          date: z.string().optional(),
          validUntil: z.string().optional(),
          signed: z.boolean(),
          /** Whether it is that of a security archive. */
          security: z.boolean().default(false),
        }),
      )
      .default([]),
    sources: z
      .array(
        z.object({
          file: z.string(),
          line: z.number(),
          uris: z.array(z.string()),
          trusted: z.boolean(),
          allowInsecure: z.boolean(),
          signedBy: z.string().optional(),
          /** Name of an rpm repository. */
          id: z.string().optional(),
          /** For rpm repositories: whether the signature of its lists is checked, and the certificate of its server. */
          listsChecked: z.boolean().optional(),
          certificateChecked: z.boolean().optional(),
        }),
      )
      .default([]),
    /** Settings of the package manager by name in lower case. */
    settings: z.record(z.string(), z.string()).default({}),
    /** Whether security updates install themselves; absent where that could not be told. */
    automatic: z.boolean().optional(),
    automaticBy: z.string().optional(),
    rebootRequired: z.boolean(),
    /** Packages that are held back. */
    held: z.array(z.string()).default([]),
  }),
});
/** Which updates wait to be installed. */
export type Updates = z.output<typeof updates.schema>;
