import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import runningContainers from "../../src/collectors/host/running-containers.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import type { RunningContainer } from "../../src/facts/host/running-containers.ts";

/** runc starts containers without any engine: the kernel's view must find them all the same. */
const missing = ["runc", "busybox"].filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
const isStatic = missing.length === 0 && spawnSync("sh", ["-c", 'ldd "$(command -v busybox)"']).status !== 0;
const asRoot = process.getuid?.() === 0;
const able = missing.length === 0 && isStatic && asRoot;
const reason = able
  ? ""
  : ` (skipped: needs root, runc and a static busybox; missing: ${missing.join(", ") || "rights or a static build"})`;

const folder = mkdtempSync(join(tmpdir(), "host-containers-"));
const names: string[] = [];

interface RuncConfiguration {
  process: { terminal: boolean; args: string[] };
  mounts: object[];
  linux: { cgroupsPath?: string; namespaces: { type: string }[]; seccomp?: object };
}

function start(name: string, id: string, change: (configuration: RuncConfiguration) => void): void {
  const bundle = join(folder, name);
  for (const path of ["bin", "proc", "sys", "dev", "host"])
    mkdirSync(join(bundle, "rootfs", path), { recursive: true });
  copyFileSync(
    execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim(),
    join(bundle, "rootfs/bin/busybox"),
  );
  execFileSync("runc", ["spec", "--bundle", bundle]);
  const configuration = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as RuncConfiguration;
  configuration.process.terminal = false;
  configuration.process.args = ["/bin/busybox", "sleep", "60"];
  configuration.linux.cgroupsPath = `/docker/${id}`;
  change(configuration);
  writeFileSync(join(bundle, "config.json"), JSON.stringify(configuration));
  execFileSync("runc", ["run", "--detach", "--bundle", bundle, name], { stdio: "ignore" });
  names.push(name);
}

async function seen(id: string): Promise<RunningContainer | undefined> {
  const root = new HostRoot("/", "host/x", true);
  for await (const found of runningContainers.collect(root, {
    signal: new AbortController().signal,
    now: new Date(),
  })) {
    if ("value" in found)
      return runningContainers.provides.schema.parse(found.value).containers.find((one) => id.startsWith(one.id));
  }
  return undefined;
}

describe.skipIf(!able)(`running containers${reason}`, () => {
  const plain = "a1".repeat(32);
  const open = "b2".repeat(32);

  beforeAll(() => {
    start(`plimsoll-plain-${process.pid}`, plain, () => undefined);
    start(`plimsoll-open-${process.pid}`, open, ({ mounts, linux }) => {
      mounts.push({ destination: "/host", type: "bind", source: "/etc", options: ["rbind", "rw"] });
      linux.namespaces = linux.namespaces.filter(({ type }) => type !== "ipc" && type !== "network");
    });
  });
  afterAll(() => {
    for (const name of names) spawnSync("runc", ["delete", "--force", name]);
    rmSync(folder, { recursive: true, force: true });
    expect(names.filter((name) => existsSync(`/run/runc/${name}`))).toEqual([]);
  });

  it("are found with their namespaces and rights", async () => {
    const container = await seen(plain);
    expect(container).toMatchObject({
      engine: "docker",
      program: "/bin/busybox",
      processes: 1,
      mappedRoot: false,
      noNewPrivileges: true,
      hostMounts: [],
      devices: [],
    });
    expect(container?.sharedNamespaces).not.toEqual(expect.arrayContaining(["pid"]));
    expect(container?.sharedNamespaces).not.toEqual(expect.arrayContaining(["ipc"]));
    expect(container?.capabilities).toEqual(["CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_AUDIT_WRITE"]);
  });

  it("show which host folders and namespaces they share", async () => {
    const container = await seen(open);
    expect(container?.sharedNamespaces).toEqual(expect.arrayContaining(["ipc", "net"]));
    expect(container?.hostMounts).toEqual([
      expect.objectContaining({ hostPath: "/etc", point: "/host", readOnly: false }),
    ]);
  });
});
