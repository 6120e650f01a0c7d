import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The sockets of the host's own network on which something waits for others. */
export const sockets = defineFact({
  id: "host/sockets",
  summary: "the listening sockets of the host",
  obtain: "plimsoll assess host, with root's rights and in the host's network namespace",
  schema: z.object({
    listeners: z.array(
      z.object({
        protocol: z.enum(["tcp", "udp", "raw", "sctp"]),
        address: z.string(),
        port: z.number(),
        /** Name of the process that holds it; absent where its owner could not be seen. */
        process: z.string().optional(),
        executable: z.string().optional(),
        user: z.number(),
        unit: z.string().optional(),
        container: z.string().optional(),
        class: z.string().optional(),
      }),
    ),
    /** Sockets that read every packet (AF_PACKET), by process. */
    sniffers: z.array(z.string()).default([]),
  }),
});
/** A listening socket. */
export type Listener = z.output<typeof sockets.schema>["listeners"][number];
