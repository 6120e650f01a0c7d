import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileText, sampleInput } from "../../test/sample-assessment.ts";
import type { PageData } from "./html/page-data.ts";
import reporter from "./html.ts";

/** The text between the tags of the elements of one name, as an HTML parser sees raw text elements: up to the first end tag. */
function rawTexts(page: string, name: "script" | "style"): string[] {
  return [...page.matchAll(new RegExp(`<${name}[^>]*>([\\s\\S]*?)</${name}`, "gi"))].map(([, text]) => text!);
}

function dataOf(page: string): PageData {
  return JSON.parse(rawTexts(page, "script")[0]!) as PageData;
}

describe("the report page", () => {
  const page = reporter.render(sampleInput());

  it("is one document with one script, one style and its data", () => {
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(rawTexts(page, "script")).toHaveLength(2);
    expect(rawTexts(page, "style")).toHaveLength(1);
    expect(page).not.toMatch(/%(DATA|SCRIPT|STYLE|POLICY|ICON)%/);
  });

  it("is the same for the same input", () => {
    expect(reporter.render(sampleInput())).toBe(page);
  });

  it("allows by hash its own script and style only, and no request", () => {
    const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const hash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hash(rawTexts(page, "script")[1]!)}`,
      `style-src ${hash(rawTexts(page, "style")[0]!)}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it("loads nothing from elsewhere", () => {
    const markup = page.replace(/(<(script|style)[^>]*>)[\s\S]*?(?=<\/\2)/gi, "$1");
    expect(markup).not.toMatch(/https?:/);
    expect(rawTexts(page, "style")[0]).not.toMatch(/url\(|@import/);
    // What is left in the script are names of XML namespaces and React's pages on its error codes, which are text.
    const addresses = [...rawTexts(page, "script")[1]!.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address);
    expect([...new Set(addresses)].sort()).toEqual(["http://www.w3.org", "https://react.dev"]);
  });

  it("holds every finding, recommendation and decision of the assessment", () => {
    const { assessment } = sampleInput();
    const data = dataOf(page);
    expect(data.findings.map(([id]) => id)).toEqual(assessment.findings.map((finding) => finding.id));
    expect(data.recommendations.map(({ id, status }) => [id, status])).toEqual(
      assessment.recommendations.map(({ id, status }) => [id, status]),
    );
    expect(data.waivers).toEqual(assessment.waivers);
    expect(data.declarations).toEqual(assessment.declarations);
    expect(data.unused).toEqual(assessment.unusedDecisions);
    expect(data.observations).toHaveLength(assessment.snapshot.content.observations.length);
    expect(data.digest).toBe(assessment.snapshot.digest);
  });

  it("unfolds each row to the finding that it stands for", () => {
    const { assessment } = sampleInput();
    const data = dataOf(page);
    const statuses = ["fail", "unknown", "not-applicable", "pass"];
    const severities = ["info", "low", "medium", "high", "critical"];
    const unfolded = data.findings.map(([, rule, subject, name, key, status, severity, fix, evidence, more]) => ({
      check: data.rules[rule]?.check,
      subject: data.texts[subject],
      subjectName: data.texts[name],
      key: data.texts[key],
      status: statuses[status],
      severity: severities[severity],
      fix: data.texts[fix],
      at: evidence.map(([at]) => data.texts[at]),
      waiver: more?.waiver === undefined ? undefined : data.waivers[more.waiver],
    }));
    expect(unfolded).toEqual(
      assessment.findings.map(({ check, subject, subjectName, key, status, severity, fix, evidence, waiver }) => ({
        check,
        subject,
        subjectName,
        key,
        status,
        severity,
        fix,
        at: evidence.map(({ at }) => at),
        waiver,
      })),
    );
  });

  it("tells of each image what was observed and leaves out what was not", () => {
    const [api, worker] = dataOf(page).images;
    expect(api).toMatchObject({
      name: "shop/api:1.4.2",
      base: "debian:12",
      shownBy: "label",
      platform: "linux/arm64/v8",
      packages: 3,
      layers: 3,
      size: 90_000_003,
    });
    expect(Object.keys(worker ?? {}).sort()).toEqual(["name", "subject"]);
  });

  it("holds what was set aside with reason and source, the worst first", () => {
    const { setAside, texts } = dataOf(page);
    expect(
      setAside.map(([, name, id, what, severity, status, reason, source]) => [
        ...[name, id, what, status, reason, source].map((index) => texts[index]),
        severity,
      ]),
    ).toEqual([
      ["shop/api:1.4.2", "CVE-2025-10006", "libxml2 2.0-1", "not affected", "it is never loaded", "api.vex.json", 3],
      ["shop/api:1.4.2", "CVE-2010-4756", "glibc 2.0-1", "unimportant", "without effect as it is built", "debian", 1],
      ["shop/api:1.4.2", "CVE-2019-9192", "glibc 2.0-1", "unimportant", "without effect as it is built", "debian", 1],
    ]);
  });

  it("does not hold the values of facts", () => {
    expect(page).not.toContain("pkg:deb/debian/zlib1g@1");
  });
});

describe("hostile data", () => {
  const breakouts = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\u2028\u2029",
    "]]>",
    "__proto__",
    "$&$1%DATA%%SCRIPT%",
  ];

  it.each([...breakouts, hostileText])("stays data: %j", (text) => {
    const input = sampleInput({ hostile: text });
    const page = reporter.render(input);
    const plain = reporter.render(sampleInput());
    expect(rawTexts(page, "script")).toHaveLength(2);
    expect(rawTexts(page, "script")[0]).not.toMatch(/[<\u2028\u2029]/);
    expect(rawTexts(page, "script")[1]).toBe(rawTexts(plain, "script")[1]);
    // A lone surrogate cannot be written in UTF-8; JSON keeps it as an escape, so that it comes back as it was.
    expect(dataOf(page).targets[0]?.name).toBe(`shop/api:1.4.2${text}`);
  });

  it("stays data whatever it is", () => {
    const input = sampleInput();
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const page = reporter.render({ ...input, policyName: `${text}</script>${text}` });
        expect(dataOf(page).policy).toBe(`${text}</script>${text}`);
      }),
      { numRuns: 30 },
    );
  });
});

/** Text and drawing on the grounds that they stand on, with the least contrast for each (WCAG 2.2, 1.4.3 and 1.4.11). */
const pairs: readonly (readonly [ratio: number, fore: readonly string[], back: readonly string[]])[] = [
  [4.5, ["text", "muted", "accent"], ["page", "surface", "sunken"]],
  [4.5, ["satisfied", "failed", "declared", "unknown", "neutral"], ["page", "surface", "sunken"]],
  [4.5, ["critical", "high", "medium", "low", "info"], ["page", "surface", "sunken"]],
  [4.5, ["text", "muted", "failed"], ["failed-wash"]],
  [4.5, ["text", "muted", "satisfied"], ["satisfied-wash"]],
  [4.5, ["text", "muted", "unknown"], ["unknown-wash"]],
  [4.5, ["on-accent"], ["accent"]],
  [3, ["strong-line"], ["page", "surface", "sunken"]],
];

describe.each(["light", "dark"] as const)("colours in the %s theme", (theme) => {
  const style = rawTexts(reporter.render(sampleInput()), "style")[0]!;
  const tokens = new Map(
    [...style.matchAll(/--([\w-]+):light-dark\((#\w+),\s*(#\w+)\)/g)].map(([, name, light, dark]) => [
      name!,
      theme === "light" ? light! : dark!,
    ]),
  );
  const cases = pairs.flatMap(([ratio, fores, backs]) =>
    fores.flatMap((fore) => backs.map((back) => ({ ratio, fore, back }))),
  );

  it.each(cases)("$fore on $back reaches $ratio:1", ({ ratio, fore, back }) => {
    expect(contrast(tokens.get(fore), tokens.get(back))).toBeGreaterThanOrEqual(ratio);
  });
});

/** Contrast ratio of two colours (WCAG 2.2, definition of contrast ratio). */
function contrast(a: string | undefined, b: string | undefined): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string | undefined): number {
  if (!colour) throw new Error("a token of the pair is missing");
  const hex = colour.length === 4 ? colour.replace(/[^#]/g, "$&$&") : colour;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
