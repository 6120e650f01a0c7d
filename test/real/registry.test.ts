import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { http } from "../../src/clients/http.ts";
import { probeRegistry } from "../../src/clients/registry.ts";
import { selfSigned } from "../fakes/self-signed.ts";

/* The CNCF distribution registry as a stranger sees it. */

const isThere = spawnSync("which", ["docker-registry"]).status === 0;
let running: ChildProcess | undefined;
let folder: string | undefined;

afterEach(async () => {
  if (running && running.exitCode === null) {
    const gone = new Promise((resolve) => running?.once("exit", resolve));
    running.kill("SIGTERM");
    await gone;
  }
  if (folder) await rm(folder, { recursive: true, force: true });
  running = undefined;
  folder = undefined;
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(more: (folder: string) => string, scheme = "http"): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), "registry-"));
  await writeFile(join(folder, "key.pem"), selfSigned.key);
  await writeFile(join(folder, "cert.pem"), selfSigned.cert);
  // The password is "secret" (bcrypt, cost 5).
  await writeFile(join(folder, "htpasswd"), "test:$2y$05$Xw/C4swK9n1/J.whwqCns.NLHma9EIOVadC4DlSBvCPsW99O7.6Ja\n");
  const host = `127.0.0.1:${await freePort()}`;
  await writeFile(
    join(folder, "config.yml"),
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}\nhttp:\n  addr: ${host}\n${more(folder)}`,
  );
  running = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  for (let tries = 0; ; tries++) {
    try {
      if (scheme === "https") await probeRegistry(host);
      else await http(`http://${host}/v2/`);
      return host;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

describe.skipIf(!isThere)(`docker-registry${isThere ? "" : " (needs the program docker-registry)"}`, () => {
  it("is open and in clear when nothing is set", async () => {
    const host = await start(() => "");
    expect(await probeRegistry(host, { tryPush: true })).toMatchObject({
      plainHttp: true,
      authentication: "none",
      anonymousCatalog: true,
      anonymousPush: true,
      apiVersion: "registry/2.0",
    });
  });

  it("asks for passwords", async () => {
    const host = await start((at) => `auth: {htpasswd: {realm: test, path: ${at}/htpasswd}}\n`);
    expect(await probeRegistry(host, { tryPush: true, repository: "shop/cart" })).toMatchObject({
      authentication: "basic",
      anonymousCatalog: false,
      anonymousPull: false,
      anonymousPush: false,
    });
  });

  it("shows a certificate that nobody vouches for, and answers in clear to nobody", async () => {
    const host = await start((at) => `  tls: {certificate: ${at}/cert.pem, key: ${at}/key.pem}\n`, "https");
    const probe = await probeRegistry(host);
    expect(probe).toMatchObject({
      plainHttp: false,
      authentication: "none",
      tls: { trusted: false, problem: "self-signed certificate" },
    });
  });
});
