import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ruleExamples } from "./malware-examples.fixture.ts";
import { openYara } from "./yara-engine.ts";

const folder = fileURLToPath(new URL("../../rules/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".yar"));
const sources = files.map((name) => readFileSync(join(folder, name), "utf8"));
const names = sources.flatMap((source) => [...source.matchAll(/^rule (\w+)/gm)].map(([, name]) => name!));
const hasYara = (() => {
  try {
    return createRequire(import.meta.url)("@litko/yara-x") !== undefined;
  } catch {
    return false;
  }
})();

describe("the rules of the package", () => {
  it.each(files)("%s: every rule has a title and a severity", (name) => {
    const source = readFileSync(join(folder, name), "utf8");
    const count = source.match(/^rule \w+/gm)?.length ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(source.match(/^ {4}title = ".+"$/gm)).toHaveLength(count);
    expect(source.match(/^ {4}severity = "(low|medium|high|critical)"$/gm)).toHaveLength(count);
  });
  it("each have examples that they match and examples that they do not", () => {
    expect(Object.keys(ruleExamples).sort()).toEqual([...names].sort());
    for (const { found, clean } of Object.values(ruleExamples)) {
      expect(found.length).toBeGreaterThan(0);
      expect(clean.length).toBeGreaterThan(0);
    }
  });
});

describe.skipIf(!hasYara)(`the YARA engine${hasYara ? "" : " (it is not installed)"}`, () => {
  const yara = hasYara ? openYara() : undefined;
  const found = (content: Uint8Array) => yara!.examine(content).map(({ rule }) => rule);

  it("runs all of them", () => {
    expect(yara!.state).toMatchObject({ state: "ran", rules: names.length, asked: false });
  });
  it.each(Object.entries(ruleExamples))("%s", (rule, { found: bad, clean }) => {
    for (const content of bad) expect(found(content), Buffer.from(content).toString("latin1")).toContain(rule);
    for (const content of clean) expect(found(content), Buffer.from(content).toString("latin1")).not.toContain(rule);
  });
  it("finds nothing in the rules, their examples and what runs them", () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const flagged = ["rules", "src/formats/malware", "src/collectors", "src/checks/image"].flatMap((name) =>
      readdirSync(join(root, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => found(readFileSync(path)).length > 0),
    );
    expect(flagged).toEqual([]);
  });
  it("bounds what it tells of a file full of matches", () => {
    const content = Buffer.from("UPX!".repeat(200_000));
    content.set([0x7f, 0x45, 0x4c, 0x46]);
    expect(yara!.examine(content)[0]?.detail.length).toBeLessThan(300);
  });
});
