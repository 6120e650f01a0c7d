import { describe, expect, it } from "vitest";
import { assess } from "../../core/assessment.ts";
import { defineCheck, type Evidence, fail } from "../../core/check.ts";
import { defaultSettings } from "../../core/settings.ts";
import { type Observation, Snapshot } from "../../core/snapshot.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import { placed } from "./placement.ts";

const subject = "image/sha256:a";
const lineage = {
  ancestors: [{ subject: "image/sha256:b", name: "debian:12", layers: 2 }],
  derived: [],
  baseLayers: 2,
  shownBy: "layers",
  newerBases: [],
  needsRebuild: false,
  rebuildStep: 1,
};
const renewal = {
  base: lineage.ancestors[0],
  newer: { subject: "image/sha256:n", name: "debian:12", created: "2025-11-18T00:00:00Z" },
  through: [],
  removes: ["curl CVE-1"],
  keeps: 0,
  brings: 0,
};

function vulnerability(id: string, layer: number | undefined, fixedVersion?: string): Evidence {
  return {
    at: "curl",
    found: "curl 1",
    key: `curl@1 ${id}`,
    layer,
    fix: `apt-get install --only-upgrade curl`,
    details: { kind: "vulnerability", package: "curl", id, fixedVersion },
  };
}

/** What becomes of evidence in an image of four layers, two of which are its base's. */
function answered(evidence: Evidence, facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const identity = {
    name: "shop:1",
    references: [],
    format: "test",
    configDigest: "sha256:c",
    platform: { os: "linux", architecture: "amd64" },
    size: 1,
    layers: [0, 1, 2, 3].map((layer) => ({ diffId: `${layer}`, size: 1, createdBy: `RUN  step ${layer} ` })),
  };
  const observations: Observation[] = Object.entries({ "image/identity": identity, ...facts }).map(([fact, value]) => ({
    fact,
    subject,
    source: "test",
    value,
  }));
  const target = { kind: "image" as const, name: "shop:1", subject, identity: subject };
  const snapshot = new Snapshot({ tool: "test", created: "2026-01-01T00:00:00Z", targets: [target], observations });
  const check = defineCheck({
    title: "Made",
    severity: "high",
    clauses: ["4.1.1-f"],
    why: "made",
    fix: "made",
    needs: { identity: imageIdentity },
    evaluate: () => fail(evidence),
    examples: { pass: [{ identity }], fail: [{ identity }] },
  });
  const judgement = { settings: defaultSettings, checks: {}, waivers: [], declarations: [] };
  const [finding] = placed(assess([], new Map([["image/made", check]]), snapshot, judgement)).findings;
  return { fix: finding?.fix, ...finding?.evidence[0]?.details };
}

describe("the answer to a finding", () => {
  const known = { "image/lineage": lineage, "image/renewal": renewal };
  it.each([
    ["a rebuild where the newer base does not have it", vulnerability("CVE-1", 1, "2"), known, "rebuild"],
    ["a rebuild even where the package has no fix yet", vulnerability("CVE-1", 1), known, "rebuild"],
    ["an update where the newer base has it too", vulnerability("CVE-2", 1, "2"), known, "update"],
    ["an update in an added layer", vulnerability("CVE-1", 2, "2"), known, "update"],
    ["an update where no layer is known", vulnerability("CVE-1", undefined, "2"), known, "update"],
    ["no fix yet", vulnerability("CVE-2", 1), known, "none"],
    [
      "a rebuild where no newer base was scanned",
      vulnerability("CVE-1", 1, "2"),
      { "image/lineage": lineage },
      "rebuild",
    ],
    ["an update where nothing tells the base", vulnerability("CVE-1", 1, "2"), {}, "update"],
    ["a change of the file", { at: "/etc/key", found: "a key", key: "x", layer: 3 }, known, "file"],
    ["a change of the file in the base, too", { at: "/etc/key", found: "a key", key: "x", layer: 0 }, known, "file"],
  ])("is %s", (_, evidence, facts, expected) => expect(answered(evidence, facts)).toMatchObject({ remedy: expected }));

  it("says what the rebuild removes, or that it is not known", () => {
    expect(answered(vulnerability("CVE-1", 1, "2"), known)["fix"]).toBe(
      "rebuild on debian:12 of 2025-11-18: removes 1 finding here",
    );
    expect(answered(vulnerability("CVE-1", 1, "2"), { "image/lineage": lineage })["fix"]).toBe(
      "rebuild on a newer debian:12: not scanned yet, so unknown how many this removes; or apt-get install --only-upgrade curl",
    );
    expect(answered(vulnerability("CVE-1", 2, "2"), known)["fix"]).toBe("apt-get install --only-upgrade curl");
  });
});

describe("the place of a finding", () => {
  it.each([
    [
      0,
      { "image/lineage": lineage },
      { origin: "base", layer: 0, layers: 4, instruction: "RUN step 0", base: "debian:12" },
    ],
    [
      2,
      { "image/lineage": lineage },
      { origin: "own", layer: 2, layers: 4, instruction: "RUN step 2", base: "debian:12" },
    ],
    [2, {}, { origin: "unknown", layer: 2, layers: 4, instruction: "RUN step 2" }],
  ])("in layer %i", (layer, facts, expected) => {
    expect(answered({ at: "/x", found: 1, key: "x", layer }, facts)["placement"]).toEqual(expected);
  });
  it("is not told where no layer is known", () => {
    expect(answered({ at: "/x", found: 1, key: "x" }, { "image/lineage": lineage })).not.toHaveProperty("placement");
  });
});
