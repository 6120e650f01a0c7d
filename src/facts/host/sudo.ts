import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

const Item = z.object({ text: z.string(), negated: z.boolean().default(false) });

/** Who may run what as whom, as sudoers says; aliases are replaced by what they stand for. */
export const sudo = defineFact({
  id: "host/sudo",
  summary: "who may run what as whom (sudo)",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    installed: z.boolean(),
    rules: z.array(
      z.object({
        file: z.string(),
        line: z.number(),
        /** Users as written: a name, `#uid`, `%group`, `+netgroup`, `ALL`. */
        users: z.array(Item),
        hosts: z.array(Item),
        commands: z.array(
          z.object({
            command: z.string(),
            /** Absent where any arguments are allowed, empty where none are. */
            arguments: z.string().optional(),
            negated: z.boolean().default(false),
            tags: z.array(z.string()).default([]),
            runAsUsers: z.array(Item).default([]),
            runAsGroups: z.array(Item).default([]),
            /** How it lets its user become whoever it runs as; absent where it does not. */
            escape: z.string().optional(),
          }),
        ),
      }),
    ),
    defaults: z
      .array(
        z.object({
          file: z.string(),
          line: z.number(),
          scope: z.string(),
          name: z.string(),
          value: z.union([z.string(), z.boolean()]),
        }),
      )
      .default([]),
    /** Lines that sudo cannot read either. */
    problems: z.array(z.object({ file: z.string(), line: z.number(), reason: z.string() })).default([]),
    /** Files that should have been read but could not. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
/** Who may run what as whom. */
export type Sudo = z.output<typeof sudo.schema>;
