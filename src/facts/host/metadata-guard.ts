import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What keeps containers from the cloud's metadata service, as far as files and routes of the host show it. */
export const metadataGuard = defineFact({
  id: "host/metadata-guard",
  summary: "what keeps containers from the cloud's metadata service",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Rules about its address that are loaded at start. */
    rules: z.array(
      z.object({
        file: z.string(),
        chain: z.string(),
        packets: z.enum(["forward", "output", "other"]),
        action: z.enum(["drop", "accept"]),
        limited: z.boolean().default(false),
      }),
    ),
    /** Whether a route refuses it for everybody; absent where routes could not be read. */
    routeRejected: z.boolean().optional(),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
