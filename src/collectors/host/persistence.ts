import type { z } from "zod";
import { persistence } from "../../facts/host/persistence.ts";
import { cronCommands } from "../../formats/host/cron.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Point = z.input<typeof persistence.schema>["points"][number];

/** Folders that everyone, or a container, may write to. */
const openFolder =
  /(^|[\s"'=(])(\/(tmp|var\/tmp|dev\/shm|run\/user|home)\/\S*|\/var\/lib\/(docker|containerd|containers)\/\S*)/;
const fetchAndRun = /(curl|wget)\b[^|]*\|\s*(ba|da|z)?sh\b|base64\s+(-d|--decode)[^|]*\|\s*(ba|da|z)?sh|\/dev\/tcp\//;

export default defineHostCollector<typeof persistence.schema>({
  reads: "host",
  provides: persistence,
  async *collect(root) {
    const points: Point[] = [];
    const place = new Place(root);
    for (const read of [
      preload,
      cron,
      atJobs,
      udevRules,
      generators,
      profiles,
      staticPods,
      engineHooks,
      binaryFormats,
      kernelHelpers,
      releaseAgents,
    ])
      points.push(...(await read(place)));
    const lookedAt = [
      "/etc/ld.so.preload",
      "/etc/cron*",
      "/var/spool/cron",
      "/etc/udev/rules.d",
      "systemd generators",
      "/etc/profile.d",
      "/etc/kubernetes/manifests",
      "hooks of engines",
      "binfmt_misc",
      "kernel helpers",
      "release agents of control groups",
    ];
    yield { subject: root.subject, source: lookedAt.join(", "), value: { points, unread: place.unread, lookedAt } };
  },
});

function point(kind: string, at: string, what: string, suspicious?: string): Point {
  const short = what.trim().slice(0, 200);
  const own =
    suspicious ??
    (fetchAndRun.test(what)
      ? "it fetches and runs code"
      : openFolder.test(what)
        ? "it runs from a folder that others may write to"
        : undefined);
  return { kind, at, what: short, suspicious: own };
}

async function preload(root: Place): Promise<Point[]> {
  const text = (await root.text("/etc/ld.so.preload"))?.trim();
  return text ? [point("preload", "/etc/ld.so.preload", text, "it is loaded into every program")] : [];
}

async function cron(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  const system = ["/etc/crontab", ...(await root.names("/etc/cron.d"))];
  for (const path of system)
    for (const command of cronCommands((await root.text(path)) ?? "", true))
      points.push(point("cron", path, `${command.user}: ${command.command}`));
  for (const folder of ["/var/spool/cron/crontabs", "/var/spool/cron"]) {
    for (const path of await root.names(folder))
      for (const command of cronCommands((await root.text(path)) ?? "", false))
        points.push(point("cron", path, command.command));
  }
  return points;
}

async function atJobs(root: Place): Promise<Point[]> {
  const jobs = [...(await root.names("/var/spool/cron/atjobs")), ...(await root.names("/var/spool/at"))];
  return jobs
    .filter((path) => /\/[a-z=][0-9a-f]{13}$/.test(path))
    .map((path) => point("at", path, "a job to run once"));
}

async function udevRules(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  for (const path of await root.names("/etc/udev/rules.d")) {
    for (const match of ((await root.text(path)) ?? "").matchAll(
      /^[^#\n]*\b(?:RUN|PROGRAM)(?:\{\w+\})?\s*\+?:?=\s*"([^"]*)"/gm,
    ))
      points.push(point("udev", path, match[1]!));
  }
  return points;
}

/** Packages bring generators below /usr; one below /etc or /run was put there by hand. */
async function generators(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  for (const folder of [
    "/etc/systemd/system-generators",
    "/run/systemd/system-generators",
    "/usr/local/lib/systemd/system-generators",
  ]) {
    for (const path of await root.names(folder))
      points.push(point("generator", path, "runs as root before any service", "no package brings generators there"));
  }
  return points;
}

async function profiles(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  const files = [
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/environment",
    "/root/.bashrc",
    "/root/.profile",
    "/root/.bash_profile",
    "/root/.bash_login",
    ...(await root.names("/etc/profile.d")),
    ...(await root.names("/etc/environment.d")),
  ];
  for (const path of files) {
    for (const raw of ((await root.text(path)) ?? "").split("\n")) {
      const line = raw.trim();
      if (line.startsWith("#")) continue;
      const preloads = /\b(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|BASH_ENV|PROMPT_COMMAND)\s*=\s*\S/.exec(line);
      if (preloads && !/^(unset|:)/.test(line))
        points.push(point("profile", path, line, `it sets ${preloads[1]} for logins`));
      else if (fetchAndRun.test(line)) points.push(point("profile", path, line));
      // Only assignments of a whole path are judged: an empty part or a dot stands for the current folder.
      const value = /^(?:export\s+)?PATH=["']?([^"'\s;]+)/.exec(line)?.[1];
      const parts = value?.split(":") ?? [];
      if (parts.some((part) => part === "" || part.startsWith(".") || /^\/(tmp|var\/tmp|dev\/shm)/.test(part)))
        points.push(point("path", path, line, "the search path holds the current or an open folder"));
    }
  }
  return points;
}

async function staticPods(root: Place): Promise<Point[]> {
  const own =
    /^(kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kube-vip|kube-proxy|cloud-controller-manager)[.-]/;
  const paths = await root.names("/etc/kubernetes/manifests");
  return paths
    .filter((path) => /\.(ya?ml|json)$/.test(path))
    .map((path) =>
      point(
        "static-pod",
        path,
        "a pod that the kubelet starts by itself",
        own.test(path.split("/").at(-1)!) ? undefined : "it is no part of the control plane",
      ),
    );
}

async function engineHooks(root: Place): Promise<Point[]> {
  const folders = [
    "/etc/containers/oci/hooks.d",
    "/usr/share/containers/oci/hooks.d",
    "/opt/nri/plugins",
    "/etc/nri/conf.d",
    "/etc/cdi",
    "/var/run/cdi",
  ];
  const points: Point[] = [];
  for (const folder of folders)
    for (const path of await root.names(folder))
      points.push(point("engine-hook", path, "runs as root whenever a container starts"));
  return points;
}

/** Flag C runs an interpreter with the rights of the file that it interprets; F keeps it open for every namespace. */
async function binaryFormats(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  for (const path of await root.names("/proc/sys/fs/binfmt_misc")) {
    const text = await root.text(path);
    const interpreter = /^interpreter (.*)$/m.exec(text ?? "")?.[1];
    if (interpreter === undefined) continue;
    const flags = /^flags: (.*)$/m.exec(text ?? "")?.[1] ?? "";
    points.push(
      point(
        "binary-format",
        path,
        `${interpreter} (flags ${flags || "none"})`,
        flags.includes("C") ? "it runs with the rights of what it interprets" : undefined,
      ),
    );
  }
  return points;
}

const knownHelpers: Readonly<Record<string, RegExp>> = {
  "/proc/sys/kernel/core_pattern":
    /^(core[\w.%]*|%?\w*|\|\/(usr\/)?lib\/systemd\/systemd-coredump .*|\|\/usr\/share\/apport\/apport .*|\|\/usr\/libexec\/abrt-hook-ccpp .*|\|\/bin\/false|\/var\/(crash|core|lib\/systemd\/coredump)\/[\w.%-]+)$/,
  "/proc/sys/kernel/modprobe": /^(\/usr)?\/s?bin\/modprobe$|^$/,
  "/proc/sys/kernel/hotplug": /^$/,
  "/sys/kernel/uevent_helper": /^$/,
  "/proc/sys/kernel/poweroff_cmd": /^(\/usr)?\/s?bin\/poweroff$/,
};

/** Programs that the kernel itself starts as root outside all containers: the classic ways out of one. */
async function kernelHelpers(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  for (const [path, expected] of Object.entries(knownHelpers)) {
    const value = (await root.text(path))?.trim();
    if (value === undefined) continue;
    const kind = path.endsWith("core_pattern") ? "core-dump" : "helper";
    if (value !== "" || !expected.test(value))
      points.push(
        point(
          kind,
          path,
          value,
          expected.test(value) ? undefined : "the kernel runs it as root on the host, and it is not the usual one",
        ),
      );
  }
  return points;
}

/** Version 1 of control groups: the kernel runs this program as root whenever a group empties, and a container that mounts the hierarchy may set it (CVE-2022-0492). */
async function releaseAgents(root: Place): Promise<Point[]> {
  const points: Point[] = [];
  for (const folder of await root.names("/sys/fs/cgroup")) {
    const path = `${folder}/release_agent`;
    const value = (await root.text(path))?.trim();
    if (value === undefined || value === "") continue;
    const usual = /^(\/usr)?\/lib\/systemd\/systemd-cgroups-agent$/.test(value);
    points.push(
      point("helper", path, value, usual ? undefined : "the kernel runs it as root when a control group empties"),
    );
  }
  return points;
}

/** A host's root that remembers what it could not read. */
class Place {
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  async text(path: string): Promise<string | undefined> {
    const result = await this.#root.read(path);
    if ("text" in result) return result.text;
    // A state of the kernel that is absent was not seen; a file that is absent is as good as empty.
    if (result.missing !== "absent" || path === "/proc/sys/kernel/core_pattern")
      this.unread.push({ path, reason: result.reason });
    return undefined;
  }

  async names(folder: string): Promise<string[]> {
    const listed = await this.#root.list(folder);
    if ("names" in listed)
      return listed.names.filter((name) => !name.startsWith(".")).map((name) => `${folder}/${name}`);
    if (listed.missing !== "absent") this.unread.push({ path: folder, reason: listed.reason });
    return [];
  }
}
