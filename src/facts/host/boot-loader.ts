import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Whether somebody at the console can change how the host starts. */
export const bootLoader = defineFact({
  id: "host/boot-loader",
  summary: "whether the boot loader can be changed at the console",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Loaders whose files are there. */
    loaders: z.array(
      z.object({
        kind: z.enum(["grub", "systemd-boot", "unified-image"]),
        file: z.string(),
        /** Whether a change of an entry needs a password or is not possible; a unified image is signed as a whole. */
        guarded: z.boolean(),
        because: z.string(),
      }),
    ),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
