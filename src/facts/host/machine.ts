import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What the host runs on, as far as it bears on what is expected of it: bare metal, a virtual machine, a cloud. */
export const machine = defineFact({
  id: "host/machine",
  summary: "what the host runs on",
  obtain: "plimsoll assess host on the running system",
  schema: z.object({
    /** True where another machine runs it; absent where that cannot be seen. */
    virtual: z.boolean().optional(),
    /** What runs it, as `kvm`, `xen`, `firecracker`. */
    hypervisor: z.string().optional(),
    /** Cloud provider, as `amazon`, `google`, `microsoft`. */
    cloud: z.string().optional(),
    /** What shows it: processor flags, firmware tables. */
    shownBy: z.array(z.string()).default([]),
  }),
});
