/** Names of the capabilities by number (capabilities(7)). */
const names = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
] as const;

/**
 * The capabilities that a `security.capability` attribute permits or passes on, as `CAP_…`, by number (struct vfs_cap_data in linux/capability.h:
 * a little-endian magic with the revision in its top byte, then 32-bit pairs of permitted and inheritable sets, one pair in revision 1, two later).
 * An attribute that is absent or too short for its revision gives none.
 */
export function capabilityNames(attribute: Uint8Array | undefined): string[] {
  if (attribute === undefined || attribute.length < 12) return [];
  const view = new DataView(attribute.buffer, attribute.byteOffset, attribute.byteLength);
  const revision = view.getUint32(0, true) >>> 24;
  const pairs = revision >= 2 ? 2 : 1;
  const found: string[] = [];
  for (let pair = 0; pair < pairs && 4 + pair * 8 + 8 <= attribute.length; pair++) {
    const set = view.getUint32(4 + pair * 8, true) | view.getUint32(8 + pair * 8, true);
    for (let bit = 0; bit < 32; bit++)
      if ((set >>> bit) & 1) found.push(`CAP_${names[pair * 32 + bit] ?? pair * 32 + bit}`);
  }
  return found;
}
