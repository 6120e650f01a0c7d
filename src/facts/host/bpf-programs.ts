import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Programs of the kernel's virtual machine (BPF) that processes hold. Those that only the kernel or a pin holds are not seen without bpf(2). */
export const bpfPrograms = defineFact({
  id: "host/bpf-programs",
  summary: "which processes hold BPF programs",
  obtain: "plimsoll assess host, with root's rights and in the host's PID namespace",
  schema: z.object({
    holders: z.array(
      z.object({
        pid: z.number(),
        name: z.string(),
        executable: z.string().optional(),
        /** `kubepods` container, docker container …: absent for a process of the host. */
        container: z.string().optional(),
        programs: z.array(
          z.object({
            holds: z.enum(["program", "link"]),
            id: z.number(),
            type: z.string(),
            tag: z.string().optional(),
          }),
        ),
      }),
    ),
    /** Processes whose descriptors were looked at. */
    seen: z.number(),
    /** Processes whose descriptors may not be looked at. */
    unseen: z.number().default(0),
    /** Names pinned below /sys/fs/bpf. */
    pinned: z.array(z.string()).default([]),
  }),
});
/** A process that holds BPF programs. */
export type BpfHolder = z.output<typeof bpfPrograms.schema>["holders"][number];
