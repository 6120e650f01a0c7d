import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compareDeb } from "../../src/advisories/versions/deb.ts";
import updatesCollector from "../../src/collectors/host/updates.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import { type Updates, updates } from "../../src/facts/host/updates.ts";
import { installedPackages } from "../../src/formats/host/apt.ts";

/** apt and dnf themselves say what they would take; where they are missing these are skipped and say so. */
const scratch = mkdtempSync(join(tmpdir(), "pending-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

async function updatesOf(folder: string): Promise<Updates> {
  const context = { signal: new AbortController().signal, now: new Date() };
  for await (const found of updatesCollector.collect(new HostRoot(folder, "host/x", false), context))
    if ("value" in found) return updates.schema.parse(found.value);
  throw new Error("the collector gave no value");
}

const aptLists = "/var/lib/apt/lists";
const hasApt = has("apt-cache") && existsSync(aptLists) && readdirSync(aptLists).some((name) => /_Packages/.test(name));
const programs = ["rpmbuild", "createrepo_c", "modifyrepo_c", "dnf", "rpm"];
const hasDnf = programs.every(has);

describe("apt", () => {
  const preferences: readonly (readonly [string, string])[] = [
    ["no pins", ""],
    ["the archive of security forbidden", "Package: *\nPin: release l=Debian-Security\nPin-Priority: -1\n"],
    ["a site forbidden", 'Package: *\nPin: origin "deb.debian.org"\nPin-Priority: -10\n'],
    [
      "some packages forced back",
      "Package: lib*\nPin: release n=trixie\nPin-Priority: 1001\n\nPackage: *\nPin: release a=stable-security\nPin-Priority: 50\n",
    ],
    [
      "expressions and versions",
      "Package: /^(python3|perl)/\nPin: version *deb13*\nPin-Priority: 1001\n\nPackage: *\nPin: release o=Debian,n=trixie*\nPin-Priority: 600\n",
    ],
    ["sources", "Package: src:openssl src:glibc\nPin: release *\nPin-Priority: -5\n"],
  ];
  it.skipIf(!hasApt).each(preferences)(
    hasApt ? "its policy and ours agree with %s" : "its policy and ours agree with %s (skipped: no apt, or no lists)",
    async (_, text) => {
      const root = join(scratch, "apt-root");
      rmSync(root, { recursive: true, force: true });
      mkdirSync(join(root, "var/lib/dpkg"), { recursive: true });
      mkdirSync(join(root, "etc/apt"), { recursive: true });
      mkdirSync(join(root, "usr"), { recursive: true });
      mkdirSync(join(root, "var/lib/apt"), { recursive: true });
      execFileSync("cp", ["-a", aptLists, join(root, "var/lib/apt/lists")]);
      // Old versions, so that there is something to update: every fifth package steps back.
      const status = readFileSync("/var/lib/dpkg/status", "utf8")
        .split("\n\n")
        .map((paragraph, index) =>
          index % 5 === 0 ? paragraph.replace(/^Version: .*$/m, "Version: 0~old") : paragraph,
        )
        .join("\n\n");
      writeFileSync(join(root, "var/lib/dpkg/status"), status);
      writeFileSync(join(root, "etc/apt/preferences"), text);
      const ours = new Map(
        (await updatesOf(root)).pending.flatMap((one) => (one.pinned ? [] : [[one.package, one.available] as const])),
      );
      const names = [...new Set(installedPackages(status).map(({ name }) => name))];
      const printed = execFileSync(
        "apt-cache",
        [
          "-o",
          `Dir::Etc::Preferences=${join(root, "etc/apt/preferences")}`,
          "-o",
          "Dir::Etc::PreferencesParts=/nonexistent",
          "-o",
          `Dir::State::status=${join(root, "var/lib/dpkg/status")}`,
          "-o",
          `Dir::Cache=${scratch}`,
          "policy",
          ...names,
        ],
        { encoding: "utf8", maxBuffer: 256 * 1024 ** 2 },
      );
      let compared = 0;
      const wrong: string[] = [];
      for (const [, name, installed, candidate] of printed.matchAll(
        /^(\S+):\n {2}Installed: (\S+)\n {2}Candidate: (\S+)/gm,
      )) {
        compared++;
        const expected = candidate !== "(none)" && compareDeb(candidate!, installed!) > 0 ? candidate : undefined;
        const taken = ours.get(name!);
        if (taken !== expected) wrong.push(`${name}: ${installed} -> ${expected}, ours ${taken}`);
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(50);
      if (!text.includes("deb.debian.org")) expect(ours.size).toBeGreaterThan(10);
    },
    120_000,
  );
});

describe("dnf", () => {
  const packages: readonly (readonly [
    name: string,
    version: string,
    release: string,
    epoch: number,
    where: "old" | "new",
  ])[] = [
    ["alpha", "1.0", "1", 0, "old"],
    ["alpha", "1.0", "2", 0, "new"],
    ["alpha", "1.1", "1", 0, "new"],
    ["beta", "2.0", "1", 1, "old"],
    ["beta", "2.1~rc1", "1", 1, "new"],
    ["gamma", "1", "1", 0, "old"],
    ["gamma", "1", "1", 0, "new"],
    ["delta", "5", "1", 0, "old"],
    ["delta", "6", "1", 0, "new"],
    ["epsilon", "5^git1", "1", 0, "old"],
    ["epsilon", "5", "9", 0, "new"],
    ["omega", "1", "1", 0, "new"],
  ];
  function build(): string {
    const root = join(scratch, "dnf-root");
    const repository = join(scratch, "repository");
    for (const folder of ["etc/yum.repos.d", "etc/dnf", "usr/bin"]) mkdirSync(join(root, folder), { recursive: true });
    mkdirSync(repository, { recursive: true });
    writeFileSync(join(root, "usr/bin/dnf"), "");
    for (const [name, version, release, epoch, where] of packages) {
      const spec = join(scratch, "one.spec");
      writeFileSync(
        spec,
        `Name: ${name}\nVersion: ${version}\nRelease: ${release}\nEpoch: ${epoch}\nSummary: x\nLicense: MIT\nBuildArch: noarch\n%description\nx\n%files\n`,
      );
      execFileSync(
        "rpmbuild",
        ["-bb", "--define", `_rpmdir ${join(scratch, where)}`, "--define", `_topdir ${scratch}`, spec],
        { stdio: "pipe" },
      );
    }
    const rpms = (where: string) =>
      readdirSync(join(scratch, where, "noarch")).map((name) => join(scratch, where, "noarch", name));
    execFileSync(
      "rpm",
      ["--root", root, "--dbpath", "/var/lib/rpm", "-i", "--nodeps", "--ignorearch", ...rpms("old")],
      { stdio: "pipe" },
    );
    execFileSync("cp", [...rpms("new"), repository]);
    execFileSync("createrepo_c", ["-q", repository], { stdio: "pipe" });
    const update = (id: string, type: string, name: string, version: string, release: string) =>
      `<update from="x" status="stable" type="${type}" version="1"><id>${id}</id><title>t</title><issued date="2026-01-01 00:00:00"/><pkglist><collection short="c"><name>c</name><package name="${name}" version="${version}" release="${release}" epoch="0" arch="noarch" src="a.src.rpm"><filename>${name}-${version}-${release}.noarch.rpm</filename></package></collection></pkglist></update>`;
    writeFileSync(
      join(scratch, "updateinfo.xml"),
      `<?xml version="1.0"?><updates>${update("T-1", "security", "alpha", "1.0", "2")}${update("T-2", "bugfix", "delta", "6", "1")}${update("T-3", "security", "gamma", "1", "1")}</updates>`,
    );
    execFileSync(
      "modifyrepo_c",
      ["--mdtype=updateinfo", join(scratch, "updateinfo.xml"), join(repository, "repodata")],
      { stdio: "pipe" },
    );
    writeFileSync(join(root, "etc/dnf/dnf.conf"), "[main]\n");
    writeFileSync(
      join(root, "etc/yum.repos.d/a.repo"),
      `[new-repo]\nname=New\nbaseurl=file://${repository}\ngpgcheck=0\n\n[off]\nname=Off\nbaseurl=file:///nowhere\nenabled=0\n`,
    );
    return root;
  }
  const ask = (root: string, ...more: string[]) =>
    [
      ...spawnSync(
        "dnf",
        [
          "-q",
          `--installroot=${root}`,
          "--releasever=1",
          `--setopt=reposdir=${root}/etc/yum.repos.d`,
          `--setopt=cachedir=${root}/var/cache/dnf`,
          `--config=${root}/etc/dnf/dnf.conf`,
          "--noplugins",
          "check-update",
          ...more,
        ],
        { encoding: "utf8" },
      ).stdout.matchAll(/^(\S+)\.noarch\s+(\S+)\s/gm),
    ].map(([, name, version]) => `${name} ${version}`);

  it.skipIf(!hasDnf)(
    hasDnf ? "its updates and ours agree" : `its updates and ours agree (skipped: needs ${programs.join(", ")})`,
    async () => {
      const root = build();
      const all = ask(root);
      const security = ask(root, "--security");
      const ours = await updatesOf(root);
      const shown = (chosen: Updates["pending"]) => chosen.map((one) => `${one.package} ${one.available}`);
      expect(ours.unknownBecause).toBeUndefined();
      expect(shown(ours.pending)).toEqual(all);
      expect(shown(ours.pending.filter((one) => one.security))).toEqual(security);
      expect(all.length).toBe(3);
      expect(security.length).toBe(1);
    },
    120_000,
  );
});
