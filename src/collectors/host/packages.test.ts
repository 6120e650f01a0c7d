import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Collector } from "../../core/collector.ts";
import { runCollector } from "../../core/collector.ts";
import type { Observation } from "../../core/snapshot.ts";
import { HostRoot } from "../host-root.ts";
import osRelease from "./os-release.ts";
import packages from "./packages.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function rootOf(files: Readonly<Record<string, string | { readonly link: string }>>): HostRoot {
  const folder = mkdtempSync(join(tmpdir(), "host-packages-"));
  folders.push(folder);
  const system: typeof files = { "etc/passwd": "root:x:0:0::/root:/bin/sh\n", ...files };
  for (const [path, content] of Object.entries(system)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (typeof content === "string") writeFileSync(join(folder, path), content);
    else symlinkSync(content.link, join(folder, path));
  }
  return new HostRoot(folder, "host/test", false);
}

async function observed(collector: Collector<HostRoot>, root: HostRoot): Promise<Observation> {
  const [observation] = await runCollector(collector, root, root.subject, {
    signal: new AbortController().signal,
    now: new Date(0),
  });
  return observation!;
}

const status =
  "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\nPackage: b\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n";

describe("packages of a host", () => {
  it("are read at the known places, lists of files beside them, with the distribution in their URLs", async () => {
    const root = rootOf({
      "usr/lib/os-release": 'ID=debian\nVERSION_ID="12"\n',
      "etc/os-release": { link: "/usr/lib/os-release" },
      "var/lib/dpkg/status": status,
      "var/lib/dpkg/info/a.list":
        "/.\n/usr\n/usr/lib\n/usr/lib/python3\n/usr/lib/python3/dist-packages/x.dist-info/METADATA\n",
      "usr/lib/python3/dist-packages/x.dist-info/METADATA": "Name: x\nVersion: 1.0\n",
      "home/user/node_modules/a/package.json": '{"name":"hidden","version":"1.0.0"}',
    });
    expect(await observed(packages, root)).toMatchObject({
      source: "dpkg /var/lib/dpkg/status",
      value: {
        databases: ["dpkg /var/lib/dpkg/status"],
        packages: [
          {
            name: "a",
            purl: "pkg:deb/debian/a@1?arch=amd64&distro=debian-12",
            fileCount: 1,
            foundIn: ["/var/lib/dpkg/status"],
          },
          { name: "x", type: "pypi", ownedBy: "pkg:deb/debian/a@1?arch=amd64&distro=debian-12" },
        ],
        unread: [],
      },
    });
  });

  it("are read once where a folder is linked to another", async () => {
    const root = rootOf({ "usr/lib/apk/db/installed": "P:a\nV:1-r0\n\n", lib: { link: "usr/lib" } });
    expect(await observed(packages, root)).toMatchObject({
      value: {
        packages: [{ name: "a", foundIn: ["/lib/apk/db/installed"] }],
        databases: ["apk /lib/apk/db/installed"],
      },
    });
  });

  it("are told as unread where a database is damaged", async () => {
    const observation = await observed(packages, rootOf({ "var/lib/rpm/rpmdb.sqlite": "damaged" }));
    expect(observation).toMatchObject({
      value: { packages: [], unread: [{ path: "/var/lib/rpm/rpmdb.sqlite", reason: expect.stringContaining("rpm:") }] },
    });
  });

  it("are unknown, not none, where there is no database", async () => {
    expect(await observed(packages, rootOf({ "etc/hostname": "x\n" }))).toMatchObject({
      unavailable: expect.stringContaining("no package database"),
      remedy: expect.any(String),
    });
  });
});

describe("distribution of a host", () => {
  it("is read through links inside the root", async () => {
    const root = rootOf({
      "usr/lib/os-release": "ID=alpine\nVERSION_ID=3.20.1\n",
      "etc/os-release": { link: "../usr/lib/os-release" },
    });
    expect(await observed(osRelease, root)).toMatchObject({
      source: "/etc/os-release",
      value: { id: "alpine", versionId: "3.20.1", path: "/etc/os-release" },
    });
  });

  it("is told by older files, and is unknown where none says it", async () => {
    expect(await observed(osRelease, rootOf({ "etc/redhat-release": "CentOS release 6.10 (Final)\n" }))).toMatchObject({
      value: { id: "centos", versionId: "6.10" },
    });
    expect(await observed(osRelease, rootOf({ "etc/hostname": "x\n" }))).toMatchObject({
      unavailable: expect.any(String),
    });
  });
});

describe("packages and distribution in a container", () => {
  it("are not those of the host", async () => {
    const root = new HostRoot("/", "host/test", true);
    Object.assign(root, { linkTarget: async () => "pid:[4026532999]" });
    for (const collector of [packages, osRelease]) {
      expect(await observed(collector, root)).toMatchObject({
        unavailable: expect.stringContaining("container"),
        remedy: expect.stringContaining("/host"),
      });
    }
  });
});
