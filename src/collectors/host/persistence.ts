import { persistence } from "../../facts/host/persistence.ts";
import {
  atJobPoints,
  binaryFormatPoints,
  cronPoints,
  engineHookPoint,
  generatorPoint,
  kernelHelperPaths,
  kernelHelperPoints,
  type PersistencePoint,
  preloadPoints,
  profilePoints,
  releaseAgentPoints,
  staticPodPoints,
  udevPoints,
} from "../../formats/host/persistence-points.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

export default defineHostCollector<typeof persistence.schema>({
  reads: "host",
  provides: persistence,
  async *collect(root) {
    const points: PersistencePoint[] = [];
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
      for await (const point of read(place)) points.push(point);
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

type Points = AsyncIterable<PersistencePoint>;

async function* preload(place: Place): Points {
  yield* await place.points("/etc/ld.so.preload", preloadPoints);
}

async function* cron(place: Place): Points {
  for (const path of ["/etc/crontab", ...(await place.names("/etc/cron.d"))])
    yield* await place.points(path, (text, at) => cronPoints(text, at, true));
  for (const folder of ["/var/spool/cron/crontabs", "/var/spool/cron"])
    for (const path of await place.names(folder))
      yield* await place.points(path, (text, at) => cronPoints(text, at, false));
}

async function* atJobs(place: Place): Points {
  for (const folder of ["/var/spool/cron/atjobs", "/var/spool/at"])
    for (const path of await place.names(folder)) yield* atJobPoints(path);
}

async function* udevRules(place: Place): Points {
  for (const path of await place.names("/etc/udev/rules.d")) yield* await place.points(path, udevPoints);
}

/** Packages bring generators below /usr; one below /etc or /run was put there by hand. */
async function* generators(place: Place): Points {
  for (const folder of [
    "/etc/systemd/system-generators",
    "/run/systemd/system-generators",
    "/usr/local/lib/systemd/system-generators",
  ])
    for (const path of await place.names(folder)) yield generatorPoint(path);
}

async function* profiles(place: Place): Points {
  const files = [
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/environment",
    "/root/.bashrc",
    "/root/.profile",
    "/root/.bash_profile",
    "/root/.bash_login",
    ...(await place.names("/etc/profile.d")),
    ...(await place.names("/etc/environment.d")),
  ];
  for (const path of files) yield* await place.points(path, profilePoints);
}

async function* staticPods(place: Place): Points {
  for (const path of await place.names("/etc/kubernetes/manifests")) yield* staticPodPoints(path);
}

async function* engineHooks(place: Place): Points {
  for (const folder of [
    "/etc/containers/oci/hooks.d",
    "/usr/share/containers/oci/hooks.d",
    "/opt/nri/plugins",
    "/etc/nri/conf.d",
    "/etc/cdi",
    "/var/run/cdi",
  ])
    for (const path of await place.names(folder)) yield engineHookPoint(path);
}

async function* binaryFormats(place: Place): Points {
  for (const path of await place.names("/proc/sys/fs/binfmt_misc")) yield* await place.points(path, binaryFormatPoints);
}

async function* kernelHelpers(place: Place): Points {
  for (const path of kernelHelperPaths) yield* await place.points(path, kernelHelperPoints);
}

async function* releaseAgents(place: Place): Points {
  for (const folder of await place.names("/sys/fs/cgroup"))
    yield* await place.points(`${folder}/release_agent`, releaseAgentPoints);
}

/** A host's root that remembers what it could not read. */
class Place {
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** What a file's text holds; nothing where there is none to be had. */
  async points(
    path: string,
    read: (text: string, at: string) => readonly PersistencePoint[],
  ): Promise<readonly PersistencePoint[]> {
    const result = await this.#root.read(path);
    if ("text" in result) return read(result.text, path);
    // A state of the kernel that is absent was not seen; a file that is absent is as good as empty.
    if (result.missing !== "absent" || path === "/proc/sys/kernel/core_pattern")
      this.unread.push({ path, reason: result.reason });
    return [];
  }

  async names(folder: string): Promise<string[]> {
    const listed = await this.#root.list(folder);
    if ("names" in listed)
      return listed.names.filter((name) => !name.startsWith(".")).map((name) => `${folder}/${name}`);
    if (listed.missing !== "absent") this.unread.push({ path: folder, reason: listed.reason });
    return [];
  }
}
