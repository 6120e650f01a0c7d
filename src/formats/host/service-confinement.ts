import { systemCallsOf } from "./system-call-groups.ts";
import { type UnitSetting, unitBoolean, unitWords } from "./unit-file.ts";
import { expandSpecifiers } from "./unit-name.ts";

/** A set that is given by its members or by what is missing from it. */
export interface Filter {
  /** True where only the members are let through, false where all but they are. */
  readonly allows: boolean;
  readonly members: ReadonlySet<string>;
}

/** The sandbox of a service as its settings in force amount to it, what one setting implies for another included (systemd.exec(5), systemd.resource-control(5)). */
export interface ServiceConfinement {
  /** Whether the unit has the dependencies of an ordinary service; false for those of the early boot. */
  readonly defaultDependencies: boolean;
  /** Empty for root. */
  readonly user: string;
  readonly dynamicUser: boolean;
  readonly supplementaryGroups: readonly string[];
  /** Boolean settings that are on, `PrivateMounts` also where another setting implies it. */
  readonly on: ReadonlySet<string>;
  /** Settings with a word of a list, by name: `ProtectSystem`, `ProtectHome`, `ProtectProc` … */
  readonly words: Readonly<Record<string, string>>;
  /** Capabilities within reach: names with `CAP_`. */
  readonly capabilities: Filter;
  readonly ambientCapabilities: Filter;
  /** Namespaces that the service may make: `user`, `mnt` … */
  readonly namespaces: Filter;
  readonly addressFamilies: Filter;
  readonly systemCalls: Filter;
  /** Words of SystemCallArchitectures=; empty for all. */
  readonly architectures: readonly string[];
  readonly deviceAllow: readonly string[];
  readonly addressAllow: readonly string[];
  readonly addressDeny: readonly string[];
  /** True where a program of the kernel filters its traffic. */
  readonly filtersTraffic: boolean;
  readonly rootDirectory: string;
  readonly rootImage: string;
  /** Permission bits that are taken from new files. */
  readonly umask: number;
}

const switches = [
  "PrivateDevices",
  "PrivateMounts",
  "PrivateNetwork",
  "ProtectKernelModules",
  "ProtectKernelTunables",
  "ProtectKernelLogs",
  "ProtectClock",
  "LockPersonality",
  "MemoryDenyWriteExecute",
  "NoNewPrivileges",
  "RemoveIPC",
  "RestrictRealtime",
  "RestrictSUIDSGID",
] as const;

/** Words beside yes and no that a setting takes; the first is its default. */
const choices: Readonly<Record<string, readonly string[]>> = {
  PrivateTmp: ["no", "disconnected"],
  PrivateUsers: ["no", "self", "identity", "full", "managed"],
  ProtectControlGroups: ["no", "private", "strict"],
  ProtectHostname: ["no", "private"],
  ProtectHome: ["no", "read-only", "tmpfs"],
  ProtectSystem: ["no", "full", "strict"],
};
const namedChoices: Readonly<Record<string, readonly string[]>> = {
  ProtectProc: ["default", "noaccess", "invisible", "ptraceable"],
  ProcSubset: ["all", "pid"],
  KeyringMode: ["private", "inherit", "shared"],
  NotifyAccess: ["none", "main", "exec", "all"],
  DevicePolicy: ["auto", "closed", "strict"],
};

/** Reads what confines a service from the settings of its unit and drop-ins in order. Settings that systemd would not take are passed over. */
export function serviceConfinement(settings: readonly UnitSetting[], unit: string): ServiceConfinement {
  const values = (name: string) =>
    settings.filter((one) => one.section === "Service" && one.name === name).map((one) => one.value);
  const on = new Set<string>(switches.filter((name) => isSwitchedOn(values(name))));
  if (isDelegated(values("Delegate"))) on.add("Delegate");
  const words: Record<string, string> = {};
  for (const [name, others] of Object.entries(choices))
    words[name] = lastOf(values(name), (value) => switchOrWord(value, others)) ?? others[0]!;
  for (const [name, all] of Object.entries(namedChoices))
    words[name] = lastOf(values(name), (value) => (all.includes(value) ? value : undefined)) ?? all[0]!;
  const confinement = {
    defaultDependencies: isSwitchedOn([
      "yes",
      ...settings.filter((one) => one.section === "Unit" && one.name === "DefaultDependencies").map((one) => one.value),
    ]),
    user: namedValue(values("User"), unit),
    dynamicUser: isSwitchedOn(values("DynamicUser")),
    supplementaryGroups: listOf(values("SupplementaryGroups")),
    on,
    words,
    capabilities: capabilitySet(values("CapabilityBoundingSet"), { allows: false, members: new Set() }),
    ambientCapabilities: capabilitySet(values("AmbientCapabilities"), { allows: true, members: new Set() }),
    namespaces: namespaceSet(values("RestrictNamespaces")),
    addressFamilies: addressFamilySet(values("RestrictAddressFamilies")),
    systemCalls: systemCallSet(values("SystemCallFilter")),
    architectures: listOf(values("SystemCallArchitectures")),
    deviceAllow: listOf(values("DeviceAllow"), (value) => [value.split(/\s+/)[0]!]).filter((path) =>
      /^(\/dev\/|\/run\/systemd\/inaccessible\/|(char|block)-)/.test(path),
    ),
    addressAllow: listOf(values("IPAddressAllow")),
    addressDeny: listOf(values("IPAddressDeny")),
    filtersTraffic: ["IPIngressFilterPath", "IPEgressFilterPath"].some((name) => listOf(values(name)).length > 0),
    rootDirectory: pathValue(values("RootDirectory"), unit),
    rootImage: pathValue(values("RootImage"), unit),
    umask:
      lastOf(values("UMask"), (value) =>
        /^[0-7]{1,5}$/.test(value) && Number.parseInt(value, 8) <= 0o7777 ? Number.parseInt(value, 8) : undefined,
      ) ?? 0o022,
  };
  return withImplied(confinement);
}

/** The last value that is one: others are passed over. */
function lastOf<T>(values: readonly string[], read: (value: string) => T | undefined): T | undefined {
  return values.map(read).findLast((value) => value !== undefined);
}

function isSwitchedOn(values: readonly string[]): boolean {
  return lastOf(values, unitBoolean) ?? false;
}

function switchOrWord(value: string, words: readonly string[]): string | undefined {
  const flag = unitBoolean(value);
  if (flag !== undefined) return flag ? "yes" : "no";
  return words.includes(value) ? value : undefined;
}

/** Delegate= takes a boolean or the controllers to hand over; an empty value hands over without any. */
function isDelegated(values: readonly string[]): boolean {
  return lastOf(values, (value) => unitBoolean(value) ?? true) ?? false;
}

/** An empty value takes a single setting back. */
function namedValue(values: readonly string[], unit: string): string {
  const value = values.at(-1) ?? "";
  return expandSpecifiers(value, unit) ?? value;
}

function pathValue(values: readonly string[], unit: string): string {
  const path = lastOf(values, (value) => {
    const expanded = expandSpecifiers(value, unit) ?? value;
    return expanded === "" || /^-?\//.test(expanded) ? expanded : undefined;
  });
  return (path ?? "").replace(/^-/, "");
}

/** An empty value clears the list. */
function listOf(values: readonly string[], read: (value: string) => readonly string[] = unitWords): string[] {
  return values.slice(values.lastIndexOf("") + 1).flatMap(read);
}

function invertible(value: string): { readonly inverted: boolean; readonly words: readonly string[] } {
  const inverted = value.startsWith("~");
  return { inverted, words: unitWords(inverted ? value.slice(1) : value) };
}

const capabilityNames =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
    .split(" ")
    .map((name) => `CAP_${name}`);

/** The first value and one after an empty set replace; later ones add, with `~` take away. */
function capabilitySet(values: readonly string[], initial: Filter): Filter {
  let current = initial;
  for (const value of values) {
    const { inverted, words } = invertible(value);
    const named = new Set(words.map((word) => word.toUpperCase()).filter((word) => capabilityNames.includes(word)));
    if (named.size === 0 || isSame(current, initial)) current = { allows: !inverted, members: named };
    else current = changed(current, named, !inverted);
  }
  return current;
}

function isSame(one: Filter, other: Filter): boolean {
  return one.allows === other.allows && one.members.size === 0 && other.members.size === 0;
}

/** The filter with more let through, or less. */
function changed(filter: Filter, names: Iterable<string>, letThrough: boolean): Filter {
  const members = new Set(filter.members);
  for (const name of names) {
    if (filter.allows === letThrough) members.add(name);
    else members.delete(name);
  }
  return { allows: filter.allows, members };
}

const namespaceNames = ["cgroup", "ipc", "net", "mnt", "pid", "user", "uts", "time"];
const everything: Filter = { allows: false, members: new Set() };

function namespaceSet(values: readonly string[]): Filter {
  let current = everything;
  for (const value of values) {
    const flag = unitBoolean(value);
    if (value === "") current = everything;
    else if (flag !== undefined) current = { allows: true, members: new Set(flag ? [] : namespaceNames) };
    else {
      const { inverted, words } = invertible(value);
      if (words.some((word) => !namespaceNames.includes(word))) continue;
      if (current === everything) current = { allows: !inverted, members: new Set(words) };
      else current = changed(current, words, !inverted);
    }
  }
  return current;
}

const addressFamilies = new Set(
  "ALG APPLETALK ASH ATMPVC ATMSVC AX25 BLUETOOTH BRIDGE CAIF CAN DECnet ECONET IB IEEE802154 INET INET6 IPX IRDA ISDN IUCV KCM KEY LLC LOCAL MCTP MPLS NETBEUI NETLINK NETROM NFC PACKET PHONET PPPOX QIPCRTR RDS ROSE RXRPC SECURITY SMC SNA TIPC UNIX VSOCK WANPIPE X25 XDP"
    .split(" ")
    .map((name) => `AF_${name}`),
);

function addressFamilySet(values: readonly string[]): Filter {
  let current: Filter | undefined;
  let none = false;
  for (const value of values) {
    if (value === "" || value === "none") {
      current = undefined;
      none = value === "none";
      continue;
    }
    const { inverted, words } = invertible(value);
    current ??= { allows: !inverted, members: new Set() };
    const families = words
      .filter((word) => addressFamilies.has(word))
      .map((word) => (word === "AF_LOCAL" ? "AF_UNIX" : word));
    current = changed(current, families, !inverted);
    none = false;
  }
  return current ?? { allows: none, members: new Set() };
}

/** A first list without `~` lets through what @default holds too; a call may have an error after a colon. */
function systemCallSet(values: readonly string[]): Filter {
  let current: Filter | undefined;
  for (const value of values) {
    if (value === "") {
      current = undefined;
      continue;
    }
    const { inverted, words } = invertible(value);
    current ??= { allows: !inverted, members: new Set(inverted ? [] : systemCallsOf("@default")) };
    for (const word of words) {
      const [name, error] = word.split(":");
      // In a list of what is let through, a call with an error is refused with it.
      const letThrough = error !== undefined && current.allows && !inverted ? false : !inverted;
      current = changed(current, systemCallsOf(name!) ?? [], letThrough);
    }
  }
  return current ?? everything;
}

/** What settings bring with them: DynamicUser= encloses the service, PrivateDevices= and Protect…= take capabilities away. */
function withImplied(read: ServiceConfinement): ServiceConfinement {
  const on = new Set(read.on);
  const words = { ...read.words };
  if (read.dynamicUser) {
    for (const name of ["NoNewPrivileges", "RestrictSUIDSGID", "RemoveIPC"]) on.add(name);
    words["ProtectSystem"] = "strict";
    if (words["ProtectHome"] === "no") words["ProtectHome"] = "read-only";
    if (words["PrivateTmp"] === "no") words["PrivateTmp"] = "disconnected";
  }
  const taken: string[] = [];
  if (on.has("PrivateDevices")) taken.push("CAP_MKNOD", "CAP_SYS_RAWIO");
  if (on.has("ProtectKernelModules")) taken.push("CAP_SYS_MODULE");
  if (on.has("ProtectKernelLogs")) taken.push("CAP_SYSLOG");
  if (on.has("ProtectClock")) taken.push("CAP_SYS_TIME", "CAP_WAKE_ALARM");
  if (on.has("PrivateDevices") && words["DevicePolicy"] === "auto") words["DevicePolicy"] = "closed";
  if (hasOwnMounts(on, words, read.rootImage)) on.add("PrivateMounts");
  const deviceAllow = on.has("ProtectClock") ? [...read.deviceAllow, "char-rtc"] : read.deviceAllow;
  return { ...read, on, words, capabilities: changed(read.capabilities, taken, false), deviceAllow };
}

function hasOwnMounts(on: ReadonlySet<string>, words: Readonly<Record<string, string>>, rootImage: string): boolean {
  const switched = ["PrivateDevices", "ProtectKernelModules", "ProtectKernelTunables"].some((name) => on.has(name));
  const chosen = ["PrivateTmp", "ProtectControlGroups", "ProtectHome", "ProtectSystem"].some(
    (name) => words[name] !== "no",
  );
  return switched || chosen || rootImage !== "";
}
