import { afterAll, describe, expect, it } from "vitest";
import { collectMadeHost, type MadeHost, type MadeTree, makeHost } from "../../../test/host-roots.ts";
import { faults, hardened } from "../../../test/made-hosts.ts";
import { checks } from "../../checks/index.generated.ts";
import type { Check } from "../../core/check.ts";
import type { Collector } from "../../core/collector.ts";
import type { Finding } from "../../core/finding.ts";
import { judge } from "../../core/judge.ts";
import { defaultSettings } from "../../core/settings.ts";
import type { HostRoot } from "../host-root.ts";
import { collectors } from "../index.generated.ts";

const hostCollectors = [...collectors]
  .filter(([id]) => /^(host|hardware)\/|^registry\/clients$/.test(id))
  .map(([, collector]) => collector as Collector<HostRoot>);
const hostChecks = new Map([...checks].filter(([id]) => /^(host|hardware)\/|^registry\/insecure/.test(id)));
const made: MadeHost[] = [];

async function findings(ids: ReadonlySet<string>, ...trees: readonly MadeTree[]): Promise<Finding[]> {
  const host = makeHost(...trees);
  made.push(host);
  const chosen = new Map([...hostChecks].filter(([id]) => ids.has(id)));
  return judge(chosen, await collectMadeHost(host, collectorsFor(chosen.values())), {
    settings: defaultSettings,
    checks: {},
    waivers: [],
  });
}

/** What derived facts are made of. */
const derivedFrom: Readonly<Record<string, readonly string[]>> = {
  "host/roles": ["host/engine", "hardware/platform", "host/os-release", "host/services"],
  "host/root-paths": ["host/accounts", "host/sudo", "host/engine", "host/root-programs"],
};

function collectorsFor(chosen: Iterable<Check>): Collector<HostRoot>[] {
  const facts = new Set<string>();
  for (const check of chosen)
    for (const { id } of Object.values(check.needs)) for (const fact of derivedFrom[id] ?? [id]) facts.add(fact);
  return hostCollectors.filter(({ provides }) => facts.has(provides.id));
}

const everyCheck = new Set(hostChecks.keys());

afterAll(() => {
  for (const host of made) host.remove();
}, 120_000);

describe("made hosts", () => {
  it("pass where nothing is wrong", async () => {
    const failed = (await findings(everyCheck, hardened)).filter(({ status }) => status === "fail");
    // A made tree belongs to whoever runs the test; only where that is root can owners be right.
    const asRoot = process.getuid?.() === 0;
    const expected = new Set([
      "host/general-purpose-os",
      ...(asRoot
        ? []
        : ["host/guarded-file-open", "host/file-without-owner", "host/root-program-replaceable", "host/path-to-root"]),
    ]);
    expect(
      failed
        .filter(({ check }) => !expected.has(check))
        .map(({ check, key, evidence }) => `${check} ${key}: ${JSON.stringify(evidence[0]?.found)}`),
    ).toEqual(['host/updates-not-automatic automatic updates: "nothing installs security updates by itself"']);
  });

  it.each(faults)("show %s", async (_what, files, check, key) => {
    const found = (await findings(new Set([check]), hardened, files)).filter((finding) => finding.check === check);
    expect(
      found.filter(({ status }) => status === "fail").map((finding) => finding.key),
      JSON.stringify(found.map(({ status, reason, evidence }) => [status, reason, evidence[0]?.found])),
    ).toContain(key);
  });

  it("leave everything unknown or not applicable where there is nothing", async () => {
    const all = await findings(everyCheck, { "etc/os-release": "ID=debian\n" });
    expect(all.filter(({ status }) => status === "pass").map(({ check }) => check)).toEqual([]);
  });

  it("give the same facts twice", async () => {
    const [first, second] = [makeHost(hardened), makeHost(hardened)];
    made.push(first, second);
    const facts = async (host: MadeHost) =>
      (await collectMadeHost(host, hostCollectors)).content.observations.map((observation) =>
        JSON.stringify(observation).replaceAll(host.root.path, ""),
      );
    const [one, two] = [await facts(first), await facts(second)];
    expect(one.filter((text, index) => text !== two[index]).map((text) => text.slice(0, 120))).toEqual([]);
  });
});
