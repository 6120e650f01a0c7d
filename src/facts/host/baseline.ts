import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

const Listed = z.object({ path: z.string(), kind: z.string(), mode: z.string(), owner: z.number() });

/** How chosen paths of the host differ from the signed baseline that was taken of them. */
export const hostBaseline = defineFact({
  id: "host/baseline",
  summary: "whether chosen files are as the signed baseline has them",
  obtain:
    "plimsoll baseline host --key team.key -o host.baseline, keep the file off the host, then plimsoll assess host --host-baseline host.baseline --host-baseline-key team.pub",
  schema: z.object({
    /** Name of the baseline's file. */
    file: z.string(),
    /** What became of its signature; only a `trusted` one was compared with. */
    signature: z.enum(["trusted", "unsigned", "unchecked", "wrong-signature", "unreadable"]),
    /** What is wrong with the file or its signature. */
    problem: z.string().optional(),
    /** SHA-256 of the public key that signed it. */
    key: z.string().optional(),
    /** When it was taken, and of which host. */
    created: z.string().optional(),
    host: z.string().optional(),
    /** Files, folders and links that it holds. */
    entries: z.number().default(0),
    /** Whether file capabilities were compared too. */
    capabilitiesCompared: z.boolean().default(false),
    added: z.array(Listed).default([]),
    removed: z.array(Listed).default([]),
    changed: z
      .array(
        z.object({
          path: z.string(),
          /** `content`, `rights`, `owner`, `target`, `capabilities`, `kind`, each with what it was and is. */
          changes: z.array(z.object({ what: z.string(), before: z.string(), after: z.string() })),
        }),
      )
      .default([]),
    /** What cannot be read now or could not when it was taken. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
/** How chosen paths of the host differ from their baseline. */
export type HostBaselineState = z.output<typeof hostBaseline.schema>;
