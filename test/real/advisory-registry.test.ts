import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { scratchFolder, smallFeeds } from "../../src/advisories/feed.fixture.ts";
import { registryReference } from "../../src/advisories/file/artifact.ts";
import { type Build, buildAdvisories } from "../../src/advisories/file/build.ts";
import { newKeyPair, readKey } from "../../src/advisories/file/envelope.ts";
import { openPublication } from "../../src/advisories/file/publication.ts";
import { FileStore } from "../../src/advisories/file-store.ts";
import { copyToRegistry, publishRegistry } from "../../src/advisories/publish-registry.ts";
import { findFeeds } from "../../src/advisories/sources/feed-source.ts";
import { updateFolder } from "../../src/advisories/update.ts";
import { http } from "../../src/clients/http.ts";

/* Advisory data in the CNCF distribution registry, behind a password. */

const isThere = spawnSync("which", ["docker-registry"]).status === 0;
const hasOras = spawnSync("which", ["oras"]).status === 0;
const scratch = scratchFolder();
const pair = newKeyPair();
const key = readKey(pair.privateKey, "private", "test");
const keys = [readKey(pair.publicKey, "public", "test")];
let running: ChildProcess | undefined;
let host = "";
let old: Build;
let fresh: Build;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  if (!isThere) return;
  old = await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "feeds-old"))));
  fresh = await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "feeds-new"), { packages: 42, fixed: "3" })));
  host = `127.0.0.1:${await freePort()}`;
  // The password is "secret" (bcrypt, cost 5).
  writeFileSync(join(scratch, "htpasswd"), "test:$2y$05$Xw/C4swK9n1/J.whwqCns.NLHma9EIOVadC4DlSBvCPsW99O7.6Ja\n");
  writeFileSync(
    join(scratch, "config.yml"),
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${scratch}/data}}\nhttp: {addr: "${host}"}\nauth: {htpasswd: {realm: test, path: ${scratch}/htpasswd}}\n`,
  );
  running = spawn("docker-registry", ["serve", join(scratch, "config.yml")], { stdio: "ignore" });
  for (let tries = 0; ; tries++) {
    try {
      await http(`http://${host}/v2/`);
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}, 60_000);

afterAll(async () => {
  if (running && running.exitCode === null) {
    const gone = new Promise((resolve) => running?.once("exit", resolve));
    running.kill("SIGTERM");
    await gone;
  }
  rmSync(scratch, { recursive: true, force: true });
});
afterEach(() => {
  delete process.env["PLIMSOLL_REGISTRY_USER"];
  delete process.env["PLIMSOLL_REGISTRY_PASSWORD"];
});

function logIn(password = "secret"): void {
  process.env["PLIMSOLL_REGISTRY_USER"] = "test";
  process.env["PLIMSOLL_REGISTRY_PASSWORD"] = password;
}

const at = (repository: string, tag = "1") => registryReference(`registry:${host}/${repository}:${tag}`)!;

async function update(folder: string, repository: string) {
  const publication = openPublication(`registry:${host}/${repository}:1`);
  try {
    return await updateFolder(publication, folder, { keys });
  } finally {
    publication.close();
  }
}

function fixOf(folder: string): string | undefined {
  const store = FileStore.open(folder, keys);
  store.verify();
  return store.records("npm", "package-1")[0]?.ranges[0]?.fixed;
}

const what = `advisory data in docker-registry${isThere ? "" : " (needs the program docker-registry)"}`;
describe.skipIf(!isThere)(what, () => {
  it("is pushed, pulled, pushed and pulled again where it changed, and mounted into another repository", async () => {
    logIn();
    const first = await publishRegistry(old, at("security/advisories"), { key });
    expect(first.sent).toBe(old.shards.size + 2);
    const folder = join(scratch, "pulled");
    expect(await update(folder, "security/advisories")).toMatchObject({ status: "updated", id: first.id });
    expect(fixOf(folder)).toBe("2.0.0");
    const changed = [...fresh.shards.keys()].filter((root) => !old.shards.has(root)).length;
    const second = await publishRegistry(fresh, at("security/advisories"), { key });
    expect(second.sent).toBe(changed + 2);
    expect(await update(folder, "security/advisories")).toMatchObject({ fetched: 0, patched: changed });
    expect(fixOf(folder)).toBe("3");
    expect(await update(folder, "security/advisories")).toMatchObject({ status: "unchanged" });
    const from = openPublication(`registry:${host}/security/advisories:1`);
    const copied = await copyToRegistry(from, at("production/advisories"));
    from.close();
    expect(copied).toMatchObject({ id: second.id, sent: 0 });
    // The files, the delta and the empty configuration.
    expect(copied.mounted).toBe(fresh.shards.size + 3);
    expect(await update(folder, "production/advisories")).toMatchObject({ status: "unchanged" });
  }, 60_000);

  it("is closed to who has no password or a wrong one, and says which credentials were used", async () => {
    const without = publishRegistry(old, at("security/closed"), { key });
    await expect(without).rejects.toMatchObject({ code: "AUTH_FAILED" });
    logIn("wrong");
    const folder = join(scratch, "closed");
    await expect(update(folder, "security/advisories")).rejects.toMatchObject({
      code: "AUTH_FAILED",
      hint: expect.stringContaining("PLIMSOLL_REGISTRY_USER"),
    });
  }, 60_000);

  it.skipIf(!hasOras)(
    `is the folder form to oras${hasOras ? "" : " (needs the program oras)"}`,
    async () => {
      logIn();
      await publishRegistry(old, at("security/oras"), { key });
      const folder = join(scratch, "oras");
      mkdirSync(folder, { recursive: true });
      const login = ["--plain-http", "-u", "test", "--password-stdin"];
      const pulled = spawnSync("oras", ["pull", ...login, "-o", folder, `${host}/security/oras:1`], {
        encoding: "utf8",
        input: "secret",
      });
      expect(pulled.stderr).toBe("");
      expect(pulled.status).toBe(0);
      expect(fixOf(folder)).toBe("2.0.0");
    },
    60_000,
  );
});
