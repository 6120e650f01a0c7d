import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What the host's audit system records. */
export const audit = defineFact({
  id: "host/audit",
  summary: "what the host's audit system records",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    installed: z.boolean(),
    running: z.boolean().optional(),
    /** Rules in the order in which they are loaded. */
    rules: z.array(
      z.object({
        file: z.string(),
        line: z.number(),
        action: z.enum(["always", "never"]),
        list: z.string(),
        syscalls: z.array(z.string()).default([]),
        fields: z.array(z.object({ name: z.string(), operator: z.string(), value: z.string() })).default([]),
        key: z.string().optional(),
      }),
    ),
    /** Control settings by letter: `e: "2"` makes rules immutable. */
    controls: z.record(z.string(), z.string()).default({}),
    /** Settings of auditd.conf. */
    configuration: z.record(z.string(), z.string()).default({}),
    problems: z.array(z.object({ file: z.string(), line: z.number(), reason: z.string() })).default([]),
    files: z.array(z.string()).default([]),
    /** Paths that rules must cover here, found on the host: programs, configuration and sockets of engines. */
    watchworthy: z.array(z.string()).default([]),
    /** What rules do not cover, as `write /etc/passwd` or `system call mount`; made by the structure of the rules. */
    uncovered: z
      .array(z.object({ what: z.string(), group: z.enum(["identity", "privilege", "kernel", "containers", "time"]) }))
      .default([]),
  }),
});
