import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What is configured to decide which connections reach the host. Rules in force can be seen through the kernel's netlink interface only and are not part of it. */
export const firewall = defineFact({
  id: "host/firewall",
  summary: "what decides which connections reach the host",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Configurations with what they do to incoming connections that no rule names: `drop`, `reject`, `accept`. */
    configurations: z.array(
      z.object({
        file: z.string(),
        manager: z.string(),
        family: z.enum(["ipv4", "ipv6", "both"]),
        incoming: z.string(),
        active: z.boolean().optional(),
      }),
    ),
    /** Tables of the older packet filter that the kernel has loaded; absent where it cannot be seen. */
    tables: z.array(z.string()).optional(),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
