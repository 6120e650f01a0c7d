import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { makeHost } from "../../../../test/host-roots.ts";
import { hardened } from "../../../../test/made-hosts.ts";
import type { Evidence } from "../../../core/check.ts";
import { defaultSettings, Settings } from "../../../core/settings.ts";
import { checks } from "../../index.generated.ts";
import { type FixableItem, fixedChecks, fixScript, hostFixOf } from "./host-fixes.ts";

const hostChecks = [...checks].filter(([id]) => id.startsWith("host/"));
const folder = mkdtempSync(join(tmpdir(), "host-fixes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The evidence of every failing example of a check. */
function failures(id: string): Evidence[] {
  const check = checks.get(id)!;
  return check.examples.fail.flatMap((example) => {
    const facts = example as Record<string, unknown>;
    const given = Object.fromEntries(
      Object.entries(check.needs).map(([name, fact]) => [name, fact.schema.parse(facts[name])]),
    );
    const { now, settings, params } = example.context ?? {};
    const verdict = check.evaluate(given, {
      now: new Date(now ?? "2026-01-01T00:00:00Z"),
      settings: Settings.parse({ ...defaultSettings, ...settings }),
      params: check.params?.parse(params ?? {}),
    });
    return verdict.status === "fail" ? [...verdict.evidence] : [];
  });
}

const items: FixableItem[] = hostChecks.flatMap(([check, { title, fix }]) =>
  failures(check).map((evidence) => ({ check, title, fix: evidence.fix ?? fix, evidence })),
);

/** sh reads it without running it. */
function isSound(script: string): boolean {
  return spawnSync("/bin/sh", ["-n"], { input: script }).status === 0;
}

/** Every path of a tree with its rights and content. */
function stateOf(root: string, path = ""): string[] {
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => {
      const inner = `${path}/${name}`;
      const stats = lstatSync(join(root, inner));
      const kind = `${inner} ${(stats.mode & 0o7777).toString(8)}`;
      if (stats.isSymbolicLink()) return [`${inner} -> ${readlinkSync(join(root, inner))}`];
      return stats.isDirectory()
        ? [kind, ...stateOf(root, inner)]
        : [`${kind} ${readFileSync(join(root, inner), "latin1")}`];
    });
}

function runOn(root: string, script: string): void {
  execFileSync("/bin/sh", ["-s"], {
    input: script,
    env: { PATH: process.env["PATH"], PLIMSOLL_ROOT: root },
    stdio: ["pipe", "ignore", "pipe"],
  });
}

describe("every host check", () => {
  it.each(hostChecks.map(([id]) => id))("%s has a script or says why not, and its impact on containers", (id) => {
    const fix = hostFixOf(id);
    expect(fix, "add it to src/checks/host/fixes").toBeDefined();
    expect(fix!.impact.length).toBeGreaterThan(3);
    expect(fix!.script !== undefined || (fix!.byHand ?? "").length > 10).toBe(true);
    const found = failures(id);
    expect(found.length).toBeGreaterThan(0);
    for (const evidence of found) {
      const script = fix!.script?.(evidence);
      if (script === undefined) expect(fix!.byHand ?? "", `no script for ${evidence.key}`).toMatch(/.{10}/);
      else expect(isSound(script), script).toBe(true);
    }
  });

  it("is known by name: no fix is left of a check that is gone", () => {
    const known = new Set(hostChecks.map(([id]) => id));
    expect(fixedChecks().filter((id) => !known.has(id))).toEqual([]);
  });
});

describe("the script of all", () => {
  const script = fixScript(items);

  it("is sound for sh, names each check and each impact", () => {
    expect(isSound(script)).toBe(true);
    for (const [id] of hostChecks) expect(script).toContain(`(${id})`);
    expect(script.match(/^# Impact on containers: /gm)!.length).toBeGreaterThanOrEqual(hostChecks.length / 2);
  });

  it("leaves a host the same when it runs twice, changes it when it runs once, and keeps what was there", () => {
    const host = makeHost(hardened);
    const before = stateOf(host.root.path);
    runOn(host.root.path, script);
    const once = stateOf(host.root.path);
    runOn(host.root.path, script);
    expect(stateOf(host.root.path)).toEqual(once);
    expect(once).not.toEqual(before);
    expect(existsSync(join(host.root.path, "var/lib/plimsoll/before/etc/profile.d/timeout.sh"))).toBe(true);
    expect(readFileSync(join(host.root.path, "etc/sysctl.d/90-plimsoll.conf"), "utf8")).toMatch(
      /^kernel\/kptr_restrict = \d$/m,
    );
    host.remove();
  });

  it("takes equal steps once", () => {
    const [first] = items.filter(({ check }) => check === "host/kernel-pointers-exposed");
    expect(fixScript([first!, first!])).toBe(fixScript([first!]));
  });
});

describe("hostile names", () => {
  const mark = join(folder, "mark");
  const nasty = fc.oneof(
    fc.constantFrom(
      `'; touch ${mark}; '`,
      `$(touch ${mark})`,
      `\`touch ${mark}\``,
      `\n touch ${mark}\n`,
      `/etc/x\ntouch ${mark}`,
      `/run/a';touch ${mark};'`,
      `x.service; touch ${mark}`,
      `x.service\ntouch ${mark}\n.service`,
      `/etc/$(touch ${mark})/admin.conf`,
      `-rf /`,
      `writes to /etc/x;touch ${mark}`,
      `runs of /usr/bin/$(touch\t${mark})`,
      `kernel.x\r\ntouch ${mark}`,
    ),
    fc.string({ unit: "binary", maxLength: 30 }),
  );
  const evidence = fc.record({
    at: fc.oneof(
      nasty,
      nasty.map((text) => `/proc/sys/${text}`),
    ),
    found: nasty,
    expected: fc.oneof(
      nasty,
      nasty.map((text) => `1${text}`),
    ),
    key: fc.oneof(
      nasty,
      nasty.map((text) => `/etc/${text}`),
      nasty.map((text) => `${text}.service`),
    ),
    fix: fc.oneof(
      nasty,
      fc.constant("chmod 0600 x"),
      nasty.map((text) => `chmod 0600 ${text}`),
      fc.constant("mount -o remount,nodev x"),
      fc.constant("apt-mark unhold x"),
    ),
  });

  it("give sound scripts whose every step runs nothing of theirs", () => {
    const root = mkdtempSync(join(folder, "root-"));
    writeFileSync(join(root, "file"), "");
    fc.assert(
      fc.property(evidence, (one) => {
        const script = fixScript(
          hostChecks.map(([check, { title, fix }]) => ({ check, title, fix: one.fix ?? fix, evidence: one })),
        );
        // A NUL ends any argument: no file can have it in its name.
        const input = script.replaceAll("\0", "");
        expect(isSound(input), JSON.stringify(one)).toBe(true);
        const { status, stderr } = spawnSync("/bin/sh", ["-s"], {
          input,
          env: { PATH: process.env["PATH"], PLIMSOLL_ROOT: root },
          encoding: "utf8",
        });
        expect(existsSync(mark), JSON.stringify(one)).toBe(false);
        expect([0, 1, 2]).toContain(status);
        expect(stderr).not.toMatch(/not found/);
      }),
      { numRuns: 60 },
    );
  });
});
