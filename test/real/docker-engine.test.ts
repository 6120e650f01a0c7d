import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { http, jsonOf } from "../../src/clients/http.ts";
import { socketDispatcher } from "../../src/clients/socket-dispatcher.ts";
import engineContainer from "../../src/collectors/container/engine-container.ts";
import { openContainerEngine } from "../../src/collectors/container-engine.ts";
import { runCollector } from "../../src/core/collector.ts";
import { container } from "../../src/facts/container/container.ts";

/* Containers set up by real engines, Docker and Podman, as the collector reads them. Nothing is started in them. */

const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };
const isRoot = process.getuid?.() === 0;

function has(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

const engines = [
  {
    name: "dockerd",
    start: (folder: string, socket: string) => [
      "--host",
      `unix://${socket}`,
      "--data-root",
      `${folder}/data`,
      "--exec-root",
      `${folder}/exec`,
      "--pidfile",
      `${folder}/docker.pid`,
      "--bridge=none",
      "--iptables=false",
    ],
  },
  {
    name: "podman",
    start: (folder: string, socket: string) => [
      "--root",
      `${folder}/data`,
      "--runroot",
      `${folder}/run`,
      "--storage-driver",
      "vfs",
      "system",
      "service",
      "--time=0",
      `unix://${socket}`,
    ],
  },
];

const settings: Readonly<
  Record<string, { readonly config?: object; readonly host: object; readonly expected: object }>
> = {
  plain: {
    host: {},
    expected: {
      privileged: false,
      readOnlyRootFilesystem: false,
      allowPrivilegeEscalation: true,
      seccomp: { kind: "runtime-default" },
      hostNamespaces: { network: false, pid: false, user: true },
      running: false,
    },
  },
  hardened: {
    config: { User: "1000:1000" },
    host: {
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Memory: 67_108_864,
      NanoCpus: 500_000_000,
      PidsLimit: 50,
    },
    expected: {
      user: "1000",
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      limits: { memory: 67_108_864, cpu: 0.5, processes: 50 },
    },
  },
  open: {
    host: {
      Privileged: true,
      PidMode: "host",
      NetworkMode: "host",
      IpcMode: "host",
      UTSMode: "host",
      Binds: ["/:/host", "/etc:/etc2:ro"],
      SecurityOpt: ["seccomp=unconfined"],
    },
    expected: {
      privileged: true,
      seccomp: { kind: "unconfined" },
      hostNamespaces: { network: true, pid: true, ipc: true, uts: true },
    },
  },
};

describe.each(engines)("$name", ({ name, start }) => {
  const isThere = isRoot && has(name);
  let folder: string;
  let daemon: ChildProcess;
  let socket: string;

  beforeAll(async () => {
    if (!isThere) return;
    folder = await mkdtemp(join(tmpdir(), `${name}-`));
    socket = join(folder, "engine.sock");
    daemon = spawn(name, start(folder, socket), {
      stdio: "ignore",
      env: { ...process.env, PODMAN_IGNORE_CGROUPSV1_WARNING: "1" },
    });
    await until(
      async () => (await http("http://engine/_ping", { dispatcher: socketDispatcher(socket) })).status === 200,
    );
    await createContainers(socket);
  }, 60_000);

  afterAll(async () => {
    if (!isThere) return;
    const gone = new Promise((resolve) => daemon.once("exit", resolve));
    if (daemon.exitCode === null && daemon.kill("SIGTERM")) await gone;
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  it.skipIf(!isThere)(
    `describes its containers as they were set up${isThere ? "" : ` (needs root and the program ${name})`}`,
    async () => {
      const engine = await openContainerEngine(socket, "here");
      const observations = await runCollector(engineContainer, engine, engine.subject, context);
      await engine.engine.close();
      const found = new Map(
        observations.map((observation) => [
          observation.subject,
          container.schema.parse("value" in observation ? observation.value : undefined),
        ]),
      );
      expect([...found.keys()].sort()).toEqual([
        "container/here/hardened",
        "container/here/open",
        "container/here/plain",
      ]);
      for (const [key, { expected }] of Object.entries(settings))
        expect(found.get(`container/here/${key}`)).toMatchObject({
          ...expected,
          runtime: name === "dockerd" ? "docker" : "podman",
        });
      const open = found.get("container/here/open")!;
      expect(
        open.mounts
          .map(({ source, readOnly }) => ({ source, readOnly }))
          .sort((a, b) => (a.source! < b.source! ? -1 : 1)),
      ).toEqual([
        { source: "/", readOnly: false },
        { source: "/etc", readOnly: true },
      ]);
      const dropped = found.get("container/here/hardened")!.capabilities.drop;
      expect(dropped.includes("ALL") || dropped.length > 8).toBe(true);
    },
  );
});

async function createContainers(socket: string): Promise<void> {
  const dispatcher = socketDispatcher(socket);
  const imported = await http("http://engine/v1.40/images/create?fromSrc=-&repo=shop&tag=1.0", {
    method: "POST",
    body: new Uint8Array(10_240),
    headers: { "content-type": "application/x-tar" },
    dispatcher,
  });
  expect(imported.status).toBe(200);
  for (const [name, { config, host }] of Object.entries(settings)) {
    const body = JSON.stringify({ Image: "shop:1.0", Cmd: ["/app"], ...config, HostConfig: host });
    const answer = await http(`http://engine/v1.40/containers/create?name=${name}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
      dispatcher,
    });
    expect({
      name,
      status: answer.status,
      body: answer.status === 201 ? "" : JSON.stringify(jsonOf(answer, name)),
    }).toEqual({ name, status: 201, body: "" });
  }
  await dispatcher.close();
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if (await ready()) return;
    } catch (error) {
      if (tries > 150) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
