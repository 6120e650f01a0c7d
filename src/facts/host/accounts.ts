import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The accounts of the host: who can log in, with what kind of password, in which groups. Hashes are never kept. */
export const accounts = defineFact({
  id: "host/accounts",
  summary: "the accounts of the host",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    users: z.array(
      z.object({
        name: z.string(),
        uid: z.number(),
        gid: z.number(),
        /** Names of all groups, the primary one first. */
        groups: z.array(z.string()).default([]),
        home: z.string(),
        shell: z.string(),
        /** True where the shell lets a person in. */
        interactive: z.boolean(),
        /** Kind of its password: `none`, `locked` or the name of the hash; absent where /etc/shadow could not be read. */
        password: z.string().optional(),
        /** Days since 1970-01-01 of the last change of the password. */
        passwordChanged: z.number().optional(),
        maximumDays: z.number().optional(),
        /** Day since 1970-01-01 on which the account ends. */
        expires: z.number().optional(),
      }),
    ),
    groups: z.array(z.object({ name: z.string(), gid: z.number(), members: z.array(z.string()) })),
    /** Whether /etc/shadow could be read. */
    shadow: z.boolean(),
    /** Ranges of ids that users may map in namespaces. */
    subordinate: z
      .array(z.object({ file: z.string(), owner: z.string(), start: z.number(), count: z.number() }))
      .default([]),
    /** Where names come from besides files: `sss`, `ldap`, `systemd` (nsswitch.conf). */
    otherSources: z.array(z.string()).default([]),
    /** Settings of /etc/login.defs. */
    loginDefaults: z.record(z.string(), z.string()).default({}),
  }),
});
/** The accounts of the host. */
export type Accounts = z.output<typeof accounts.schema>;
