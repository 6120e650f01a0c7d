import type { z } from "zod";
import { compareText } from "../../core/canonical-json.ts";
import type { files } from "../../facts/host/files.ts";
import type { WalkedFile } from "../host-walk.ts";

type Value = z.input<typeof files.schema>;
type Unpackaged = NonNullable<Value["unpackaged"]>[number];

/** Findings of one kind that are told with their path; the rest is counted. */
export const mostListed = 500;

const keptUnsorted = 10 * mostListed;

const toolKinds: readonly (readonly [string, RegExp])[] = [
  [
    "compiler",
    /^((x86_64|aarch64|arm)[\w-]*-)?(gcc|g\+\+|cc|c\+\+|clang|clang\+\+|rustc|go|tcc|ld|as|make|cmake)(-[\d.]+)?$/,
  ],
  ["debugger", /^(gdb|gdbserver|lldb|strace|ltrace|perf|bpftrace|bpftool)$/],
  [
    "network tool",
    /^(nmap|ncat|nc|nc\.(openbsd|traditional)|netcat|socat|tcpdump|tshark|wireshark|masscan|hping3|telnet|rsh|rlogin|tftp|ettercap)$/,
  ],
];
const searchPath = /^\/(usr\/(local\/)?)?s?bin\/$/;
const systemFolders = /^\/usr\/(s?bin|lib\w*|libexec)\//;
const startupFolders =
  /^\/etc\/(systemd|init\.d|rc\w*\.d|cron\.(d|hourly|daily|weekly|monthly)|pam\.d|ld\.so\.conf\.d|udev\/rules\.d|modules-load\.d|modprobe\.d|profile\.d|sudoers\.d|xdg\/autostart|update-motd\.d|initramfs-tools\/(hooks|scripts)|NetworkManager\/dispatcher\.d|polkit-1\/rules\.d)\//;
const unitFolders = /\/systemd\/(system|user)\/$/;
const unitFile = /^[^/]+\.(service|socket|timer|path|mount|target)$/;
/** What programs write beside packaged files by themselves. */
const generated =
  /(^\/etc\/pam\.d\/common-|\/__pycache__\/|\.pyc$|\.cache$|\/modules\.(alias|dep|symbols|builtin|devname|softdep|order|weakdep)[\w.]*$|\/\.updated$)/;

/** What rules ask of the folder that a file is in, told once for all files of it. */
interface FolderTraits {
  readonly inSearchPath: boolean;
  readonly ofUnits: boolean;
  readonly ofStartup: boolean;
  readonly ofSystem: boolean;
  readonly ofHome: boolean;
  /** The folder in /opt or /srv that counts as one application. */
  readonly application: string | undefined;
}

/** Collects what file rules look for while a walk goes by, whatever its order. Origin by package is filled in afterwards. */
export class FileRules {
  readonly #setuid: NonNullable<Value["setuid"]> = [];
  readonly #worldWritable: NonNullable<Value["worldWritable"]> = [];
  readonly #devices: NonNullable<Value["devices"]> = [];
  readonly #toolchain: NonNullable<Value["toolchain"]> = [];
  /** Candidates by path; those that a package brought are removed later. */
  readonly candidates = new Map<string, Unpackaged>();
  worldWritableCount = 0;
  homeBytes = 0;
  readonly #unowned = new Map<string, { count: number; first: string }>();
  readonly #applications = new Map<string, { kind: string; files: number }>();
  readonly #users: ReadonlySet<number>;
  readonly #groups: ReadonlySet<number>;
  readonly #mapped: readonly (readonly [start: number, end: number])[];
  #folder = "";
  #traits = traitsOf("");

  constructor(users: ReadonlySet<number>, groups: ReadonlySet<number>, mapped: readonly (readonly [number, number])[]) {
    this.#users = users;
    this.#groups = groups;
    this.#mapped = mapped;
  }

  note(file: WalkedFile): void {
    const { folder, mode, uid, gid, kind } = file;
    if (folder !== this.#folder) {
      this.#folder = folder;
      this.#traits = traitsOf(folder);
    }
    if (kind === "file") this.#noteFile(file);
    else if ((kind === "block" || kind === "character") && !folder.startsWith("/dev/"))
      this.#devices.push(listed(file));
    const writable = (mode & 0o002) !== 0 && (kind === "file" || (kind === "folder" && (mode & 0o1000) === 0));
    if (writable) {
      this.worldWritableCount++;
      this.#worldWritable.push({ ...listed(file), kind });
      // Sorted now and then, so that those told are the first by path whatever the order of the walk.
      if (this.#worldWritable.length > keptUnsorted)
        this.#worldWritable.splice(0, keptUnsorted + 1, ...firstOf(this.#worldWritable));
    }
    if (!this.#users.has(uid) && !this.#isMapped(uid)) this.#noteUnowned(`uid ${uid}`, file);
    if (!this.#groups.has(gid) && !this.#isMapped(gid)) this.#noteUnowned(`gid ${gid}`, file);
    if (kind === "folder") this.#noteFolder(pathOf(file), file.name);
  }

  setuid(): NonNullable<Value["setuid"]> {
    return this.#setuid.sort(byPath);
  }

  worldWritable(): NonNullable<Value["worldWritable"]> {
    return firstOf(this.#worldWritable);
  }

  devices(): NonNullable<Value["devices"]> {
    return this.#devices.sort(byPath);
  }

  toolchain(): NonNullable<Value["toolchain"]> {
    return this.#toolchain.sort(byPath);
  }

  unowned(): NonNullable<Value["unowned"]> {
    return [...this.#unowned]
      .map(([id, entry]) => ({ id, ...entry }))
      .sort((a, b) => b.count - a.count || compareText(a.id, b.id))
      .slice(0, mostListed);
  }

  applications(): NonNullable<Value["applications"]> {
    return [...this.#applications]
      .map(([path, entry]) => ({ path, ...entry }))
      .filter(({ kind, files }) => files > 0 || kind !== "folder")
      .sort(byPath)
      .slice(0, mostListed);
  }

  #noteFile(file: WalkedFile): void {
    const { mode, name } = file;
    const traits = this.#traits;
    if ((mode & 0o6000) !== 0 && (mode & 0o111) !== 0) this.#setuid.push(listed(file));
    if (traits.ofHome) this.homeBytes += file.size;
    const executable = (mode & 0o111) !== 0;
    if (executable && traits.inSearchPath) {
      const kind = toolKinds.find(([, pattern]) => pattern.test(name))?.[0];
      if (kind) this.#toolchain.push({ path: pathOf(file), kind, mode: octal(mode) });
    }
    const kind = systemKind(traits, name, executable);
    if (kind !== undefined && !generated.test(pathOf(file)))
      this.candidates.set(pathOf(file), { ...listed(file), kind });
    if (traits.application !== undefined) this.#count(traits.application, "folder");
    // A file that lies in /opt or /srv itself is one of its own.
    else if (file.folder === "/opt/" || file.folder === "/srv/") this.#count(pathOf(file), "folder");
  }

  #noteFolder(path: string, name: string): void {
    if (
      name === "node_modules" &&
      !path.startsWith("/usr/share/") &&
      !path.startsWith("/usr/lib/") &&
      !/node_modules\/.*node_modules$/.test(path)
    )
      this.#count(path, "node_modules");
    const database =
      /^\/var\/lib\/(mysql|postgresql|mongodb|redis|elasticsearch|cassandra|rabbitmq|influxdb|clickhouse)$/.exec(path);
    if (database) this.#count(path, "database");
  }

  #count(path: string, kind: string): void {
    const entry = this.#applications.get(path) ?? { kind, files: 0 };
    entry.files++;
    this.#applications.set(path, entry);
  }

  #noteUnowned(id: string, file: WalkedFile): void {
    const path = pathOf(file);
    const entry = this.#unowned.get(id) ?? { count: 0, first: path };
    entry.count++;
    if (path < entry.first) entry.first = path;
    this.#unowned.set(id, entry);
  }

  #isMapped(id: number): boolean {
    return this.#mapped.some(([start, end]) => id >= start && id < end);
  }
}

/** The order by path that lists are told in. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return compareText(a.path, b.path);
}

function firstOf<T extends { readonly path: string }>(entries: readonly T[]): T[] {
  return entries.toSorted(byPath).slice(0, mostListed);
}

function traitsOf(folder: string): FolderTraits {
  return {
    inSearchPath: searchPath.test(folder),
    ofUnits: unitFolders.test(folder),
    ofStartup: startupFolders.test(folder),
    ofSystem: systemFolders.test(folder),
    ofHome: folder.startsWith("/home/"),
    application: /^\/(?:opt|srv)\/[^/]+/.exec(folder)?.[0],
  };
}

function pathOf({ folder, name }: WalkedFile): string {
  return folder + name;
}

/** What an unpackaged file in a system folder would be; undefined where it does not matter. */
function systemKind(traits: FolderTraits, name: string, executable: boolean): Unpackaged["kind"] | undefined {
  if (traits.ofUnits && unitFile.test(name)) return "unit";
  if (traits.ofStartup) return "startup";
  if (!traits.ofSystem) return undefined;
  if (/\.so(\.[\d.]+)?$/.test(name)) return "library";
  if (/\.ko(\.(xz|zst|gz))?$/.test(name)) return "module";
  return executable ? "program" : undefined;
}

function listed({ folder, name, mode, uid, gid }: WalkedFile) {
  return { path: folder + name, mode: octal(mode), owner: uid, group: gid };
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
