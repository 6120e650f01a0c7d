import { afterEach, describe, expect, it } from "vitest";
import { FakeDockerEngine } from "../../test/fakes/docker-engine.ts";
import engineContainer from "../collectors/container/engine-container.ts";
import { openContainerEngine } from "../collectors/container-engine.ts";
import { runCollector } from "../core/collector.ts";
import { container } from "../facts/container/container.ts";
import { DockerEngine } from "./docker-engine.ts";

const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };
const web = {
  Id: "aaa",
  Name: "/web",
  Path: "nginx",
  Args: ["-g", "daemon off;"],
  State: { Running: true },
  AppArmorProfile: "docker-default",
  Config: { Image: "nginx:1.27", User: "101:101", Env: ["LOG=info", "DB_PASSWORD=hunter2"] },
  HostConfig: {
    Privileged: false,
    CapAdd: null,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    ReadonlyRootfs: true,
    NetworkMode: "bridge",
    PidMode: "",
    IpcMode: "private",
    UTSMode: "",
    UsernsMode: "",
    Memory: 268435456,
    NanoCpus: 500000000,
    PidsLimit: 100,
    MaskedPaths: ["/proc/kcore"],
    Devices: [],
  },
  Mounts: [{ Type: "bind", Source: "/srv/www", Destination: "/www", RW: false, Propagation: "rprivate" }],
  NetworkSettings: { Ports: { "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }], "443/tcp": null } },
};
const open = {
  Id: "bbb",
  Name: "/open",
  Path: "sleep",
  Args: ["1"],
  State: { Running: false },
  AppArmorProfile: "",
  Config: { Image: "debian", User: "", Env: [] },
  HostConfig: {
    Privileged: true,
    NetworkMode: "host",
    PidMode: "host",
    IpcMode: "host",
    UTSMode: "host",
    UsernsMode: "host",
    Memory: 0,
    NanoCpus: 0,
    PidsLimit: null,
    SecurityOpt: ["seccomp=unconfined"],
  },
  Mounts: [{ Type: "bind", Source: "/var/run/docker.sock", Destination: "/d.sock", RW: true, Propagation: "shared" }],
};

let fake: FakeDockerEngine | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function collect() {
  const engine = await openContainerEngine(fake!.socket, "node-1");
  try {
    return await runCollector(engineContainer, engine, engine.subject, context);
  } finally {
    await engine.engine.close();
  }
}

describe("containers of an engine", () => {
  it("are read with one request each, and what vanished is left out", async () => {
    fake = await FakeDockerEngine.start({ containers: [web, open], vanished: ["ccc"] });
    const found = await collect();
    expect(found.map((observation) => observation.subject)).toEqual(["container/node-1/web", "container/node-1/open"]);
    expect(fake.requests.filter((request) => request.includes("/containers/"))).toHaveLength(4);
  });

  it("are described as they run", async () => {
    fake = await FakeDockerEngine.start({ containers: [web, open] });
    const [first, second] = (await collect()).map((observation) =>
      container.schema.parse("value" in observation ? observation.value : undefined),
    );
    expect(first).toMatchObject({
      runtime: "docker",
      image: { registry: "docker.io", repository: "library/nginx", tag: "1.27" },
      user: "101",
      group: "101",
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { add: [], drop: ["ALL"] },
      seccomp: { kind: "runtime-default" },
      appArmor: { kind: "runtime-default" },
      hostNamespaces: { network: false, pid: false, ipc: false, uts: false, user: true },
      limits: { memory: 268435456, cpu: 0.5, processes: 100 },
      mounts: [{ kind: "host-path", source: "/srv/www", readOnly: true }],
      ports: [{ container: 80, host: 8080, hostAddress: "0.0.0.0" }, { container: 443 }],
      running: true,
    });
    expect(first!.env).toEqual([
      { name: "LOG", from: "literal", value: "info", looksSecret: false },
      { name: "DB_PASSWORD", from: "literal", value: "********", looksSecret: true },
    ]);
    expect(second).toMatchObject({
      privileged: true,
      allowPrivilegeEscalation: true,
      seccomp: { kind: "unconfined" },
      hostNamespaces: { network: true, pid: true, ipc: true, uts: true, user: true },
      limits: {},
      running: false,
    });
  });

  it("get what the engine says it gives by default", async () => {
    fake = await FakeDockerEngine.start({
      containers: [open, { ...web, HostConfig: {}, AppArmorProfile: "" }],
      info: { SecurityOptions: ["name=seccomp,profile=unconfined", "name=userns"] },
    });
    const [, second] = (await collect()).map((observation) =>
      container.schema.parse("value" in observation ? observation.value : undefined),
    );
    expect(second).toMatchObject({
      seccomp: { kind: "unconfined" },
      appArmor: { kind: "unconfined" },
      hostNamespaces: { user: false },
    });
  });

  it("are unknown where the engine's answer is damaged", async () => {
    fake = await FakeDockerEngine.start({ containers: [{ Id: "x", Name: "/x", HostConfig: { Privileged: "no" } }] });
    expect(await collect()).toMatchObject([
      { subject: "container/node-1/x", unavailable: expect.stringContaining("HostConfig.Privileged") },
    ]);
  });

  it("cannot be had where no engine listens", async () => {
    await expect(new DockerEngine("/nonexistent/docker.sock").version()).rejects.toMatchObject({
      code: "UNREACHABLE",
      hint: expect.stringContaining("docker.sock"),
    });
  });
});
