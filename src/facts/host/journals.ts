import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The files of systemd's journal that outlive a start of the host, and whether they are sealed. */
export const journals = defineFact({
  id: "host/journals",
  summary: "whether the journal is sealed",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    files: z.array(
      z.object({ path: z.string(), sealed: z.boolean(), state: z.enum(["offline", "online", "archived"]) }),
    ),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
