import { describe, expect, it } from "vitest";
import { expectGolden } from "../../test/golden-file.ts";
import { hostileText, sampleInput } from "../../test/sample-assessment.ts";
import { columnsOf } from "./parts/columns.ts";
import { renderTerminal } from "./terminal.ts";

const plain = { colour: false, width: 100 };
const sgr = /\u001b\[[0-9;]*m/g;

describe("terminal report", () => {
  it("of one image says what it is, then what fixes it", () => {
    const text = renderTerminal(sampleInput({ singleImage: true }), plain);
    expectGolden("reporters/expected-image.txt", text);
    const order = [
      "Image ",
      "Fixed by updating a package",
      "Fixed by a change of a file",
      "Fixed by a rebuild",
      "No fix known yet",
      "Secrets",
      "Could not be judged",
      "4.1 Image",
      "Gate:",
    ];
    const places = order.map((title) => text.indexOf(`\n${title}`));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
  it("says the same with colour as without", () => {
    const coloured = renderTerminal(sampleInput(), { colour: true, width: 100 });
    expect(coloured).toMatch(sgr);
    expect(coloured.replace(sgr, "")).toBe(renderTerminal(sampleInput(), plain));
  });
  it.each([60, 80, 100, 160])("keeps findings and unknowns within %i columns", (width) => {
    const body = renderTerminal(sampleInput({ hostile: hostileText }), { colour: false, width })
      .split("Fix first")[1]!
      .split("Accepted:")[0]!;
    for (const line of body.split("\n")) expect(columnsOf(line), line).toBeLessThanOrEqual(width);
  });
  it.each([60, 80])("keeps decisions and the names of reports within %i columns", (width) => {
    const reportFiles = ["report.html", "report.json", "results.sarif", "oscal/"].map(
      (name) => `plimsoll-report/${name}`,
    );
    const text = renderTerminal(sampleInput(), { colour: false, width, reportFiles });
    const foot = text.slice(text.indexOf("Accepted:"));
    expect(foot).toContain("Set aside: 3 vulnerabilities");
    for (const line of foot.split("\n").filter((one) => !/^(Coverage|Gate):/.test(one)))
      expect(columnsOf(line), line).toBeLessThanOrEqual(width);
  });
  it("writes no control character of a target's, with colour either", () => {
    const text = renderTerminal(sampleInput({ hostile: hostileText }), {
      colour: true,
      width: 80,
      reportFiles: [hostileText],
    });
    expect(text.replace(sgr, "").replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e\u200b]/u);
    expect(text).toContain("\\u{1b}[31mred");
  });
  it("puts the vulnerabilities of one package on one line", () => {
    const text = renderTerminal(sampleInput(), plain);
    expect(text.match(/openssl@3\.0\.11-1 →/g)).toHaveLength(1);
    expect(text).toContain("2 vulnerabilities");
  });
  it("counts what is accepted, new, expired and unused", () => {
    const text = renderTerminal(sampleInput(), plain);
    expect(text).toContain("Accepted: 1 finding under a waiver, the first to expire on 2026-06-30.");
    expect(text).toContain("New since baseline.json: 2 of 8 failures.");
    expect(text).toContain("Waiver expired on 2026-01-31: container/* · /run/old.sock");
    expect(text).toContain("Waiver matches nothing: CVE-2020-99999");
  });
  it("ends with coverage, the gate and the exit code", () => {
    const lines = renderTerminal(sampleInput(), { ...plain, reportFiles: ["out/report.html", "out/oscal/"] })
      .trimEnd()
      .split("\n")
      .slice(-3);
    expect(lines).toEqual([
      "Coverage: 9 of 13 recommendations assessed, 4 unknown.",
      "Gate: failed (4 critical findings, the policy allows 0). Exit code 1.",
      "Reports: out/report.html · out/oscal/",
    ]);
  });
  it("names where the rest is when there are more findings than it shows", () => {
    const input = sampleInput();
    const one = input.assessment.findings.find((finding) => finding.check === "image/vulnerable-package")!;
    const findings = Array.from({ length: 45 }, (_, index) => ({ ...one, key: `package${index}@1 CVE-2025-1` }));
    const text = renderTerminal(
      { ...input, assessment: { ...input.assessment, findings } },
      { ...plain, reportFiles: ["out/report.html"] },
    );
    expect(text).toContain("25 more findings: out/report.html");
    expect(text).not.toContain("package20@1");
  });
  it("says how many findings the user left out", () => {
    expect(renderTerminal({ ...sampleInput(), hidden: 3 }, plain)).toContain(
      "Not shown: 3 findings that you left out. The gate counted them.",
    );
  });
  it("says that recommendations rest on part of the evidence", () => {
    const input = sampleInput();
    const recommendations = input.assessment.recommendations.map((result) =>
      result.id === "4.3.2-a" ? { ...result, status: "satisfied" as const } : result,
    );
    expect(renderTerminal({ ...input, assessment: { ...input.assessment, recommendations } }, plain)).toMatch(
      /Judged on part of the evidence\n\s+connection refused \(4\.3\.2-a\)/,
    );
  });
});
