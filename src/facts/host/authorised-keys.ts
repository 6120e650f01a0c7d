import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Keys and credentials in the homes of accounts: who gets in by which key, and what an intruder would find. Secrets are never kept. */
export const authorisedKeys = defineFact({
  id: "host/authorised-keys",
  summary: "the keys that let people in, and credentials at rest",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    keys: z.array(
      z.object({
        user: z.string(),
        uid: z.number(),
        file: z.string(),
        type: z.string(),
        bits: z.number().optional(),
        fingerprint: z.string(),
        options: z.array(z.string()).default([]),
        comment: z.string().default(""),
      }),
    ),
    /** Files of keys with octal mode and owner. */
    files: z
      .array(z.object({ path: z.string(), mode: z.string(), owner: z.number(), user: z.string(), uid: z.number() }))
      .default([]),
    /** Credentials found by their usual names: `ssh-private-key`, `cloud`, `kubeconfig`, `registry`, `netrc`, `vault`, `database`. */
    credentials: z
      .array(
        z.object({
          path: z.string(),
          kind: z.string(),
          encrypted: z.boolean().optional(),
          mode: z.string(),
          user: z.string(),
        }),
      )
      .default([]),
    /** Homes that could not be looked into. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
