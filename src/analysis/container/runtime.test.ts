import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../../test/fakes/advisory-store.ts";
import { runtimeAdvisories } from "../../advisories/starter/runtime-advisories.ts";
import { compareInRange } from "../../advisories/versions/range.ts";
import { versionOrder } from "../../advisories/versions/version-order.ts";
import { derive } from "../../core/derivation.ts";
import { Missing, Snapshot } from "../../core/snapshot.ts";
import { type ContainerRuntime, containerRuntime } from "../../facts/container/runtime.ts";
import hostMatching from "../host/vulnerabilities.ts";
import type { AnalysisResources } from "../resources.ts";
import runtime, { upstreamVersion } from "./runtime.ts";

interface Given {
  readonly packages?: readonly {
    readonly name: string;
    readonly version: string;
    readonly type?: string;
    readonly vendor?: string;
    readonly properties?: object;
  }[];
  readonly engines?: readonly object[];
  /** What an engine tells of itself; the subject is the engine then. */
  readonly told?: object;
  readonly resources?: AnalysisResources;
}

async function runtimesOf({ packages, engines, told, resources = {} }: Given): Promise<ContainerRuntime["runtimes"]> {
  const seen = (fact: string, value: unknown) => ({ fact, subject: "host/x", source: "test", value });
  const inventory = (packages ?? []).map(({ type = "deb", ...one }) => ({
    type,
    purl: `pkg:${type}/${one.name}@${one.version}`,
    foundIn: [],
    ...one,
  }));
  const observations = [
    seen("host/os-release", { id: "debian", versionId: "12", path: "/etc/os-release" }),
    ...(packages === undefined ? [] : [seen("host/packages", { packages: inventory, databases: [] })]),
    ...(engines === undefined ? [] : [seen("host/engine", { engines })]),
    ...(told === undefined
      ? []
      : [{ fact: "container/engine-components", subject: "container/docker", source: "test", value: told }]),
  ];
  const snapshot = await derive(
    [hostMatching, runtime],
    new Snapshot({ tool: "test", created: "2026-01-01T00:00:00Z", targets: [], observations }),
    resources,
  );
  const found = snapshot.find(containerRuntime, told === undefined ? "host/x" : "container/docker");
  if (found instanceof Missing) throw new Error(found.reason);
  return found.runtimes;
}
const ids = (runtimes: ContainerRuntime["runtimes"]) => runtimes.flatMap(({ matches }) => matches.map(({ id }) => id));

describe("runtimes that upstream built", () => {
  it("are judged by their version with no advisory data at all", async () => {
    const [containerd] = await runtimesOf({ packages: [{ name: "containerd.io", version: "1.7.22-1" }] });
    expect(containerd).toMatchObject({ component: "containerd", version: "1.7.22", build: "upstream" });
    expect(ids([containerd!])).toContain("CVE-2026-53488");
    expect(ids([containerd!])).not.toContain("CVE-2022-23648");
    expect(containerd?.matches.find(({ id }) => id === "CVE-2026-53488")).toMatchObject({
      severity: "critical",
      fixedVersion: "1.7.33",
      decision: "containerd: 1.7.0 <= 1.7.22 < 1.7.33",
    });
  });
  it("are clear in a version that is past every range", async () => {
    expect(await runtimesOf({ packages: [{ name: "containerd.io", version: "2.3.7-1" }] })).toMatchObject([
      { matches: [] },
    ]);
  });
  it("name preconditions and disputes", async () => {
    const [docker] = await runtimesOf({ packages: [{ name: "docker-ce", version: "5:26.1.4-1~debian.12~bookworm" }] });
    const match = docker?.matches.find(({ id }) => id === "CVE-2024-41110");
    expect(match).toMatchObject({ severity: "critical", confidence: "medium", fixedVersion: "26.1.5" });
    expect(match?.reasons).toEqual([
      "only where the engine uses an authorization plugin",
      expect.stringMatching(/^sources disagree/),
      "fixed in 26.1.5",
    ]);
  });
  it("set aside what an engine's own configuration rules out", async () => {
    const engine = {
      engine: "docker",
      shownBy: ["/usr/bin/dockerd"],
      running: true,
      configurationFiles: ["/etc/docker/daemon.json"],
      configuration: {},
    };
    const docker = (configuration: object) =>
      runtimesOf({ packages: [{ name: "docker-ce", version: "5:26.1.4-1" }], engines: [{ ...engine, configuration }] });
    expect((await docker({}))[0]?.setAside.map(({ id }) => id)).toEqual(["CVE-2024-41110", "CVE-2026-34040"]);
    expect(ids(await docker({ "authorization-plugins.0": '"opa"' }))).toContain("CVE-2024-41110");
  });
  it("set aside what is about nodes that run Windows, and tell what has no fix", async () => {
    const [kubelet] = await runtimesOf({ packages: [{ name: "kubelet", version: "v1.24.3", type: "generic" }] });
    expect(kubelet?.setAside).toContainEqual({
      id: "CVE-2023-3676",
      reason: "only where the node runs Windows, and this one runs Linux",
    });
    expect(kubelet?.matches.map(({ id }) => id)).not.toContain("CVE-2023-3676");
    const [server] = await runtimesOf({ packages: [{ name: "kube-apiserver", version: "v1.99.0", type: "generic" }] });
    expect(server?.matches).toMatchObject([
      {
        id: "CVE-2020-8562",
        severity: "low",
        state: "unfixed",
        decision: "kube-apiserver: 1.99.0, no version without it",
      },
    ]);
    expect(server?.matches[0]).not.toHaveProperty("fixedVersion", expect.anything());
  });
  it("are told by the module that holds a Go program, not by a library", async () => {
    const runc = { name: "github.com/opencontainers/runc", version: "v1.1.5", type: "golang" };
    for (const properties of [{ main: "yes" }, { program: "yes" }])
      expect(ids(await runtimesOf({ packages: [{ ...runc, properties }] }))).toContain("CVE-2024-21626");
    expect(await runtimesOf({ packages: [runc] })).toEqual([]);
  });
});

describe("runtimes that a distribution built", () => {
  const packages = [{ name: "runc", version: "1.1.5+ds1-1+deb12u1" }];
  it("are unknown without its advisories, unless the upstream version is clear too", async () => {
    const [runc] = await runtimesOf({ packages });
    expect(runc).toMatchObject({
      build: "distribution",
      matches: [],
      unjudged: {
        reason: expect.stringMatching(
          /runc 1\.1\.5 has \d+ known vulnerabilities upstream .* which debian 12 may have fixed/,
        ),
      },
    });
    expect((await runtimesOf({ packages: [{ name: "runc", version: "1.3.7-1" }] }))[0]?.unjudged).toBeUndefined();
  });
  it("are judged by its advisories", async () => {
    const affected = {
      advisories: fakeStore({ records: [record("debian:12", "runc", "CVE-2025-31133", "1.1.5+ds1-1+deb12u2")] }),
    };
    expect(ids(await runtimesOf({ packages, resources: affected }))).toEqual(["CVE-2025-31133"]);
    const clear = { advisories: fakeStore({ ecosystems: ["debian:12"] }) };
    expect(await runtimesOf({ packages, resources: clear })).toMatchObject([{ matches: [], build: "distribution" }]);
  });
});

it("does not take an engine of unknown version for a safe one", async () => {
  const [found] = await runtimesOf({
    packages: [],
    engines: [{ engine: "docker", shownBy: ["/usr/local/bin/dockerd"], running: true, configurationFiles: [] }],
  });
  expect(found).toMatchObject({ component: "docker", unjudged: { reason: "the version of docker is not known" } });
});

it.each([
  ["5:26.1.4-1~debian.12~bookworm", "26.1.4"],
  ["1.1.5+ds1-1+deb12u1", "1.1.5"],
  ["1.0.0~rc95-1", "1.0.0-rc95"],
  ["1.2.0~rc.1-1", "1.2.0-rc.1"],
  ["v1.30.2", "1.30.2"],
  ["5.4-1.el9", "5.4.0"],
  ["unknown", undefined],
])("the upstream version of %s is %s", (text, version) => {
  expect(upstreamVersion(text)).toBe(version);
});

describe("an engine that is asked over its API", () => {
  const components = [
    { component: "docker", version: "26.1.4" },
    { component: "runc", version: "1.1.5" },
    { component: "containerd", version: "2.3.7" },
  ];
  it("is judged with what it starts containers with, where it is upstream's build", async () => {
    const found = await runtimesOf({
      told: { components, isUpstreamBuild: true, platform: "Docker Engine - Community" },
    });
    expect(found.map(({ component, version, build }) => [component, version, build])).toEqual([
      ["containerd", "2.3.7", "upstream"],
      ["docker", "26.1.4", "upstream"],
      ["runc", "1.1.5", "upstream"],
    ]);
    const match = found[2]?.matches.find(({ id }) => id === "CVE-2024-21626");
    expect(match?.advisory.url).toMatch(/^https:\/\//);
    expect(found[0]?.matches).toEqual([]);
  });
  it("of a distribution is unknown where upstream's version would be vulnerable", async () => {
    const told = { components: [{ component: "runc", version: "1.1.5+ds1" }, components[2]], isUpstreamBuild: false };
    const found = await runtimesOf({ told });
    expect(found[0]).toMatchObject({ component: "containerd", matches: [] });
    expect(found[0]?.unjudged).toBeUndefined();
    expect(found[1]?.unjudged?.reason).toMatch(/known vulnerabilities upstream/);
  });
  it("is unknown where it tells nothing", async () => {
    await expect(runtimesOf({ told: { components: [], isUpstreamBuild: true } })).rejects.toThrow(/tells no version/);
  });
  it("does not take a component without a version for a safe one", async () => {
    const told = { components: [{ component: "runc", version: "9" }], isUpstreamBuild: true };
    expect((await runtimesOf({ told }))[0]?.unjudged?.reason).toBe("9 is no version of runc");
  });
});

it("an engine that no package brought is judged by the version in its program", async () => {
  const engine = { engine: "docker", shownBy: ["/usr/local/bin/dockerd"], running: true, configurationFiles: [] };
  const [found] = await runtimesOf({ packages: [], engines: [{ ...engine, version: "26.1.4" }] });
  expect(found).toMatchObject({ component: "docker", version: "26.1.4" });
  expect(ids([found!])).toContain("CVE-2026-41567");
});

describe("the facts", () => {
  const order = versionOrder("golang")!;
  it("are each about one vulnerability of one component, from two sources at least", () => {
    expect(new Set(runtimeAdvisories.map(({ id, component }) => `${id} ${component}`)).size).toBe(
      runtimeAdvisories.length,
    );
    for (const { id, sources } of runtimeAdvisories)
      expect([id, new Set(sources.map(({ url }) => url)).size >= 2]).toEqual([id, true]);
  });
  it.each(runtimeAdvisories)("$id of $component has ranges in order that do not overlap", ({ affected }) => {
    expect(affected.length).toBeGreaterThan(0);
    let last: string | undefined;
    for (const [introduced, fixed] of affected) {
      // Where no version is fixed no range can follow.
      expect(last).not.toBe("none");
      if (fixed === undefined) {
        last = "none";
        continue;
      }
      expect(order.isValid(fixed)).toBe(true);
      if (introduced !== "0") expect(compareInRange(order, introduced, fixed)).toBe(-1);
      if (last !== undefined) expect(compareInRange(order, last, introduced)).toBeLessThanOrEqual(0);
      last = fixed;
    }
  });
});
