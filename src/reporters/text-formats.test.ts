import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileText, sampleInput } from "../../test/sample-assessment.ts";
import csv from "./csv.ts";
import github from "./github.ts";
import gitlab from "./gitlab.ts";
import junit from "./junit.ts";
import markdown from "./markdown.ts";
import { markdownText } from "./parts/markdown-text.ts";

/** Fails on what a conforming XML 1.0 parser refuses, and returns the elements by name. Knows no more of XML than JUnit files need. */
function elementsOf(xml: string): Map<string, number> {
  const counts = new Map<string, number>();
  const open: string[] = [];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "");
  expect(body).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  const token =
    /<(\/?)([a-z]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos);)*")*)(\/?)>|((?:[^<&>]|&(?:amp|lt|gt|quot|apos);)+)/gy;
  let end = 0;
  for (const match of body.matchAll(token)) {
    end = match.index + match[0].length;
    const [, closing, name, attributes, empty] = match;
    if (name === undefined) continue;
    if (closing) expect(open.pop()).toBe(name);
    else {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const names = [...attributes!.matchAll(/ ([a-z]+)=/g)].map(([, attribute]) => attribute);
      expect(new Set(names).size).toBe(names.length);
      if (!empty) open.push(name);
    }
  }
  expect(end).toBe(body.length);
  expect(open).toEqual([]);
  return counts;
}

describe("JUnit", () => {
  it("is well-formed whatever a target is called", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(hostileText), fc.string({ unit: "binary" })), (hostile) => {
        elementsOf(junit.render(sampleInput({ hostile })));
      }),
      { numRuns: 25 },
    );
  });
  it("counts what it holds", () => {
    const text = junit.render(sampleInput());
    const elements = elementsOf(text);
    expect(text).toContain(
      `<testsuites name="Plimsoll SP 800-190" tests="${elements.get("testcase")}" failures="${elements.get("failure")}" errors="0" skipped="${elements.get("skipped")}"`,
    );
    expect([elements.get("failure"), elements.get("skipped")]).toEqual([4, 4]);
  });
  it("skips a case whose every failure was accepted, with the reason", () => {
    const input = sampleInput();
    const waiver = { reason: "known", approver: "us", expires: "2026-12-31" };
    const findings = input.assessment.findings.map((finding) =>
      finding.status === "fail" ? { ...finding, waiver } : finding,
    );
    const text = junit.render({ ...input, assessment: { ...input.assessment, findings } });
    expect(elementsOf(text).get("failure")).toBeUndefined();
    expect(text).toContain('<skipped message="accepted until 2026-12-31: known"/>');
  });
});

/** RFC 4180 §2: fields, quoted or not, split by commas, records ended by CRLF. */
function recordsOf(text: string): string[][] {
  expect(text.endsWith("\r\n")).toBe(true);
  return text
    .slice(0, -2)
    .split("\r\n")
    .map((record) => {
      const fields = [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)].map(
        ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!,
      );
      expect(fields.length, record).toBe(23);
      return fields;
    });
}

describe("CSV", () => {
  it("has a record a finding whatever a target is called", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(hostileText), fc.string({ unit: "binary" })), (hostile) => {
        const input = sampleInput({ hostile });
        expect(recordsOf(csv.render(input))).toHaveLength(input.assessment.findings.length + 1);
      }),
      { numRuns: 25 },
    );
  });
  it.each(["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "|x", "%x"])(
    "guards %j, which a spreadsheet might compute",
    (text) => {
      const input = sampleInput();
      const findings = input.assessment.findings.map((finding) => ({ ...finding, key: text }));
      const [header, first] = recordsOf(csv.render({ ...input, assessment: { ...input.assessment, findings } }));
      expect(first![header!.indexOf("key")]).toBe(`'${text}`);
    },
  );
  it("leaves numbers and words alone", () => {
    const [header, first] = recordsOf(csv.render(sampleInput()));
    expect(first![header!.indexOf("key")]).toBe("openssl@3.0.11-1 CVE-2025-10001");
    expect(first![header!.indexOf("layer")]).toBe("0");
  });
});

describe("Markdown", () => {
  it("has the same number of cells in every row of a table whatever a target is called", () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(hostileText), fc.string({ unit: "binary" })), (hostile) => {
        const rows = markdown
          .render(sampleInput({ hostile }))
          .split("\n")
          .filter((line) => line.startsWith("|"));
        for (const row of rows) expect([9, 8]).toContain(row.split("|").length);
      }),
      { numRuns: 25 },
    );
  });
  it.each([
    "<img src=x>",
    "[a](http://x)",
    "![a](b)",
    "`x`",
    "*x*",
    "@org/team",
    "#12",
    "a|b",
    "www.evil.example",
    "https://evil.example",
    ":smile:",
    "$x$",
    "~~x~~",
    "&lt;",
  ])("shows %j as it is", (text) => {
    const written = markdownText(text);
    expect(written).not.toMatch(/[<>[\]`*@|~$]|#(?!\d+;)|&(?!#\d+;)|:\/\/|www\.|:smile:/);
    expect(written.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(text);
  });
});

describe("GitHub annotations", () => {
  it("is one command a line that a target cannot leave or add to", () => {
    for (const line of github
      .render(sampleInput({ hostile: hostileText }))
      .trimEnd()
      .split("\n")) {
      expect(line).toMatch(/^::(error|warning|notice) (?:[a-z]+=[^:,]*)(?:,[a-z]+=[^:,]*)*::/);
      expect(line).not.toMatch(/%(?!25|0D|0A|3A|2C)/);
    }
  });
  it("points at file and line where there are any", () => {
    expect(github.render(sampleInput())).toContain(
      "::error file=compose.yaml,line=31,title=critical%3A Engine socket mounted (4.4.3-c)::docker ci:",
    );
  });
});

describe("GitLab container scanning report", () => {
  interface Vulnerability {
    readonly name: string;
    readonly solution: string;
    readonly severity: string;
    readonly identifiers: readonly { readonly type: string; readonly value: string }[];
    readonly location: {
      readonly image: string;
      readonly operating_system: string;
      readonly dependency: { readonly package: { readonly name: string }; readonly version: string };
    };
  }
  const reportOf = (hostile: string) =>
    JSON.parse(gitlab.render(sampleInput({ hostile }))) as {
      readonly scan: Readonly<Record<string, unknown>>;
      readonly vulnerabilities: readonly Vulnerability[];
    };

  it("holds open vulnerabilities only, as the format 15.0.7 wants them", () => {
    const { vulnerabilities } = reportOf("");
    expect(vulnerabilities.map((item) => item.name)).toEqual([
      "CVE-2025-10001",
      "CVE-2025-10004",
      "CVE-2025-10003",
      "CVE-2025-10002",
    ]);
    expect(vulnerabilities[0]).toMatchObject({
      severity: "Critical",
      identifiers: [{ type: "cve", value: "CVE-2025-10001" }],
      location: {
        image: "registry.example/shop/api:1.4.2",
        operating_system: "debian:12",
        dependency: { package: { name: "openssl" }, version: "3.0.11-1" },
      },
    });
  });
  it("keeps to the format's lengths and times", () => {
    const { scan, vulnerabilities } = reportOf(hostileText.repeat(200));
    expect(scan["start_time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    for (const item of vulnerabilities) {
      expect(item.name.length).toBeLessThanOrEqual(255);
      expect(item.solution.length).toBeLessThanOrEqual(7000);
      expect(item.location.operating_system.length).toBeGreaterThan(0);
    }
  });
});
