import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

const Item = z.object({ text: z.string(), negated: z.boolean().default(false) });

/** Whether a host list holds for this host: sudoers may be the same on many. `unknown` counts as `yes` wherever it gives rights. */
const here = {
  holdsHere: z.enum(["yes", "no", "unknown"]).default("yes"),
  /** Why that could not be told. */
  holdsHereReason: z.string().optional(),
};

/** Who may run what as whom, as sudoers says; aliases are replaced by what they stand for. */
export const sudo = defineFact({
  id: "host/sudo",
  summary: "who may run what as whom (sudo)",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    installed: z.boolean(),
    /** The name and addresses that host lists were compared with; each absent where it is not known. */
    host: z.object({ name: z.string().optional(), addresses: z.array(z.string()).optional() }).default({}),
    rules: z.array(
      z.object({
        file: z.string(),
        line: z.number(),
        /** Users as written: a name, `#uid`, `%group`, `+netgroup`, `ALL`. */
        users: z.array(Item),
        hosts: z.array(Item),
        ...here,
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
          /** What it is limited to, as written: `@host`, `:user`, `!command`, `>runas`; empty for all. */
          scope: z.string(),
          ...here,
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

/** What a text about a rule or setting must add where its host list could not be told; empty where it could. */
export function hostDoubt({
  holdsHere,
  holdsHereReason,
}: Pick<Sudo["rules"][number], "holdsHere" | "holdsHereReason">): string {
  if (holdsHere !== "unknown") return "";
  return `; whether it holds for this host could not be told${holdsHereReason === undefined ? "" : `: ${holdsHereReason}`}`;
}
