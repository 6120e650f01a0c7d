/** A program of the kernel's virtual machine that a descriptor holds. */
export interface BpfDescriptor {
  /** `program`: the descriptor is the program itself; `link`: its attachment. */
  readonly holds: "program" | "link";
  readonly id: number;
  /** Name of the program's type (`kprobe`, `xdp`), the number where it has none yet; of a link its own type. */
  readonly type: string;
  /** Digest of its instructions, hexadecimal. */
  readonly tag: string | undefined;
}

/** Types of programs by number (include/uapi/linux/bpf.h, enum bpf_prog_type). */
const programTypes =
  "unspec socket_filter kprobe sched_cls sched_act tracepoint xdp perf_event cgroup_skb cgroup_sock lwt_in lwt_out lwt_xmit sock_ops sk_skb cgroup_device sk_msg raw_tracepoint cgroup_sock_addr lwt_seg6local lirc_mode2 sk_reuseport flow_dissector cgroup_sysctl raw_tracepoint_writable cgroup_sockopt tracing struct_ops ext lsm sk_lookup syscall netfilter".split(
    " ",
  );

/** The program that a file of /proc/PID/fdinfo tells of (bpf_prog_show_fdinfo and bpf_link_show_fdinfo of the kernel); undefined for any other descriptor. */
export function parseBpfDescriptor(text: string): BpfDescriptor | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split("\n").slice(0, 64)) {
    const split = line.indexOf(":");
    if (split > 0) fields.set(line.slice(0, split), line.slice(split + 1).trim());
  }
  const id = fields.get("prog_id");
  if (id === undefined || !/^\d{1,10}$/.test(id)) return undefined;
  const tag = fields.get("prog_tag");
  const common = { id: Number(id), tag: tag !== undefined && /^[0-9a-f]{16}$/.test(tag) ? tag : undefined };
  const link = fields.get("link_type");
  if (link !== undefined) return /^[\w-]{1,40}$/.test(link) ? { holds: "link", type: link, ...common } : undefined;
  const type = fields.get("prog_type");
  if (type === undefined || !/^\d{1,4}$/.test(type)) return undefined;
  return { holds: "program", type: programTypes[Number(type)] ?? type, ...common };
}
