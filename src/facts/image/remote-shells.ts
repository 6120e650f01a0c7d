import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { FilePlace, SeenIn } from "./place.ts";

/** Programs and settings by which someone could log in to a container of the image from outside. */
export const imageRemoteShells = defineFact({
  id: "image/remote-shells",
  summary: "the remote shells in the image",
  obtain: "plimsoll assess image REFERENCE",
  schema: z.object({
    programs: z.array(
      z.object({
        /** Where it lies; of a Dockerfile the command that installs it. */
        path: z.string(),
        program: z.string(),
        layer: z.number().optional(),
        location: FilePlace.optional(),
      }),
    ),
    /** True when the entry point, command or a service file starts one. */
    started: z.array(z.object({ by: z.string(), program: z.string(), location: FilePlace.optional() })),
    exposedPorts: z.array(z.string()),
    authorizedKeys: z.array(
      z.object({ path: z.string(), layer: z.number().optional(), location: FilePlace.optional() }),
    ),
    entries: z.number(),
    seen: SeenIn,
    /** Where a Dockerfile exposes a port, by the port. */
    places: z.record(z.string(), FilePlace).default({}),
  }),
});
