import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What a guarded file is for. */
export const guardedKinds = [
  "account",
  "engine-configuration",
  "engine-secret",
  "kubernetes-credential",
  "boot",
  "schedule",
  "ssh-host-key",
  "startup",
] as const;

/** Files whose owner and rights decide who controls the host or its containers. */
export const guardedFiles = defineFact({
  id: "host/guarded-files",
  summary: "owner and rights of files that control the host",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    files: z.array(
      z.object({
        path: z.string(),
        kind: z.enum(guardedKinds),
        mode: z.string(),
        owner: z.number(),
        group: z.number(),
        folder: z.boolean().default(false),
        /** The widest rights that it should have, in octal. */
        widest: z.string(),
      }),
    ),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
