import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { failedChecks, findingsIn, manifestChecks } from "../../../test/manifest-verdicts.ts";
import { sharedData } from "../../../test/shared-data.ts";
import { ManifestSet } from "../../collectors/manifest-set.ts";
import type { Check } from "../../core/check.ts";

/*
 * The official fixtures of the Pod Security Standards: every `fail` pod must fail a check of its level, every `pass` pod none.
 * The checks follow the newest version. Where the standards changed, an old version's expectation is met by leaving the newer
 * control out, or by accepting that the newer one is more lenient; each such case is listed here with its reason.
 */

const fixtures = sharedData("pod-security");
/** Controls that a version of the standards did not have yet: the check counts from that minor version on. */
const since: Readonly<Record<string, number>> = {
  "container/privilege-escalation-allowed": 8,
  "container/capabilities-not-dropped": 22,
  "container/seccomp-not-set": 19,
  "container/probe-to-other-host": 34,
};

/** `fail` fixtures of old versions that the newest version allows. */
const allowedSince: readonly {
  readonly fixture: RegExp;
  readonly level: string;
  readonly until: number;
  readonly why: string;
}[] = [
  {
    fixture: /^procmount\d/,
    level: "baseline",
    until: 35,
    why: "from 1.35 on, a pod with a user namespace of its own (hostUsers: false) may unmask /proc",
  },
];

async function checksOf(level: string): Promise<Map<string, Check>> {
  const isOfLevel = (check: Check) =>
    (check.references ?? []).some((reference) => {
      const [, named] = /^Pod Security Standards (\w+):/.exec(reference) ?? [];
      return named === "baseline" || named === level;
    });
  return new Map([...manifestChecks()].filter(([, check]) => isOfLevel(check)));
}

const known = new Map<string, Promise<string[]>>();

/** The checks that fail; most fixtures are the same in many versions, and are judged once. */
function failuresOf(level: string, text: string, checks: ReadonlyMap<string, Check>): Promise<string[]> {
  const key = `${level}\n${text}`;
  const failures = known.get(key) ?? judgeText(text, checks);
  known.set(key, failures);
  return failures;
}

async function judgeText(text: string, checks: ReadonlyMap<string, Check>): Promise<string[]> {
  const set = new ManifestSet("fixture");
  set.addText(text, "pod.yaml");
  expect(set.unread).toEqual([]);
  return failedChecks(await findingsIn(set, checks));
}

describe.skipIf(!fixtures)("Pod Security Standards fixtures (shared data pod-security)", () => {
  for (const level of ["baseline", "restricted"]) {
    for (const version of fixtures ? readdirSync(`${fixtures}/${level}`) : []) {
      it(`${level} ${version}`, async () => {
        const minor = Number(version.slice("v1.".length));
        const checks = await checksOf(level);
        const wrong: string[] = [];
        for (const expected of ["pass", "fail"]) {
          for (const file of readdirSync(`${fixtures}/${level}/${version}/${expected}`)) {
            const text = readFileSync(`${fixtures}/${level}/${version}/${expected}/${file}`, "utf8");
            const failures = (await failuresOf(level, text, checks)).filter((id) => minor >= (since[id] ?? 0));
            const isExcused =
              expected === "fail" &&
              allowedSince.some((rule) => rule.fixture.test(file) && rule.level === level && minor < rule.until);
            if ((expected === "fail") !== failures.length > 0 && !isExcused)
              wrong.push(`${expected}/${file}: ${failures.join(", ") || "nothing failed"}`);
          }
        }
        expect(wrong).toEqual([]);
      });
    }
  }
});
