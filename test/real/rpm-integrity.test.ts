import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import integrity from "../../src/collectors/host/package-integrity.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import { runCollector } from "../../src/core/collector.ts";

const programs = ["/usr/bin/rpm", "/usr/bin/rpmbuild"];
const able = programs.every((path) => existsSync(path)) && process.getuid?.() === 0;
const folder = mkdtempSync(join(tmpdir(), "rpm-integrity-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = `Name: tool
Version: 1.0
Release: 1
Summary: made
License: MIT
BuildArch: noarch
%description
made
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/tool
echo one > %{buildroot}/usr/bin/one
echo two > %{buildroot}/usr/bin/two
echo three > %{buildroot}/usr/bin/three
ln -s one %{buildroot}/usr/bin/link
echo conf > %{buildroot}/etc/tool.conf
echo doc > %{buildroot}/usr/share/doc/tool/README
%files
%defattr(-,root,root)
%attr(0755,root,root) /usr/bin/one
%attr(0755,root,root) /usr/bin/two
%attr(0755,root,root) /usr/bin/three
/usr/bin/link
%config(noreplace) /etc/tool.conf
%doc /usr/share/doc/tool/README
`;

function installed(): HostRoot {
  const root = join(folder, "root");
  writeFileSync(join(folder, "tool.spec"), spec);
  execFileSync("/usr/bin/rpmbuild", ["-bb", "--define", `_topdir ${folder}/build`, join(folder, "tool.spec")], {
    stdio: "ignore",
  });
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  execFileSync(
    "/usr/bin/rpm",
    [
      "--root",
      root,
      "--dbpath",
      "/var/lib/rpm",
      "--nodeps",
      "--noscripts",
      "--nosignature",
      "-i",
      join(folder, "build/RPMS/noarch/tool-1.0-1.noarch.rpm"),
    ],
    { stdio: "ignore" },
  );
  return new HostRoot(root, "host/made", false);
}

/** Paths that rpm itself says differ, with the letters of what does. */
function verified(root: string): Map<string, string> {
  const { stdout } = spawnSync("/usr/bin/rpm", ["--root", root, "--dbpath", "/var/lib/rpm", "--nodeps", "-Va"], {
    encoding: "utf8",
  });
  const found = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [, letters, path] = /^(\S+)\s+(?:[cdglr]\s+)?(\/.*)$/.exec(line) ?? [];
    if (letters !== undefined && path !== undefined) found.set(path, letters);
  }
  return found;
}

describe("rpm's own verification (skipped without rpm, rpmbuild and root's rights)", () => {
  it.skipIf(!able)("finds the same files changed", async () => {
    const host = installed();
    const at = (path: string) => join(host.path, path);
    writeFileSync(at("usr/bin/one"), "evil\n");
    chmodSync(at("usr/bin/two"), 0o4755);
    rmSync(at("usr/bin/three"));
    rmSync(at("usr/bin/link"));
    execFileSync("ln", ["-s", "elsewhere", at("usr/bin/link")]);
    writeFileSync(at("etc/tool.conf"), "mine\n");
    const context = { signal: new AbortController().signal, now: new Date() };
    const [observation] = await runCollector(integrity, host, host.subject, context);
    const value = (observation as { value: { changed: { path: string }[]; missing: { path: string }[] } }).value;
    const ours = [...value.changed, ...value.missing].map(({ path }) => path).sort();
    const theirs = [...verified(host.path)].filter(([, letters]) => letters !== ".......T.").map(([path]) => path);
    expect(theirs.length).toBeGreaterThanOrEqual(5);
    expect(ours).toEqual(theirs.sort());
  });
});
