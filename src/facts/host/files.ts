import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

const Listed = z.object({
  path: z.string(),
  mode: z.string(),
  owner: z.number(),
  group: z.number(),
  packaged: z.boolean().optional(),
});

/** What one walk over the host's file system found: rights that are too wide, and files that no package brought. */
export const files = defineFact({
  id: "host/files",
  summary: "the rights and origin of the host's files",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    entries: z.number(),
    /** Folders that were passed over: other devices, container storage. */
    skipped: z.array(z.string()).default([]),
    /** Entries that could not be looked at. */
    unseen: z.number().default(0),
    /** Why the walk ended early; absent where it did not. */
    stopped: z.string().optional(),
    /** Package databases whose file lists were read: `dpkg`, `apk`, `pacman`. Without one, `packaged` is absent. */
    fileLists: z.array(z.string()).default([]),
    /** Programs that run as their owner or group. */
    setuid: z.array(Listed).default([]),
    /** Files that everyone may write, and folders without the sticky bit; at most 500, `worldWritableCount` has all. */
    worldWritable: z.array(Listed.extend({ kind: z.string() })).default([]),
    worldWritableCount: z.number().default(0),
    /** Numeric owners without an account, with how many files they own and the first of them. */
    unowned: z.array(z.object({ id: z.string(), count: z.number(), first: z.string() })).default([]),
    /** Device nodes outside /dev. */
    devices: z.array(Listed).default([]),
    /** Programs, libraries, units and scripts in system folders that no package brought; at most 500, `unpackagedCount` has all. */
    unpackaged: z
      .array(Listed.extend({ kind: z.enum(["program", "library", "module", "unit", "startup"]) }))
      .default([]),
    unpackagedCount: z.number().default(0),
    /** Compilers, debuggers and network tools in the search path. */
    toolchain: z.array(z.object({ path: z.string(), kind: z.string(), mode: z.string() })).default([]),
    /** Places of applications on the host: `node_modules`, virtual environments, databases, /opt and /srv, with the number of files. */
    applications: z.array(z.object({ path: z.string(), kind: z.string(), files: z.number() })).default([]),
    /** Bytes of files in homes of people. */
    homeBytes: z.number().default(0),
  }),
});
/** What one walk over the host's file system found. */
export type Files = z.output<typeof files.schema>;
