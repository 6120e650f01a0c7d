import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Programs and settings by which someone could log in to a container of the image from outside. */
export const imageRemoteShells = defineFact({
  id: "image/remote-shells",
  summary: "the remote shells in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    programs: z.array(z.object({ path: z.string(), program: z.string(), layer: z.number() })),
    /** True when the entry point, command or a service file starts one. */
    started: z.array(z.object({ by: z.string(), program: z.string() })),
    exposedPorts: z.array(z.string()),
    authorizedKeys: z.array(z.object({ path: z.string(), layer: z.number() })),
    entries: z.number(),
  }),
});
