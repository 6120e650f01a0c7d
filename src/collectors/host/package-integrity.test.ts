import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { madeNdb, madeRpmPackage } from "../../../test/rpm-database.ts";
import { runCollector } from "../../core/collector.ts";
import integrity from "./package-integrity.ts";

const hosts: { remove(): void }[] = [];
afterAll(() => {
  for (const host of hosts) host.remove();
});

const system: MadeTree = { "etc/passwd": "root:x:0:0::/root:/bin/sh\n", "etc/group": "root:x:0:\n" };
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest();

async function observed(tree: MadeTree, change: (path: string) => void = () => undefined) {
  const host = makeHost(system, tree);
  hosts.push(host);
  change(host.root.path);
  const context = { signal: new AbortController().signal, now: new Date(0) };
  const [observation] = await runCollector(integrity, host.root, host.root.subject, context);
  return observation!;
}

const ownerIsRoot = process.getuid?.() === 0;

describe("rpm", () => {
  const sha = (text: string) => digest("sha256", text).toString("hex");
  const database = madeNdb([
    madeRpmPackage("tool", {
      "/usr/bin/tool": { digest: sha("good"), mode: 0o100755 },
      "/etc/tool.conf": { digest: sha("default"), flags: 1 },
      "/usr/lib/gone.so": { digest: sha("x") },
      "/usr/bin/t": { mode: 0o120777, target: "tool" },
      "/usr/share/doc/tool": { digest: sha("x"), flags: 2 },
    }),
    madeRpmPackage("empty"),
  ]);
  const good: MadeTree = {
    "usr/lib/sysimage/rpm/Packages.db": database,
    "usr/bin/tool": { text: "good", mode: 0o755 },
    "usr/bin/t": { link: "tool" },
    "usr/lib/gone.so": "x",
    "etc/tool.conf": "default",
  };

  it.skipIf(!ownerIsRoot)("is as packaged (owners are right only where root makes the tree)", async () => {
    expect(await observed(good)).toMatchObject({
      value: {
        manager: "rpm",
        packages: 2,
        packagesWithDigests: 2,
        compared: 3,
        changed: [],
        missing: [],
        digest: "sha256",
      },
    });
  });

  it.skipIf(!ownerIsRoot)("tells content, rights, kind and targets, configuration apart", async () => {
    const changed: MadeTree = {
      ...good,
      "usr/bin/tool": { text: "evil", mode: 0o4755 },
      "usr/bin/t": { link: "/tmp/evil" },
      "etc/tool.conf": "mine",
    };
    const { "usr/lib/gone.so": _gone, ...rest } = changed as Record<string, MadeTree[string]>;
    const found = await observed(rest, (path) => chmodSync(join(path, "usr/bin/tool"), 0o4755));
    expect(found).toMatchObject({
      value: {
        changed: [
          { path: "/usr/bin/tool", package: "tool", what: ["rights 0755, now 4755", "content"], configuration: false },
          { path: "/etc/tool.conf", what: ["content"], configuration: true },
          { path: "/usr/bin/t", what: ["target tool, now /tmp/evil"] },
        ],
        missing: [{ path: "/usr/lib/gone.so", package: "tool" }],
      },
    });
  });

  it("is not judged by a database whose newest changes lie in its log", async () => {
    const tree = { ...good, "usr/lib/sysimage/rpm/Packages.db-wal": "x" };
    expect(await observed(tree)).toMatchObject({ unavailable: expect.stringContaining("-wal") });
  });

  it("is unknown where the database is damaged", async () => {
    expect(await observed({ "var/lib/rpm/rpmdb.sqlite": "nonsense" })).toMatchObject({
      unavailable: expect.stringContaining("is no rpm database"),
    });
  });

  it("keeps what was compared before a damaged header", async () => {
    const damaged = Buffer.from(database);
    damaged.writeUInt32LE(0, 4096 + 16 * Math.ceil((16 + madeRpmPackage("tool").length) / 16));
    const found = await observed({
      ...good,
      "usr/lib/sysimage/rpm/Packages.db": damaged.subarray(0, damaged.length - 40),
    });
    expect(found).toHaveProperty("value.problems.0");
  });
});

describe("apk", () => {
  const q1 = (text: string) => `Z:Q1${digest("sha1", text).toString("base64")}`;
  const installed = `P:tool\nV:1\nF:usr/bin\nR:tool\na:0:0:755\n${q1("good")}\nR:t\na:0:0:777\n${q1("tool")}\nF:etc\nR:tool.conf\n${q1("default")}\n\nP:meta\nV:1\n\n`;
  const good: MadeTree = {
    "lib/apk/db/installed": installed,
    "usr/bin/tool": { text: "good", mode: 0o755 },
    "usr/bin/t": { link: "tool" },
    "etc/tool.conf": { text: "default", mode: 0o644 },
  };

  it.skipIf(!ownerIsRoot)("is as packaged", async () => {
    expect(await observed(good)).toMatchObject({
      value: { manager: "apk", packages: 2, packagesWithDigests: 2, compared: 3, changed: [], missing: [] },
    });
  });

  it.skipIf(!ownerIsRoot)("tells what was changed", async () => {
    const tree: MadeTree = {
      ...good,
      "usr/bin/tool": { text: "evil", mode: 0o755 },
      "usr/bin/t": { link: "x" },
      "etc/tool.conf": { text: "y", mode: 0o600 },
    };
    expect(await observed(tree)).toMatchObject({
      value: {
        changed: [
          { path: "/usr/bin/tool", what: ["content"] },
          { path: "/usr/bin/t", what: ["content"] },
          { path: "/etc/tool.conf", what: ["rights 0644, now 0600", "content"], configuration: true },
        ],
      },
    });
  });
});

describe("dpkg", () => {
  const md5 = (text: string) => digest("md5", text).toString("hex");
  it("compares packaged files and configuration, and counts packages without digests", async () => {
    const found = await observed({
      "var/lib/dpkg/status": `Package: tool\nStatus: install ok installed\nConffiles:\n /etc/tool.conf ${md5("default")}\n /etc/old ${md5("x")} obsolete\nDescription: x\n`,
      "var/lib/dpkg/info/tool.list": "/usr/bin/tool\n",
      "var/lib/dpkg/info/tool.md5sums": `${md5("good")}  usr/bin/tool\n`,
      "var/lib/dpkg/info/bare.list": "/usr/bin/bare\n",
      "usr/bin/tool": "evil",
      "etc/tool.conf": "mine",
      "etc/old": "y",
    });
    expect(found).toMatchObject({
      value: {
        packages: 2,
        packagesWithDigests: 1,
        changed: [
          { path: "/usr/bin/tool", configuration: false },
          { path: "/etc/tool.conf", configuration: true },
        ],
      },
    });
  });
});

describe("no database", () => {
  it("is unknown", async () => {
    expect(await observed({})).toMatchObject({ unavailable: expect.stringContaining("no package database") });
  });
});
