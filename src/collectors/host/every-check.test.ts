import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collectMadeHost, type MadeHost, madeNow, makeHost, makeHostWith, placeAll } from "../../../test/host-roots.ts";
import { type MadeRoot, madeAdvisories, madeByRoot, madeRoots } from "../../../test/made-host-roots.ts";
import { faults, hardened } from "../../../test/made-hosts.ts";
import { checks } from "../../checks/index.generated.ts";
import type { Collector } from "../../core/collector.ts";
import type { Finding } from "../../core/finding.ts";
import { judge } from "../../core/judge.ts";
import { defaultSettings } from "../../core/settings.ts";
import { storedBaseline } from "../../formats/host/baseline.ts";
import type { BaselineSource, HostRoot } from "../host-root.ts";
import { collectors } from "../index.generated.ts";
import { takeBaseline } from "./baseline-state.ts";

const hostCollectors = [...collectors]
  .filter(([id]) => id.startsWith("host/"))
  .map(([, collector]) => collector as Collector<HostRoot>);
const hostChecks = new Map([...checks].filter(([id]) => id.startsWith("host/")));
const isRoot = process.getuid?.() === 0;
const roots = isRoot ? [...madeRoots, ...madeByRoot] : madeRoots;
/** Checks whose failing root only root can make. */
const needRoot = madeByRoot.flatMap(({ fails, passes }) => [...fails, ...passes]);

const folder = mkdtempSync(join(tmpdir(), "every-check-"));
const hosts: MadeHost[] = [];
/** The statuses that each check had on some root. */
const seen = new Map<string, Set<string>>([...hostChecks.keys()].map((id) => [id, new Set<string>()]));
const byRoot = new Map<string, Map<string, Finding[]>>();

async function opened(root: MadeRoot): Promise<MadeHost> {
  const given = root.capabilities === undefined ? {} : { capabilities: kept(root.capabilities) };
  const options = { given, ...(root.hides ? { hides: root.hides } : {}) };
  const host = makeHostWith(options, ...root.trees);
  hosts.push(host);
  if (root.afterBaseline === undefined) return host;
  const baseline = await signedBaseline(host);
  const again = makeHostWith({ ...options, given: { ...given, baseline } }, ...root.trees);
  hosts.push(again);
  placeAll(again.root.path, root.afterBaseline);
  return again;
}

function kept(text: string): string {
  const file = join(folder, `${hosts.length}.capabilities`);
  writeFileSync(file, text);
  return file;
}

async function signedBaseline(host: MadeHost): Promise<BaselineSource> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const [file, key] = [join(folder, `${hosts.length}.baseline`), join(folder, `${hosts.length}.pub`)];
  writeFileSync(file, storedBaseline(await takeBaseline(host.root, ["/etc"], madeNow), privateKey));
  writeFileSync(key, publicKey.export({ type: "spki", format: "pem" }));
  return { file, key };
}

async function judged(
  host: MadeHost,
  { hostRoles, advisories = madeAdvisories }: Partial<MadeRoot> = {},
  used: readonly Collector<HostRoot>[] = hostCollectors,
): Promise<Map<string, Finding[]>> {
  const settings = { ...defaultSettings, ...(hostRoles ? { hostRoles: [...hostRoles] } : {}) };
  const snapshot = await collectMadeHost(host, used, advisories);
  const found = new Map<string, Finding[]>();
  for (const finding of judge(hostChecks, snapshot, { settings, checks: {}, waivers: [] })) {
    found.set(finding.check, [...(found.get(finding.check) ?? []), finding]);
    seen.get(finding.check)!.add(finding.status);
  }
  return found;
}

/** The collectors of what checks read; all of them where a fact that they read is derived. */
function collectorsFor(...names: readonly string[]): readonly Collector<HostRoot>[] {
  const needed = new Set(names.flatMap((name) => Object.values(hostChecks.get(name)?.needs ?? {}).map(({ id }) => id)));
  const own = hostCollectors.filter(({ provides }) => needed.has(provides.id));
  return own.length === needed.size ? own : hostCollectors;
}

beforeAll(async () => {
  for (const root of roots) {
    const used = collectorsFor(...[...root.fails, ...root.passes].map((name) => `host/${name}`));
    byRoot.set(root.name, await judged(await opened(root), root, used));
  }
  const host = makeHost(hardened);
  hosts.push(host);
  await judged(host);
  // A single fault is planted only where no whole host fails the check yet.
  for (const [, files, check] of faults) {
    if (!hostChecks.has(check) || seen.get(check)!.has("fail")) continue;
    const faulty = makeHost(hardened, files);
    hosts.push(faulty);
    await judged(faulty, {}, collectorsFor(check));
  }
}, 240_000);

afterAll(() => {
  for (const host of hosts) host.remove();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

function statusesOf(root: MadeRoot, name: string): string {
  const findings = byRoot.get(root.name)!.get(`host/${name}`) ?? [];
  return findings.map(({ status, reason }) => (reason === undefined ? status : `${status} (${reason})`)).join(", ");
}

describe.each(roots.map((root) => [root.name, root] as const))("%s", (_name, root) => {
  it.each([...root.fails])("fails %s", (name) => {
    expect(hostChecks.has(`host/${name}`)).toBe(true);
    expect(statusesOf(root, name)).toMatch(/\bfail\b/);
  });
  it.each([...root.passes])("passes %s", (name) => {
    expect(hostChecks.has(`host/${name}`)).toBe(true);
    expect(statusesOf(root, name)).toMatch(/^pass$/);
  });
});

describe("every host check", () => {
  it("has at least 25 hosts of different kinds", () => {
    expect(new Set(madeRoots.map(({ name }) => name)).size).toBeGreaterThanOrEqual(25);
  });

  it.each([...hostChecks.keys()])("%s fails on a made host and passes on another", (id) => {
    if (!isRoot && needRoot.includes(id.slice("host/".length))) return;
    expect([...seen.get(id)!].filter((status) => status === "fail" || status === "pass").sort()).toEqual([
      "fail",
      "pass",
    ]);
  });

  it.skipIf(!isRoot)("is made by root, so that owners and devices are (skipped for others)", () => {
    expect(execFileSync("/usr/bin/id", ["-u"], { encoding: "utf8" }).trim()).toBe("0");
  });
});
