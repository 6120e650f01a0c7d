import type { z } from "zod";
import type { Collector } from "../core/collector.ts";
import { parseMountInfo } from "../formats/host/mountinfo.ts";
import { cgroupPath, containerOfCgroup } from "../formats/host/process.ts";
import type { HostRoot } from "./host-root.ts";

/** The kernel's own number for the first PID namespace (include/linux/proc_ns.h). */
export const initialPidNamespace = "4026531836";

/**
 * Declares a collector of what lies in the host's files. Inside a container `/` is the container's own: its accounts and settings
 * say nothing of the host, so each such fact is then unavailable. A host's root that is mounted elsewhere is read as it is.
 */
export function defineHostCollector<S extends z.ZodType>(collector: Collector<HostRoot, S>): Collector<HostRoot, S> {
  return {
    ...collector,
    async *collect(root, context) {
      const contained = root.path === "/" ? await containedBecause(root) : undefined;
      if (contained !== undefined) {
        const remedy = "mount the host's root into the container and give its path: plimsoll assess host /host";
        yield { subject: root.subject, source: "/", unavailable: contained, remedy };
      } else if (!(await isSystemRoot(root))) {
        const unavailable = "the folder is no root of a system: it has neither /etc/passwd nor /usr";
        yield {
          subject: root.subject,
          source: "/",
          unavailable,
          remedy: "give the folder that holds the host's /etc and /usr",
        };
      } else yield* collector.collect(root, context);
    },
  };
}

/** An empty folder has no faults either: what is judged must be a system. */
async function isSystemRoot(root: HostRoot): Promise<boolean> {
  return (await root.exists("/etc/passwd")) || (await root.exists("/usr"));
}

const answers = new WeakMap<HostRoot, Promise<string | undefined>>();

/** Why the running system's `/` is a container's and not the host's; undefined where it is the host's. Judged by namespaces, control group and root device, never by marker files. */
export function containedBecause(root: HostRoot): Promise<string | undefined> {
  const known = answers.get(root) ?? findReason(root);
  answers.set(root, known);
  return known;
}

async function findReason(root: HostRoot): Promise<string | undefined> {
  const namespace = await root.linkTarget("/proc/self/ns/pid");
  if (namespace !== undefined && !namespace.includes(initialPidNamespace)) {
    return "/ is that of a container (its process list is not the host's)";
  }
  const cgroup = cgroupPath((await root.text("/proc/self/cgroup")) ?? "");
  const container = cgroup === undefined ? undefined : containerOfCgroup(cgroup);
  if (container !== undefined) return `/ is that of ${container.engine} container ${container.id.slice(0, 12)}`;
  const [own, first] = await Promise.all([rootDevice(root, "self"), rootDevice(root, "1")]);
  if (own !== undefined && first !== undefined && own !== first) {
    return "/ lies on another device than the root of the host's first process";
  }
  return undefined;
}

async function rootDevice(root: HostRoot, process: string): Promise<string | undefined> {
  const path = `/proc/${process}/mountinfo`;
  const text = await root.text(path);
  const mounts = text === undefined ? [] : parseMountInfo(text, path);
  return mounts.findLast(({ mountPoint }) => mountPoint === "/")?.device;
}
