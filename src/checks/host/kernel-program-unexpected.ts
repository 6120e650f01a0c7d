import { z } from "zod";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { type BpfHolder, bpfPrograms } from "../../facts/host/bpf-programs.ts";

/** Programs that load BPF for what they are there for: services of systemd, runtimes, networks and watchers of containers. */
const usual = [
  "systemd",
  "systemd-networkd",
  "systemd-nsresourced",
  "dockerd",
  "containerd",
  "crio",
  "runc",
  "crun",
  "podman",
  "cilium-agent",
  "cilium-operator",
  "calico-node",
  "antrea-agent",
  "falco",
  "tetragon",
  "tracee",
  "bpfman",
  "ig",
];
/** Types that see or change what any process or the kernel does. */
const watching = new Set(
  "kprobe tracepoint perf_event raw_tracepoint raw_tracepoint_writable tracing lsm struct_ops ext syscall perf".split(
    " ",
  ),
);

export default defineCheck({
  title: "A process that is not known to need them holds BPF programs in the kernel",
  severity: "medium",
  clauses: ["4.5.1-b", "4.5.3-g"],
  why: "A BPF program sees packets, system calls and memory of all containers; rootkits use them to hide and to listen.",
  fix: "Find out which package the process belongs to; stop it if nobody knows it, else name it in checks.host/kernel-program-unexpected.params.allowed.",
  needs: { bpf: bpfPrograms },
  params: z.object({
    /** Names of programs that may hold BPF programs besides the usual ones. */
    allowed: z.array(z.string()).default([]),
  }),
  evaluate({ bpf: { holders, seen, unseen, pinned } }, { params: { allowed } }) {
    const known = new Set([...usual, ...allowed]);
    const items = holders
      .filter((holder) => !isKnown(holder, known))
      .map(({ pid, name, executable, container, programs }) => {
        const types = [...new Set(programs.map(({ type }) => type))].sort();
        return {
          at: `/proc/${pid}/fdinfo`,
          found: `${executable ?? name}${container ? ` (${container.slice(0, 30)})` : ""} holds ${programs.length}: ${types.join(", ")}`,
          expected: "none, or a program that is known to need them",
          key: `${executable ?? name} ${types.join(",")}`,
          ...(types.some((type) => watching.has(type)) ? { severity: "high" as const } : {}),
          details: { pid, tags: programs.flatMap(({ tag }) => tag ?? []) },
        };
      });
    if (items.length === 0 && (unseen > 0 || seen === 0))
      return unknown(
        seen === 0
          ? "the descriptors of no process could be seen"
          : `the descriptors of ${unseen} processes may not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(items, {
      at: "/proc/*/fdinfo",
      found: `${seen} processes: ${holders.length} hold programs, all known to need them; ${pinned.length} pinned below /sys/fs/bpf; programs that no process holds are not seen`,
    });
  },
  examples: {
    pass: [
      { bpf: { holders: [], seen: 30 } },
      {
        bpf: {
          holders: [
            {
              pid: 1,
              name: "systemd",
              executable: "/usr/lib/systemd/systemd",
              programs: [{ holds: "program", id: 1, type: "cgroup_device" }],
            },
          ],
          seen: 30,
        },
      },
    ],
    fail: [
      {
        bpf: {
          holders: [
            {
              pid: 900,
              name: "systemd",
              executable: "/tmp/systemd",
              programs: [{ holds: "program", id: 9, type: "kprobe" }],
            },
          ],
          seen: 30,
        },
      },
      {
        bpf: {
          holders: [
            {
              pid: 901,
              name: "agent",
              executable: "/usr/bin/agent",
              programs: [{ holds: "link", id: 9, type: "xdp" }],
            },
          ],
          seen: 30,
        },
      },
    ],
    unknown: [{ bpf: { holders: [], seen: 3, unseen: 20 } }, { bpf: { holders: [], seen: 0 } }],
  },
});

/** A process may call itself anything: what counts is the name of its program and, on the host, that it lies where packages put it. */
function isKnown({ executable, container }: BpfHolder, known: ReadonlySet<string>): boolean {
  if (executable === undefined) return false;
  if (!known.has(executable.slice(executable.lastIndexOf("/") + 1))) return false;
  return container !== undefined || /^\/(usr|opt|snap|bin|sbin|lib|nix)\//.test(executable);
}
