import { type Filter, type ServiceConfinement, serviceConfinement } from "./service-confinement.ts";
import { nativeCallsOf } from "./system-call-groups.ts";
import type { UnitSetting } from "./unit-file.ts";

/** What one option leaves open. */
export interface ExposureRow {
  /** The option, with the part of it that is looked at: `CapabilityBoundingSet=~CAP_SYS_ADMIN`. */
  readonly option: string;
  readonly weight: number;
  /** From 0, closed, to 1, open; undefined where the option says nothing for this service. */
  readonly open: number | undefined;
}
/** How exposed a service is: systemd's own measure (systemd-analyze(1), "security"). */
export interface ServiceExposure {
  /** From 0 to 10 with one decimal place. */
  readonly score: number;
  readonly rows: readonly ExposureRow[];
}

interface Question {
  readonly option: string;
  readonly weight: number;
  /** Not asked of a service of the early boot. */
  readonly ordinaryOnly?: true;
  readonly open: (service: ServiceConfinement) => number | undefined;
}

/** Measures a service by the settings of its unit and drop-ins in order. */
export function serviceExposure(settings: readonly UnitSetting[], unit: string): ServiceExposure {
  const service = serviceConfinement(settings, unit);
  const rows = questions.map(({ option, weight, ordinaryOnly, open }) => ({
    option,
    weight,
    open: ordinaryOnly && !service.defaultDependencies ? undefined : open(service),
  }));
  return { score: scoreOf(rows), rows };
}

/** The weight that is left open, in tenths of all weight, rounded up as systemd does. */
export function scoreOf(rows: readonly ExposureRow[]): number {
  let left = 0;
  let whole = 0;
  for (const { weight, open } of rows) {
    if (open === undefined) continue;
    left += Math.ceil(Number((open * weight).toFixed(6)));
    whole += weight;
  }
  return whole === 0 ? 0 : Math.ceil((left * 100) / whole) / 10;
}

function isRoot(service: ServiceConfinement): boolean {
  if (service.user === "0" || service.user === "root") return true;
  return !service.dynamicUser && service.user === "";
}

function userOpen(service: ServiceConfinement): number {
  if (service.user === "nobody") return 0.9;
  return isRoot(service) ? 1 : 0;
}

function switched(name: string): (service: ServiceConfinement) => number {
  return (service) => (service.on.has(name) ? 0 : 1);
}

/** Open by the word in force: `others` for words that are not named. */
function byWord(
  name: string,
  open: Readonly<Record<string, number>>,
  others: number,
): (service: ServiceConfinement) => number {
  return (service) => open[service.words[name] ?? ""] ?? others;
}

function lets(filter: Filter, name: string): boolean {
  return filter.allows === filter.members.has(name);
}

function capability(option: string, weight: number, names: string): Question {
  const asked = names.split(" ").map((name) => `CAP_${name}`);
  return {
    option: `CapabilityBoundingSet=~CAP_${option}`,
    weight,
    open: ({ capabilities }) => (asked.some((name) => lets(capabilities, name)) ? 1 : 0),
  };
}

function namespace(name: string, weight: number): Question {
  return {
    option: `RestrictNamespaces=~${name}`,
    weight,
    open: ({ namespaces }) => (lets(namespaces, name) ? 1 : 0),
  };
}

/** One member of a kind stands for the whole kind, as in systemd's measure. */
function addressFamily(option: string, weight: number, isOfKind: (name: string) => boolean): Question {
  return {
    option: `RestrictAddressFamilies=~${option}`,
    weight,
    open: ({ addressFamilies: { allows, members } }) => ([...members].some(isOfKind) === allows ? 1 : 0),
  };
}

/** A list of what is let through is worth a little even where it lets the group through. */
function systemCalls(group: string, weight: number): Question {
  return {
    option: `SystemCallFilter=~${group}`,
    weight,
    open: ({ systemCalls: filter }) => {
      if (!filter.allows && filter.members.size === 0) return 1;
      const through = nativeCallsOf(group).some((name) => lets(filter, name));
      if (!through) return 0;
      return filter.allows ? 0.9 : 1;
    },
  };
}

function umaskOpen({ umask }: ServiceConfinement): number {
  if ((umask & 0o002) === 0) return 1;
  if ((umask & 0o004) === 0) return 0.5;
  if ((umask & 0o020) === 0) return 0.2;
  return (umask & 0o040) === 0 ? 0.1 : 0;
}

function addressesOpen({ addressAllow, addressDeny, filtersTraffic }: ServiceConfinement): number {
  if (filtersTraffic) return 0;
  const all = addressDeny.includes("any");
  if (!all && !(addressDeny.includes("0.0.0.0/0") && addressDeny.includes("::/0"))) return 1;
  if (addressAllow.some((address) => !isLocalhost(address))) return 0.5;
  return addressAllow.length > 0 ? 0.2 : 0;
}

function isLocalhost(address: string): boolean {
  return address === "localhost" || /^127\./.test(address) || /^::1(\/128)?$/.test(address);
}

function devicesOpen({ words, deviceAllow }: ServiceConfinement): number {
  if (words["DevicePolicy"] === "auto") return 1;
  return deviceAllow.length > 0 ? 0.5 : 0;
}

function architecturesOpen({ architectures }: ServiceConfinement): number {
  if (architectures.length === 0) return 1;
  return architectures.every((name) => name === "native") ? 0 : 0.8;
}

/** Options and their weights in systemd's measure (systemd 257). */
const questions: readonly Question[] = [
  { option: "User=/DynamicUser=", weight: 2_000, open: userOpen },
  {
    option: "SupplementaryGroups=",
    weight: 200,
    open: (service) => (isRoot(service) ? undefined : Math.min(1, service.supplementaryGroups.length)),
  },
  { option: "PrivateDevices=", weight: 1_000, open: switched("PrivateDevices") },
  { option: "PrivateMounts=", weight: 1_000, open: switched("PrivateMounts") },
  { option: "PrivateNetwork=", weight: 2_500, open: switched("PrivateNetwork") },
  { option: "PrivateTmp=", weight: 1_000, ordinaryOnly: true, open: byWord("PrivateTmp", { no: 1 }, 0) },
  { option: "PrivateUsers=", weight: 1_000, open: byWord("PrivateUsers", { no: 1 }, 0) },
  { option: "ProtectControlGroups=", weight: 1_000, open: byWord("ProtectControlGroups", { no: 1 }, 0) },
  { option: "ProtectKernelModules=", weight: 1_000, open: switched("ProtectKernelModules") },
  { option: "ProtectKernelTunables=", weight: 1_000, open: switched("ProtectKernelTunables") },
  { option: "ProtectKernelLogs=", weight: 1_000, open: switched("ProtectKernelLogs") },
  { option: "ProtectClock=", weight: 1_000, open: switched("ProtectClock") },
  {
    option: "ProtectHome=",
    weight: 1_000,
    ordinaryOnly: true,
    open: byWord("ProtectHome", { yes: 0, tmpfs: 0.1, "read-only": 0.5 }, 1),
  },
  { option: "ProtectHostname=", weight: 50, open: byWord("ProtectHostname", { no: 1 }, 0) },
  {
    option: "ProtectSystem=",
    weight: 1_000,
    ordinaryOnly: true,
    open: byWord("ProtectSystem", { strict: 0, full: 0.3, yes: 0.5 }, 1),
  },
  {
    option: "RootDirectory=/RootImage=",
    weight: 200,
    ordinaryOnly: true,
    open: ({ rootDirectory, rootImage }) => ([rootDirectory, rootImage].every((path) => /^\/*$/.test(path)) ? 1 : 0),
  },
  { option: "LockPersonality=", weight: 100, open: switched("LockPersonality") },
  { option: "MemoryDenyWriteExecute=", weight: 100, open: switched("MemoryDenyWriteExecute") },
  { option: "NoNewPrivileges=", weight: 1_000, open: switched("NoNewPrivileges") },
  capability("SYS_ADMIN", 1_500, "SYS_ADMIN"),
  capability("SET(UID|GID|PCAP)", 1_500, "SETUID SETGID SETPCAP"),
  capability("SYS_PTRACE", 1_500, "SYS_PTRACE"),
  capability("SYS_TIME", 1_000, "SYS_TIME"),
  capability("NET_ADMIN", 1_000, "NET_ADMIN"),
  capability("SYS_RAWIO", 1_000, "SYS_RAWIO"),
  capability("SYS_MODULE", 1_000, "SYS_MODULE"),
  capability("AUDIT_*", 500, "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE"),
  capability("SYSLOG", 500, "SYSLOG"),
  capability("SYS_(NICE|RESOURCE)", 500, "SYS_NICE SYS_RESOURCE"),
  capability("MKNOD", 500, "MKNOD"),
  capability("(CHOWN|FSETID|SETFCAP)", 1_000, "CHOWN FSETID SETFCAP"),
  capability("(DAC_*|FOWNER|IPC_OWNER)", 1_000, "DAC_OVERRIDE DAC_READ_SEARCH FOWNER IPC_OWNER"),
  capability("KILL", 500, "KILL"),
  capability("NET_(BIND_SERVICE|BROADCAST|RAW)", 500, "NET_BIND_SERVICE NET_BROADCAST NET_RAW"),
  capability("SYS_BOOT", 100, "SYS_BOOT"),
  capability("MAC_*", 100, "MAC_ADMIN MAC_OVERRIDE"),
  capability("BPF", 25, "BPF"),
  capability("LINUX_IMMUTABLE", 75, "LINUX_IMMUTABLE"),
  capability("IPC_LOCK", 50, "IPC_LOCK"),
  capability("SYS_CHROOT", 50, "SYS_CHROOT"),
  capability("BLOCK_SUSPEND", 25, "BLOCK_SUSPEND"),
  capability("WAKE_ALARM", 25, "WAKE_ALARM"),
  capability("LEASE", 25, "LEASE"),
  capability("SYS_TTY_CONFIG", 25, "SYS_TTY_CONFIG"),
  capability("SYS_PACCT", 25, "SYS_PACCT"),
  { option: "UMask=", weight: 100, open: umaskOpen },
  { option: "KeyringMode=", weight: 1_000, open: byWord("KeyringMode", { private: 0 }, 1) },
  { option: "ProtectProc=", weight: 1_000, open: byWord("ProtectProc", { default: 1, noaccess: 1 / 3 }, 0) },
  { option: "ProcSubset=", weight: 10, open: byWord("ProcSubset", { pid: 0 }, 1) },
  { option: "NotifyAccess=", weight: 1_000, open: byWord("NotifyAccess", { all: 1 }, 0) },
  {
    option: "RemoveIPC=",
    weight: 100,
    open: (service) => (isRoot(service) ? undefined : switched("RemoveIPC")(service)),
  },
  { option: "Delegate=", weight: 100, open: ({ on }) => (on.has("Delegate") ? 1 : 0) },
  { option: "RestrictRealtime=", weight: 500, open: switched("RestrictRealtime") },
  { option: "RestrictSUIDSGID=", weight: 1_000, open: switched("RestrictSUIDSGID") },
  namespace("user", 1_500),
  namespace("mnt", 500),
  namespace("ipc", 500),
  namespace("pid", 500),
  namespace("cgroup", 500),
  namespace("net", 500),
  namespace("uts", 100),
  addressFamily("AF_(INET|INET6)", 1_500, isInternet),
  addressFamily("AF_UNIX", 25, (name) => name === "AF_UNIX"),
  addressFamily("AF_NETLINK", 200, (name) => name === "AF_NETLINK"),
  addressFamily("AF_PACKET", 1_000, (name) => name === "AF_PACKET"),
  addressFamily("…", 1_250, (name) => !isInternet(name) && !/^AF_(UNIX|NETLINK|PACKET)$/.test(name)),
  { option: "SystemCallArchitectures=", weight: 1_000, open: architecturesOpen },
  systemCalls("@swap", 1_000),
  systemCalls("@obsolete", 250),
  systemCalls("@clock", 1_000),
  systemCalls("@cpu-emulation", 250),
  systemCalls("@debug", 1_000),
  systemCalls("@mount", 1_000),
  systemCalls("@module", 1_000),
  systemCalls("@raw-io", 1_000),
  systemCalls("@reboot", 1_000),
  systemCalls("@privileged", 700),
  systemCalls("@resources", 700),
  { option: "IPAddressDeny=", weight: 1_000, open: addressesOpen },
  { option: "DeviceAllow=", weight: 1_000, open: devicesOpen },
  {
    option: "AmbientCapabilities=",
    weight: 500,
    open: ({ ambientCapabilities: { allows, members } }) => (allows && members.size === 0 ? 0 : 1),
  },
];

function isInternet(name: string): boolean {
  return name === "AF_INET" || name === "AF_INET6";
}
