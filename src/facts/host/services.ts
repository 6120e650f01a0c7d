import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The units of systemd: what is started at boot, on demand or by time, and how each service is confined. */
export const services = defineFact({
  id: "host/services",
  summary: "the services of the host",
  obtain: "plimsoll assess host",
  schema: z.object({
    /** What starts services: `systemd`, or `other` where no unit folder was found. */
    manager: z.enum(["systemd", "other"]),
    defaultTarget: z.string().optional(),
    units: z.array(
      z.object({
        name: z.string(),
        /** True where another unit or target pulls it in by a link in a .wants or .requires folder. */
        enabled: z.boolean(),
        masked: z.boolean(),
        /** True where a process runs in its control group; absent where processes could not be seen. */
        running: z.boolean().optional(),
        /** Programs that it starts, as absolute paths. */
        programs: z.array(z.string()).default([]),
        user: z.string().optional(),
        /** Settings of the unit that confine it, by name: `NoNewPrivileges`, `ProtectSystem` … Last value wins; lists are joined. */
        confinement: z.record(z.string(), z.string()).default({}),
        /** How exposed a service is, from 0 to 10, as `systemd-analyze security` measures it; absent for a masked unit and other types. */
        exposure: z.number().min(0).max(10).optional(),
        /** What leaves it exposed, heaviest first, at most twelve: `PrivateNetwork=`, `CapabilityBoundingSet=~CAP_SYS_ADMIN` … */
        open: z.array(z.string()).default([]),
        /** Address and port or path of a socket unit. */
        listens: z.array(z.string()).default([]),
        file: z.string(),
      }),
    ),
  }),
});
/** One unit of systemd. */
export type ServiceUnit = z.output<typeof services.schema>["units"][number];
