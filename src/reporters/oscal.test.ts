import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { hostileText, sampleChecks, sampleInput } from "../../test/sample-assessment.ts";
import { sharedData } from "../../test/shared-data.ts";
import { allRequirements } from "../catalog/catalog.ts";
import { catalog } from "../catalog/load.ts";
import { assess, type GuideRecommendation } from "../core/assessment.ts";
import { sha256 } from "../core/digest.ts";
import type { GuideText, ReportInput } from "../core/reporter.ts";
import { defaultSettings } from "../core/settings.ts";
import type { OscalObject } from "./oscal/document.ts";
import { brokenReferences } from "./oscal/references.ts";
import oscal from "./oscal.ts";

const schemas = sharedData("oscal-1.2.1");
const models: Readonly<Record<string, string>> = {
  catalog: "catalog",
  profile: "profile",
  "component-definition": "component",
  "system-security-plan": "ssp",
  "assessment-plan": "assessment-plan",
  "assessment-results": "assessment-results",
  "plan-of-action-and-milestones": "poam",
  "mapping-collection": "mapping",
};

function filesOf(input: ReportInput): Map<string, string> {
  return new Map(oscal.renderAll!(input).map((file) => [file.name, file.text]));
}
function documentsOf(input: ReportInput): Map<string, OscalObject> {
  return new Map(
    [...filesOf(input)]
      .filter(([name]) => !name.startsWith("evidence/"))
      .map(([name, text]) => [name, JSON.parse(text)]),
  );
}

interface Property {
  readonly name: string;
  readonly value: string;
}
interface Item {
  readonly uuid: string;
  readonly props: readonly Property[];
  readonly collected: string;
  readonly expires: string;
}
interface Risk extends Item {
  readonly status: string;
  readonly deadline?: string;
}
interface Result {
  readonly observations: readonly Item[];
  readonly risks: readonly Risk[];
  readonly findings: readonly (Item & {
    readonly target: {
      readonly "target-id": string;
      readonly status: { readonly state: string; readonly reason: string };
    };
  })[];
  readonly "reviewed-controls": {
    readonly "control-selections": readonly {
      readonly "include-controls": readonly { readonly "statement-ids": readonly string[] }[];
    }[];
  };
}
function bodyOf<T>(input: ReportInput, name: string): T {
  return Object.values(documentsOf(input).get(name)!)[0] as T;
}
const resultOf = (input: ReportInput) =>
  bodyOf<{ readonly results: readonly [Result] }>(input, "assessment-results.json").results[0];
const propertyOf = (item: Item, name: string) => item.props.find((property) => property.name === name)?.value;

const wholeGuide: GuideText = {
  title: catalog.guide.document.title,
  areas: catalog.guide.areas.map(({ id, section, title }) => ({ id, number: section, title })),
  countermeasures: catalog.guide.countermeasures,
  recommendations: catalog.guide.countermeasures.flatMap(({ id, area, recommendations }) =>
    recommendations.map((item) => ({ ...item, countermeasure: id, area })),
  ),
};
const nothing = () => ({ ...sampleInput(), assessment: sampleInput({ order: () => [] }).assessment });
/** The sample judged against every recommendation and requirement, with a check that gives evidence for one of NISTIR 8176. */
function wholeAssessment(): ReportInput {
  const input = sampleInput();
  const requirements = catalog.supplement.sections.flatMap((section) =>
    section.requirements.map((item) => ({ ...item, countermeasure: section.id, area: section.area })),
  );
  const checks = new Map(sampleChecks);
  const root = checks.get("image/runs-as-root")!;
  checks.set("image/runs-as-root", { ...root, clauses: ["4.1.2-b", "8176-6-a"] });
  const judgement = { settings: defaultSettings, checks: {}, waivers: [], declarations: [] };
  const assessment = assess(
    [...wholeGuide.recommendations, ...requirements] as GuideRecommendation[],
    checks,
    input.assessment.snapshot,
    judgement,
  );
  return { ...input, guide: wholeGuide, checks, assessment };
}
const inputs: readonly (readonly [string, () => ReportInput])[] = [
  ["the sample", () => sampleInput()],
  ["one image", () => sampleInput({ singleImage: true, withoutBaseline: true })],
  ["hostile names", () => sampleInput({ hostile: hostileText })],
  ["nothing collected", nothing],
  ["the whole guide and NISTIR 8176", wholeAssessment],
];

describe.each(inputs)("OSCAL documents of %s", (_name, make) => {
  it.skipIf(!schemas)("are valid by NIST's JSON schemas 1.2.1 (needs ../shared/data/oscal-1.2.1)", () => {
    for (const [name, document] of documentsOf(make())) {
      const model = models[Object.keys(document)[0]!]!;
      const validate = validatorOf(model);
      const valid = validate(document);
      expect(
        valid
          ? []
          : validate
              .errors!.slice(0, 3)
              .map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`),
        name,
      ).toEqual([]);
    }
  });
  it("refer only to what exists", () => {
    const input = make();
    expect(brokenReferences(documentsOf(input), new Set(filesOf(input).keys()))).toEqual([]);
  });
});

const validators = new Map<string, ReturnType<Ajv["compile"]>>();
function validatorOf(model: string): ReturnType<Ajv["compile"]> {
  const known = validators.get(model);
  if (known) return known;
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(`${schemas}/oscal_${model}_schema.json`, "utf8")));
  validators.set(model, validate);
  return validate;
}

describe("catalogs", () => {
  interface Part {
    readonly id?: string;
    readonly name: string;
    readonly title?: string;
    readonly parts?: readonly Part[];
  }
  interface Catalog {
    readonly groups: readonly {
      readonly controls: readonly { readonly id: string; readonly parts: readonly Part[] }[];
    }[];
  }
  const controlsOf = (input: ReportInput, name: string) =>
    bodyOf<Catalog>(input, name).groups.flatMap((group) => group.controls);
  const statementsOf = (input: ReportInput, name: string) =>
    controlsOf(input, name).flatMap((control) => control.parts.find((part) => part.name === "statement")?.parts ?? []);
  const whole = { ...sampleInput(), guide: wholeGuide };

  it("hold the whole of SP 800-190: 6 groups, 24 controls, 147 statements, 23 risks", () => {
    expect(bodyOf<Catalog>(whole, "catalog.json").groups).toHaveLength(6);
    expect(controlsOf(whole, "catalog.json")).toHaveLength(24);
    expect(statementsOf(whole, "catalog.json")).toHaveLength(147);
    expect(
      controlsOf(whole, "catalog.json").flatMap((control) => control.parts.filter((part) => part.name === "risk")),
    ).toHaveLength(23);
  });
  it("hold NISTIR 8176 with an id of its own for every requirement", () => {
    const statements = statementsOf(whole, "catalog-nistir-8176.json");
    expect(statements).toHaveLength(allRequirements(catalog).length);
    expect(new Set(statements.map((part) => part.id)).size).toBe(statements.length);
    expect(statements.map((part) => part.id)).toEqual(
      expect.arrayContaining(["nistir8176-5.4_smt.b", "nistir8176-5.1_smt.all", "nistir8176-6_smt.d1"]),
    );
  });
  it("are mapped to SP 800-53 by NIST's identifiers, and NISTIR 8176 to SP 800-190", () => {
    interface Side {
      readonly "id-ref": string;
    }
    interface Mapping {
      readonly maps: readonly { readonly sources: readonly Side[]; readonly targets: readonly Side[] }[];
    }
    const [controls, requirements] = bodyOf<{ readonly mappings: readonly Mapping[] }>(whole, "mapping.json").mappings;
    expect(controls!.maps).toHaveLength(24);
    const targets = controls!.maps.flatMap((map) => map.targets.map((target) => target["id-ref"]));
    expect(targets).toEqual(expect.arrayContaining(["ra-5", "ia-5.7"]));
    for (const target of targets) expect(target).toMatch(/^[a-z]{2}-\d{1,2}(\.\d{1,2})?$/);
    expect(requirements!.maps.length).toBeGreaterThan(0);
  });
  it("give each recommendation an objective that points back at it", () => {
    expect(brokenReferences(documentsOf(whole), new Set(filesOf(whole).keys()))).toEqual([]);
  });
});

describe("assessment results", () => {
  const result = resultOf(sampleInput());
  const findingOf = (id: string) => result.findings.find((finding) => finding.target["target-id"] === id);

  it("give satisfied and not-satisfied for what was judged only", () => {
    expect(findingOf("sp800-190-4.2.1_smt.a")?.target.status).toMatchObject({ state: "satisfied", reason: "pass" });
    expect(findingOf("sp800-190-4.4.3_smt.c")?.target.status).toMatchObject({ state: "not-satisfied", reason: "fail" });
    expect(findingOf("sp800-190-4.5.4_smt.a")?.target.status).toMatchObject({ state: "satisfied", reason: "other" });
  });
  it("have no finding for unknown and not-applicable, but an observation with the reason", () => {
    for (const [id, status] of [
      ["4.3.2-a", "unknown"],
      ["4.6-g", "unknown"],
      ["4.4.3-d", "not-applicable"],
    ] as const) {
      expect(findingOf(`sp800-190-${id.replace("-", "_smt.")}`)).toBeUndefined();
      const observation = result.observations.find((item) => propertyOf(item, "recommendation") === id);
      expect(observation && propertyOf(observation, "status")).toBe(status);
    }
  });
  it("review no statement that was not judged", () => {
    const reviewed = result["reviewed-controls"]["control-selections"]
      .flatMap((selection) => selection["include-controls"])
      .flatMap((control) => control["statement-ids"]);
    expect(reviewed).toContain("sp800-190-4.1.2_smt.b");
    expect(reviewed).not.toContain("sp800-190-4.3.2_smt.a");
    expect(reviewed).not.toContain("sp800-190-4.4.3_smt.d");
  });
  it("give a waived failure a risk with an approved deviation and its expiry", () => {
    const approved = result.risks.filter((risk) => risk.status === "deviation-approved");
    expect(approved).toHaveLength(1);
    expect(approved[0]?.deadline).toBe("2026-06-30T23:59:59Z");
    expect(result.risks.filter((risk) => risk.status === "open").length).toBeGreaterThan(2);
  });
  it("let observations expire a day after they were collected, a statement when it does itself", () => {
    const test = result.observations.find((item) => propertyOf(item, "check") === "image/runs-as-root");
    expect([test?.collected, test?.expires]).toEqual(["2026-03-01T09:30:00.000Z", "2026-03-02T09:30:00.000Z"]);
    expect(result.observations.find((item) => propertyOf(item, "status") === "declared")?.expires).toBe(
      "2026-09-30T23:59:59Z",
    );
  });
});

it("evidence files are named by the digest of what they hold", () => {
  const evidence = [...filesOf(sampleInput())].filter(([name]) => name.startsWith("evidence/"));
  expect(evidence.length).toBeGreaterThan(4);
  for (const [name, text] of evidence) expect(name).toBe(`evidence/sha256-${sha256(text)}.json`);
});

it("identifiers of findings, observations and risks are the same in the next run", () => {
  const uuidsOf = (input: ReportInput) => {
    const { observations, findings, risks } = resultOf(input);
    return [observations, findings, risks].map((list) => list.map((item) => item.uuid));
  };
  expect(uuidsOf(sampleInput({ created: "2026-03-08T00:00:00.000Z" }))).toEqual(uuidsOf(sampleInput()));
});

it("plan of action lists every open failure and every waiver", () => {
  const itemsOf = (input: ReportInput) =>
    bodyOf<{ readonly "poam-items": readonly Item[] }>(input, "poam.json")["poam-items"];
  expect(itemsOf(sampleInput())).toHaveLength(5);
  expect(itemsOf(sampleInput()).filter((item) => propertyOf(item, "waiver-expires") === "2026-06-30")).toHaveLength(1);
  expect(itemsOf(nothing())).toHaveLength(1);
});

it("thresholds are set only where the organisation's settings are given", () => {
  const modifyOf = (input: ReportInput) =>
    bodyOf<{ readonly modify?: { readonly "set-parameters": readonly unknown[] } }>(input, "profile.json").modify;
  expect(modifyOf(sampleInput())).toBeUndefined();
  const settings = {
    cvssThreshold: 8,
    maxImageAgeDays: 30,
    trustedRegistries: ["registry.example"],
    trustedBases: [],
    sensitivityLabel: "level",
    sensitivityLevels: [],
  };
  const input: ReportInput & { settings: typeof settings } = { ...sampleInput(), settings };
  expect(modifyOf(input)?.["set-parameters"]).toEqual([
    { "param-id": "sp800-190-4.1.1_prm.cvss-threshold", values: ["8"] },
    { "param-id": "sp800-190-4.1.2_prm.max-image-age", values: ["30 days"] },
  ]);
  expect(brokenReferences(documentsOf(input), new Set(filesOf(input).keys()))).toEqual([]);
});

it("two images that share an identity keep observations of their own", () => {
  const input = sampleInput({ sharedIdentity: true });
  expect(brokenReferences(documentsOf(input), new Set(filesOf(input).keys()))).toEqual([]);
});
