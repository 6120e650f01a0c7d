import { parseBinaryFormat } from "./binary-format.ts";
import { cronCommands } from "./cron.ts";
import { udevPrograms } from "./udev-rules.ts";

/** A place by which code comes to run again after a restart, or in every program. */
export interface PersistencePoint {
  readonly kind: string;
  readonly at: string;
  /** What runs, or what is set: its first 200 characters. */
  readonly what: string;
  /** Why it stands out; undefined where it is only listed. */
  readonly suspicious: string | undefined;
}

/** Characters of what runs that are shown. */
const longestShown = 200;

/** A point; without a reason of its own it stands out by the command alone. */
function point(kind: string, at: string, what: string, suspicious = reasonOf(what)): PersistencePoint {
  return { kind, at, what: what.trim().slice(0, longestShown), suspicious };
}

/** Folders that everyone, or a container, may write to. */
const openFolder = /(^|[\s"'=(])\/(tmp|var\/tmp|dev\/shm|run\/user|home|var\/lib\/(docker|containerd|containers))\//;

function reasonOf(command: string): string | undefined {
  if (fetchesAndRuns(command)) return "it fetches and runs code";
  return openFolder.test(command) ? "it runs from a folder that others may write to" : undefined;
}

/** True for a command line that hands a shell what it fetched or decoded, or that opens a connection by bash's own path. Time is linear in the length. */
export function fetchesAndRuns(command: string): boolean {
  if (command.includes("/dev/tcp/")) return true;
  return command.split("|").some((part, index, parts) => {
    const before = parts[index - 1];
    if (before === undefined || !/^\s*(ba|da|z)?sh/.test(part)) return false;
    return /base64\s+(-d|--decode)/.test(before) || (/^\s*(ba|da|z)?sh\b/.test(part) && /(curl|wget)\b/.test(before));
  });
}

/** The point of /etc/ld.so.preload (ld.so(8)): what it names is loaded into every program. */
export function preloadPoints(text: string, at: string): PersistencePoint[] {
  return text.trim() === "" ? [] : [point("preload", at, text, "it is loaded into every program")];
}

/** The points of a crontab; a system's names a user before each command. */
export function cronPoints(text: string, at: string, system: boolean): PersistencePoint[] {
  return cronCommands(text, system).map(({ user, command }) =>
    point("cron", at, system ? `${user}: ${command}` : command),
  );
}

/** The point of a file in a spool of at(1): queue, number and minute are its name. Other files there are none. */
export function atJobPoints(path: string): PersistencePoint[] {
  return /\/[a-z=][0-9a-f]{13}$/.test(path) ? [point("at", path, "a job to run once")] : [];
}

/** The points of a file of udev's rules. */
export function udevPoints(text: string, at: string): PersistencePoint[] {
  return udevPrograms(text).map((command) => point("udev", at, command));
}

/** The point of a generator of systemd (systemd.generator(7)) in a folder where packages bring none. */
export function generatorPoint(path: string): PersistencePoint {
  return point("generator", path, "runs as root before any service", "no package brings generators there");
}

/** The points of what a shell or PAM reads at each login. */
export function profilePoints(text: string, at: string): PersistencePoint[] {
  return text.split("\n").flatMap((raw) => {
    const line = raw.trim();
    return line.startsWith("#") ? [] : [...settingPoints(line, at), ...searchPathPoints(line, at)];
  });
}

function settingPoints(line: string, at: string): PersistencePoint[] {
  const preloads = /\b(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|BASH_ENV|PROMPT_COMMAND)\s*=\s*\S/.exec(line);
  if (preloads && !/^(unset|:)/.test(line)) return [point("profile", at, line, `it sets ${preloads[1]} for logins`)];
  return fetchesAndRuns(line) ? [point("profile", at, line)] : [];
}

/** Only assignments of a whole path are judged: an empty part or a dot stands for the current folder. */
function searchPathPoints(line: string, at: string): PersistencePoint[] {
  const value = /^(?:export\s+)?PATH=["']?([^"'\s;]+)/.exec(line)?.[1];
  const isOpen = (part: string) => part === "" || part.startsWith(".") || /^\/(tmp|var\/tmp|dev\/shm)/.test(part);
  return value?.split(":").some(isOpen)
    ? [point("path", at, line, "the search path holds the current or an open folder")]
    : [];
}

const controlPlane =
  /^(kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kube-vip|kube-proxy|cloud-controller-manager)[.-]/;

/** The point of a manifest in the kubelet's folder of static pods, judged by its name. Other files there are none. */
export function staticPodPoints(path: string): PersistencePoint[] {
  if (!/\.(ya?ml|json)$/.test(path)) return [];
  const isOwn = controlPlane.test(path.slice(path.lastIndexOf("/") + 1));
  return [
    point(
      "static-pod",
      path,
      "a pod that the kubelet starts by itself",
      isOwn ? undefined : "it is no part of the control plane",
    ),
  ];
}

/** The point of a hook or plugin that an engine runs. */
export function engineHookPoint(path: string): PersistencePoint {
  return point("engine-hook", path, "runs as root whenever a container starts");
}

/** The point of an entry of binfmt_misc. */
export function binaryFormatPoints(text: string, at: string): PersistencePoint[] {
  const format = parseBinaryFormat(text);
  if (format === undefined) return [];
  const { interpreter, flags } = format;
  const reason = flags.includes("C") ? "it runs with the rights of what it interprets" : undefined;
  return [point("binary-format", at, `${interpreter} (flags ${flags || "none"})`, reason)];
}

const usualHelpers: Readonly<Record<string, RegExp>> = {
  "/proc/sys/kernel/core_pattern":
    /^(core[\w.%]*|%?\w*|\|\/(usr\/)?lib\/systemd\/systemd-coredump .*|\|\/usr\/share\/apport\/apport .*|\|\/usr\/libexec\/abrt-hook-ccpp .*|\|\/bin\/false|\/var\/(crash|core|lib\/systemd\/coredump)\/[\w.%-]+)$/,
  "/proc/sys/kernel/modprobe": /^(\/usr)?\/s?bin\/modprobe$|^$/,
  "/proc/sys/kernel/hotplug": /^$/,
  "/sys/kernel/uevent_helper": /^$/,
  "/proc/sys/kernel/poweroff_cmd": /^(\/usr)?\/s?bin\/poweroff$/,
};

/** Settings of the kernel that name a program which it starts as root outside all containers: the classic ways out of one. */
export const kernelHelperPaths: readonly string[] = Object.keys(usualHelpers);

/** The point of one of those settings; none where it is empty as usual. */
export function kernelHelperPoints(text: string, at: string): PersistencePoint[] {
  const value = text.trim();
  const isUsual = usualHelpers[at]?.test(value) ?? false;
  if (value === "" && isUsual) return [];
  const kind = at.endsWith("core_pattern") ? "core-dump" : "helper";
  const reason = isUsual ? undefined : "the kernel runs it as root on the host, and it is not the usual one";
  return [point(kind, at, value, reason)];
}

/** The point of a release agent: the kernel runs it as root whenever a group of version 1 empties, and a container that mounts the hierarchy may set it (CVE-2022-0492). */
export function releaseAgentPoints(text: string, at: string): PersistencePoint[] {
  const value = text.trim();
  if (value === "") return [];
  const isUsual = /^(\/usr)?\/lib\/systemd\/systemd-cgroups-agent$/.test(value);
  return [point("helper", at, value, isUsual ? undefined : "the kernel runs it as root when a control group empties")];
}
