import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { readYamlDocuments } from "./yaml-documents.ts";

const values = (text: string) => readYamlDocuments(text, "test").documents.map((document) => document.value);
const brokenIn = (text: string) => readYamlDocuments(text, "test").broken;

describe("a stream of documents", () => {
  it("gives each with its line, and leaves out empty ones", () => {
    const { documents } = readYamlDocuments("# head\n---\na: 1\n---\n# nothing\n---\r\nb: 2\r\n...\n", "test");
    expect(documents.map((document) => [document.value, document.line])).toEqual([
      [{ a: 1 }, 3],
      [{ b: 2 }, 7],
    ]);
    expect(values("")).toEqual([]);
    expect(values("null")).toEqual([]);
  });

  it("reads scalars as Kubernetes' tools do", () => {
    expect(values("a: yes\nb: Off\nc: 0644\nd: 'yes'\ne: y\nf: 1e3\ng: 2001-01-01\nh: ~\n")).toEqual([
      { a: true, b: false, c: 420, d: "yes", e: "y", f: 1000, g: "2001-01-01", h: null },
    ]);
  });

  it("follows aliases and merge keys, with positions", () => {
    const [document] = readYamlDocuments(
      "base: &base\n  x: 1\nuse:\n  <<: *base\n  y: 2\nlist:\n  - q: 1\n    r: 2\n",
      "test",
    ).documents;
    expect(document!.value).toEqual({ base: { x: 1 }, use: { x: 1, y: 2 }, list: [{ q: 1, r: 2 }] });
    expect(document!.position(["use", "x"])).toEqual({ line: 2, column: 3 });
    expect(document!.position(["list", 0, "r"])).toEqual({ line: 8, column: 5 });
    expect(document!.position(["list", 1])).toBeUndefined();
    expect(document!.position(["use", "z"])).toBeUndefined();
  });

  it("keeps a key named __proto__ a key", () => {
    expect(Object.keys(values('"__proto__": {polluted: true}')[0] as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("what cannot be read", () => {
  it("is reported, and hides nothing else", () => {
    const { documents, broken } = readYamlDocuments("a: 1\na: 2\n---\nb: 1\n---\nc: [\n---\nd: 1\n", "test");
    expect(documents.map((document) => document.value)).toContainEqual({ b: 1 });
    expect(broken[0]).toEqual({ line: 2, reason: "a key is given twice in one mapping" });
    expect(broken.length).toBeGreaterThan(1);
  });

  it.each([
    "image: {{ .Values.image }}",
    'image: "{{ .Values.image }}"',
    "{{- if .Values.on }}\na: 1\n{{- end }}",
    'a: 1\n{{ include "x" . | nindent 2 }}\n',
  ])("is a template: %s", (text) => {
    expect(brokenIn(text)[0]).toMatchObject({
      reason: expect.stringContaining("template"),
      hint: expect.stringContaining("helm template"),
    });
  });

  it("is not what another program reads later", () => {
    expect(values('alert: "{{ $labels.instance }} is down"\nscript: |\n  {{ .Values.x }}\n')).toHaveLength(1);
    expect(values("args: ['{{workflow.name}}']")).toHaveLength(1);
  });

  it("is an alias in itself or without anchor", () => {
    expect(brokenIn("a: &x [*x]")).toMatchObject([{ reason: expect.stringContaining("alias") }]);
    expect(brokenIn("a: *x")).toMatchObject([{ reason: expect.stringContaining("alias") }]);
  });
});

describe("hostile texts", () => {
  const code = (text: string) => {
    try {
      readYamlDocuments(text, "test");
      return undefined;
    } catch (error) {
      return error instanceof AppError ? error.code : String(error);
    }
  };

  it("are bounded in depth", () => {
    expect(code("[".repeat(50_000))).toBe("LIMIT_EXCEEDED");
    expect(code("- ".repeat(5_000))).toBe("LIMIT_EXCEEDED");
    expect(code(`${"{a: ".repeat(limits.depth + 10)}1${"}".repeat(limits.depth + 10)}`)).toBe("LIMIT_EXCEEDED");
    expect(code(`${" ".repeat(600_000)}${'{"a":'.repeat(limits.depth + 10)}1${"}".repeat(limits.depth + 10)}`)).toBe(
      "LIMIT_EXCEEDED",
    );
  });
  it("are bounded in what aliases bring along", () => {
    const levels = "abcdefgh".split("").map(
      (name, index, all) =>
        `${name}: &${name} [${Array(9)
          .fill(index === 0 ? "x" : `*${all[index - 1]}`)
          .join(",")}]`,
    );
    expect(code(levels.join("\n"))).toBe("LIMIT_EXCEEDED");
  });
  it("are bounded in documents", () => {
    expect(code("---\na: 1\n".repeat(limits.yamlDocuments + 1))).toBe("LIMIT_EXCEEDED");
  });
  it("give nothing but the two errors, whatever they are", () => {
    const soup = fc.array(
      fc.constantFrom(
        "a",
        ":",
        " ",
        "\n",
        "-",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "<<",
        "---\n",
        "|",
        ">",
        "'",
        '"',
        "#",
        "!",
        "!!int",
        "%",
        "@",
        "\t",
        "{{",
        "}}",
        ",",
        "? ",
        "é",
        "0",
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(soup, (parts) => {
        const outcome = code(parts.join(""));
        expect([undefined, "LIMIT_EXCEEDED", "CORRUPT_INPUT"]).toContain(outcome);
      }),
      { numRuns: 1_000 },
    );
  });
});

it("reads what was written, in YAML and JSON", () => {
  const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => value !== null && !JSON.stringify(value).includes("{{"));
  fc.assert(
    fc.property(json, (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(values(JSON.stringify(plain))).toEqual([plain]);
      expect(values(stringify(plain, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "QUOTE_DOUBLE" }))).toEqual([
        plain,
      ]);
    }),
    { numRuns: 200 },
  );
});

it("reads large JSON fast, without positions", () => {
  const items = Array.from({ length: 8_000 }, (_, index) => ({ index, text: "x".repeat(80) }));
  const { documents } = readYamlDocuments(JSON.stringify({ items }), "dump.json");
  expect(documents[0]!.value).toEqual({ items });
  expect(documents[0]!.position(["items"])).toBeUndefined();
});
