import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { FilePlace, SeenIn } from "./place.ts";

/** Files that give whoever runs them rights of their own: setuid, setgid, file capabilities, device nodes. */
export const imagePrivilegedFiles = defineFact({
  id: "image/privileged-files",
  summary: "the setuid, setgid and capability files of the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    files: z.array(
      z.object({
        path: z.string(),
        kind: z.enum(["setuid", "setgid", "capabilities", "device"]),
        /** Permission bits in octal, as `4755`; as a Dockerfile writes them, `u+s`. */
        mode: z.string(),
        /** Absent where a Dockerfile sets the mode and the owner is not known. */
        owner: z.number().optional(),
        group: z.number().optional(),
        layer: z.number().optional(),
        location: FilePlace.optional(),
        capabilities: z.array(z.string()).optional(),
      }),
    ),
    /** World-writable regular files and directories without the sticky bit. */
    worldWritable: z
      .array(
        z.object({ path: z.string(), mode: z.string(), layer: z.number().optional(), location: FilePlace.optional() }),
      )
      .default([]),
    /** Entries of the image's file system that were looked at. */
    entries: z.number(),
    /** False where the source shows no extended attributes, so that files with capabilities are not among them. */
    capabilitiesRead: z.boolean().default(true),
    seen: SeenIn,
  }),
});
