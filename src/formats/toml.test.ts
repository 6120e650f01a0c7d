import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { parseToml, type TomlValue } from "./toml.ts";

const plain = (text: string): unknown => JSON.parse(JSON.stringify(parseToml(text, "test.toml")));

function write(value: TomlValue): string {
  if (typeof value === "string") return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
  if (Array.isArray(value)) return `[ ${value.map(write).join(", ")} ]`;
  if (typeof value === "object") {
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)} = ${write(member)}`)
      .join(", ")} }`;
  }
  return String(value);
}

describe("TOML", () => {
  it("reads tables, dotted and quoted keys, and arrays of tables", () => {
    const text = `version = 2 # comment
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = '/etc/containerd/certs.d'
[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example:5000".tls]
  insecure_skip_verify = true
[[registry]]
prefix = "a"
[[registry.mirror]]
location = "m1"
[[registry.mirror]]
location = "m2"
[[registry]]
prefix = "b"
`;
    expect(plain(text)).toEqual({
      version: 2,
      plugins: {
        "io.containerd.grpc.v1.cri": {
          registry: {
            config_path: "/etc/containerd/certs.d",
            configs: { "r.example:5000": { tls: { insecure_skip_verify: true } } },
          },
        },
      },
      registry: [{ prefix: "a", mirror: [{ location: "m1" }, { location: "m2" }] }, { prefix: "b" }],
    });
  });

  it("reads every kind of value", () => {
    const text = `a = 0xFF
b = -1_000
c = 1e3
d = 1979-05-27T07:32:00Z
e = """
one \\
  two"""
f = '''raw \\n'''
g = [1, [2, 3,],
 # in between
 4]
h = { x.y = 1, "z" = false }
i = "\\u00e9\\t"
j = """"quoted""""
`;
    expect(plain(text)).toEqual({
      a: 255,
      b: -1000,
      c: 1000,
      d: "1979-05-27T07:32:00Z",
      e: "one two",
      f: "raw \\n",
      g: [1, [2, 3], 4],
      h: { x: { y: 1 }, z: false },
      i: "é\t",
      j: '"quoted"',
    });
  });

  it.each([
    "a = ",
    "a = 1\na = 2",
    "[a]\n[a]",
    "[a\nb=1",
    'a = "x',
    "a = 'x\ny'",
    "a = [1, 2",
    "a = {b = 1}\n[a]\nc = 1",
    'a = "\\q"',
    'a = "\\ud800"',
    "a = 1 b = 2",
    "= 1",
    "a = 1\n[[a]]",
  ])("refuses %j", (text) => {
    expect(() => parseToml(text, "test.toml")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });

  it("keeps a hostile key as data", () => {
    parseToml('__proto__ = { polluted = true }\n"constructor" = 1', "test.toml");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("bounds nesting", () => {
    expect(() => parseToml(`a = ${"[".repeat(100_000)}`, "test.toml")).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("reads back whatever was written", () => {
    const { value } = fc.letrec<{ value: TomlValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { maxKeys: 5 }), (document) => {
        const text = Object.entries(document)
          .map(([key, member]) => `${JSON.stringify(key).replaceAll("\u007f", "\\u007f")} = ${write(member)}`)
          .join("\n");
        expect(plain(text)).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });

  it("answers any text with a table or an AppError", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."[]{}=.\"'\\#\n ,a1-") })),
        (text) => {
          try {
            parseToml(text, "test.toml");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
