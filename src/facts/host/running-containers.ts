import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The containers that run on the host as its kernel shows them, whichever engine started them. */
export const runningContainers = defineFact({
  id: "host/running-containers",
  summary: "the running containers as the kernel shows them",
  obtain: "plimsoll assess host, with root's rights and in the host's PID namespace",
  schema: z.object({
    containers: z.array(
      z.object({
        /** First twelve characters of its id, or its name. */
        id: z.string(),
        engine: z.string(),
        pod: z.string().optional(),
        /** Program of its first process. */
        program: z.string(),
        processes: z.number(),
        /** True for a pause container that only holds a pod's namespaces. */
        pause: z.boolean().default(false),
        /** Namespaces that it shares with the host: `pid`, `net`, `ipc`, `uts`, `mnt`, `user`, `cgroup`, `time`; absent where they could not be seen. */
        sharedNamespaces: z.array(z.string()).optional(),
        /** 0 off, 1 strict, 2 filter. */
        seccomp: z.number().optional(),
        noNewPrivileges: z.boolean().optional(),
        /** Effective capabilities of its first process. */
        capabilities: z.array(z.string()).default([]),
        user: z.number().optional(),
        /** True where its root is another user of the host. */
        mappedRoot: z.boolean().optional(),
        /** Confinement of AppArmor or SELinux as the kernel writes it: `docker-default (enforce)`, `unconfined`. */
        label: z.string().optional(),
        /** What it sees of the host's file system; absent where its mounts could not be seen. */
        hostMounts: z
          .array(
            z.object({
              hostPath: z.string(),
              point: z.string(),
              readOnly: z.boolean(),
              shared: z.boolean().default(false),
              type: z.string(),
            }),
          )
          .optional(),
        /** Device nodes beyond those that every container has; absent where they could not be seen. */
        devices: z.array(z.string()).optional(),
        /** Whether memory and the number of processes are limited; absent where that could not be seen. */
        memoryLimited: z.boolean().optional(),
        processesLimited: z.boolean().optional(),
      }),
    ),
  }),
});
/** A running container as the kernel shows it. */
export type RunningContainer = z.output<typeof runningContainers.schema>["containers"][number];
