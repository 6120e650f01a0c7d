import { describe, expect, it } from "vitest";
import { checks } from "../src/checks/index.generated.ts";

/**
 * The benchmarks that checks refer to, each in one version, as the last recommendation of each section. Of Distribution Independent
 * Linux only the sections that checks refer to are here: who refers to another one adds it.
 */
const benchmarks: Readonly<Record<string, string>> = {
  "CIS Docker 1.6.0": "1.1.18 1.2.2 2.18 3.24 4.12 5.32 6.2 7.9",
  // Section 5.6 does not exist in this version.
  "CIS Kubernetes 1.10.0": `
    1.1.21 1.2.29 1.3.7 1.4.2 2.7 3.1.3 3.2.2 4.1.10 4.2.13 4.3.1
    5.1.13 5.2.13 5.3.2 5.4.2 5.5.1 5.7.4`,
  "CIS Distribution Independent Linux 2.0.0": `
    1.1.1.8 1.1.23 2.2.17 3.4.4 3.5.3 4.1.19 5.2.23 5.3.4 5.6 6.1.14 6.2.20`,
  "CIS Debian Linux 12 1.1.0": `
    1.1.1.10 1.1.2.7 1.2.1.2 1.2.2.1 1.3.1.4 1.4.2 1.5.3 1.6.6 1.7.10 2.1.22 2.2.6 2.3.3 2.4.1.8 2.4.2.1
    3.1.3 3.2.4 3.3.11 4.1.1 4.2.7 4.3.10 4.4.3 5.1.22 5.2.7 5.3.1.3 5.3.2.4 5.3.3.4 5.4.1.6 5.4.2.8 5.4.3.3
    6.1.1.4 6.1.2.4 6.1.3.8 6.1.4.1 6.2.1.4 6.2.2.4 6.2.3.21 6.2.4.10 6.3.3 7.1.13 7.2.10`,
  "CIS Red Hat Enterprise Linux 9 2.0.0": `
    1.1.1.9 1.1.2.7 1.2.1.4 1.2.2.1 1.3.1.8 1.4.2 1.5.4 1.6.7 1.7.6 1.8.10 2.1.22 2.2.5 2.3.3 2.4.1.8 2.4.2.1
    3.1.3 3.2.4 3.3.11 4.1.2 4.2.2 4.3.4 5.1.22 5.2.7 5.3.1.3 5.3.2.5 5.3.3.4 5.4.1.6 5.4.2.8 5.4.3.3
    6.1.3 6.2.1.4 6.2.2.4 6.2.3.8 6.2.4.1 6.3.1.4 6.3.2.4 6.3.3.21 6.3.4.10 7.1.13 7.2.9`,
};

const otherSources =
  /^(Pod Security Standards (baseline|restricted): \S.*|NISTIR 8176 section \d+\.\d+|NIST SP 800-\d+ Rev\. \d+)$/;

describe("references of checks", () => {
  it.each([...checks])(
    "%s names benchmarks in the version that all name, and sections and numbers that they have",
    (_, check) => {
      const references = check.references ?? [];
      expect(references.filter((reference) => !stands(reference))).toEqual([]);
      expect(references.length).toBe(new Set(references).size);
    },
  );

  it("every benchmark is referred to", () => {
    const all = [...checks.values()].flatMap(({ references = [] }) => references);
    const idle = Object.keys(benchmarks).filter((benchmark) => !all.some((text) => text.startsWith(`${benchmark} `)));
    expect(idle).toEqual([]);
  });

  it.each([
    ["another version", "CIS Docker 1.5.0 5.4"],
    ["a version cut short", "CIS Kubernetes 1.10 5.2.2"],
    ["no version", "CIS Docker 5.4"],
    ["no number", "CIS Docker 1.6.0"],
    ["a number past the section's end", "CIS Docker 1.6.0 5.33"],
    ["number nought", "CIS Docker 1.6.0 5.0"],
    ["a number with a leading nought", "CIS Docker 1.6.0 5.04"],
    ["a section of another version", "CIS Kubernetes 1.10.0 5.6.2"],
    ["a step too deep", "CIS Kubernetes 1.10.0 5.2.2.1"],
    ["a title", "CIS Docker 1.6.0 5.4 Capabilities"],
    ["a source that is not known", "CIS Podman 1.0.0 1.1"],
  ])("%s would be found", (_, reference) => {
    expect(stands(reference)).toBe(false);
  });

  it.each([
    "CIS Docker 1.6.0 5.4",
    "CIS Docker 1.6.0 3",
    "CIS Debian Linux 12 1.1.0 7.2",
    "CIS Debian Linux 12 1.1.0 5.3",
  ])("%s is a recommendation or a section", (reference) => {
    expect(stands(reference)).toBe(true);
  });
});

/** Whether a reference names a recommendation or a section that its source has. */
function stands(reference: string): boolean {
  const benchmark = Object.keys(benchmarks).find((name) => reference.startsWith(`${name} `));
  if (benchmark === undefined) return otherSources.test(reference);
  const number = reference.slice(benchmark.length + 1);
  if (!/^[1-9]\d*(\.[1-9]\d*)*$/.test(number)) return false;
  const [section, place] = sectionAndPlace(number);
  return (benchmarks[benchmark]?.trim().split(/\s+/) ?? []).some((last) => {
    const [sectionOfLast, highest] = sectionAndPlace(last);
    return last.startsWith(`${number}.`) || (section === sectionOfLast && place <= highest);
  });
}

/** `5.4.2.8` is the eighth of section `5.4.2`. */
function sectionAndPlace(number: string): readonly [section: string, place: number] {
  const dot = number.lastIndexOf(".");
  return [number.slice(0, Math.max(dot, 0)), Number(number.slice(dot + 1))];
}
