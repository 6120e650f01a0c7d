import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How a host that is made from an image differs from it, and whether an image to go back to is there. */
export const imageDrift = defineFact({
  id: "host/image-drift",
  summary: "how the host differs from the image that it was made from",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Where the image's own configuration lies (/usr/etc of OSTree); absent where the system keeps none. */
    configurationBase: z.string().optional(),
    /** Files that were compared. */
    compared: z.number().default(0),
    /** Files of /etc that differ from the image's. */
    changed: z.array(z.string()).default([]),
    /** Files of the image's /etc that are gone. */
    removed: z.array(z.string()).default([]),
    /** Files of /etc that could not be compared. */
    unread: z.number().default(0),
    /** Packages put on the image or replaced in it, as the deployment's origin names them. */
    packages: z.array(z.object({ what: z.string(), name: z.string() })).default([]),
    /** Images of system or configuration extensions that are laid over /usr and /etc. */
    extensions: z.array(z.string()).default([]),
    /** Other images or snapshots that the host can start: `ostree`, `partition`, `snapshot`. */
    rollbacks: z.array(z.object({ kind: z.string(), at: z.string() })).default([]),
  }),
});
