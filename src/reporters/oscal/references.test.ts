import { describe, expect, it } from "vitest";
import { sampleInput } from "../../../test/sample-assessment.ts";
import oscal from "../oscal.ts";
import { brokenReferences } from "./references.ts";

const files = new Map(oscal.renderAll!(sampleInput()).map((file) => [file.name, file.text]));
const names = new Set(files.keys());

/** What is found broken after a text in one of the documents is replaced by another. */
function brokenAfter(name: string, from: string | RegExp, to: string): string[] {
  const documents = new Map(
    [...files].filter(([file]) => !file.startsWith("evidence/")).map(([file, text]) => [file, JSON.parse(text)]),
  );
  const changed = files.get(name)!.replace(from, to);
  expect(changed).not.toBe(files.get(name));
  return brokenReferences(documents.set(name, JSON.parse(changed)), names);
}

const other = "00000000-0000-4000-8000-000000000000";

describe("finds", () => {
  it.each([
    [
      "an observation that does not exist",
      "assessment-results.json",
      /"observation-uuid": "[^"]+"/,
      `"observation-uuid": "${other}"`,
      /observation-uuid .* names nothing/,
    ],
    [
      "a risk that does not exist",
      "assessment-results.json",
      /"risk-uuid": "[^"]+"/,
      `"risk-uuid": "${other}"`,
      /risk-uuid .* names nothing/,
    ],
    [
      "a subject that does not exist",
      "assessment-results.json",
      /"subject-uuid": "[^"]+"/,
      `"subject-uuid": "${other}"`,
      /subject-uuid .* names nothing/,
    ],
    [
      "a tool that does not exist",
      "poam.json",
      /"actor-uuid": "[^"]+"/,
      `"actor-uuid": "${other}"`,
      /actor-uuid .* names nothing/,
    ],
    [
      "a task that is in no imported plan",
      "assessment-results.json",
      /"task-uuid": "[^"]+"/,
      `"task-uuid": "${other}"`,
      /task-uuid .* names nothing/,
    ],
    [
      "an approver that does not exist",
      "poam.json",
      /"party-uuid": "[^"]+"/,
      `"party-uuid": "${other}"`,
      /party-uuid .* names nothing/,
    ],
    [
      "a finding that does not exist",
      "poam.json",
      /"finding-uuid": "[^"]+"/,
      `"finding-uuid": "${other}"`,
      /finding-uuid .* names nothing/,
    ],
    [
      "an activity that does not exist",
      "assessment-plan.json",
      /"activity-uuid": "[^"]+"/,
      `"activity-uuid": "${other}"`,
      /activity-uuid .* names nothing/,
    ],
    [
      "a statement that is in no catalog",
      "assessment-results.json",
      /"target-id": "[^"]+"/,
      '"target-id": "sp800-190-9.9.9_smt.z"',
      /part sp800-190-9\.9\.9_smt\.z is in no catalog/,
    ],
    [
      "a control that is in no catalog",
      "profile.json",
      "sp800-190-4.1.2",
      "sp800-190-4.1.22",
      /control sp800-190-4\.1\.22 is in no catalog/,
    ],
    [
      "a statement of another control",
      "assessment-plan.json",
      "sp800-190-4.1.2_smt.b",
      "sp800-190-4.1.4_smt.a",
      /is not of control/,
    ],
    [
      "a file that does not exist",
      "assessment-results.json",
      /"href": "evidence\/[^"]+"/,
      '"href": "evidence/none.json"',
      /names no file/,
    ],
    [
      "a mapped control that is in no catalog",
      "mapping.json",
      '"id-ref": "sp800-190-4.1.1"',
      '"id-ref": "sp800-190-4.1.9"',
      /mapped sp800-190-4\.1\.9 is in no catalog/,
    ],
    [
      "a local link that names nothing",
      "catalog.json",
      /"href": "#sp800-190[^"]+"/,
      '"href": "#nothing"',
      /names nothing here/,
    ],
  ] as const)("%s", (_what, name, from, to, expected) => {
    expect(brokenAfter(name, from, to).join("\n")).toMatch(expected);
  });
  it("an identifier that is defined twice", () => {
    const [, first] = /"uuid": "([^"]+)"/.exec(files.get("poam.json")!)!;
    const broken = brokenAfter("poam.json", /("uuid": ")[^"]+("[\s\S]*?"uuid": ")[^"]+/, `$1${first}$2${first}`);
    expect(broken.join("\n")).toMatch(/defined more than once/);
  });
});
