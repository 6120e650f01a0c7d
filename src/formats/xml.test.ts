import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { type XmlElement, xmlChild, xmlChildText, xmlDescendants, xmlElements, xmlElementsInPieces } from "./xml.ts";

const all = (text: string, names: string[], without: string[] = []) => [
  ...xmlElements(text, { names: new Set(names), without: new Set(without) }, "a.xml"),
];
async function inPieces(bytes: Uint8Array, size: number, names: string[]): Promise<XmlElement[]> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  const found: XmlElement[] = [];
  for await (const element of xmlElementsInPieces(pieces, { names: new Set(names) }, "a.xml")) found.push(element);
  return found;
}

describe("elements", () => {
  it("are handed out whole, with local names, entities and character data resolved", () => {
    const [first, second, ...rest] = all(
      `<?xml version="1.0"?><metadata xmlns:rpm="r"><package type="rpm" rpm:arch="b" arch="a"><name>é &amp; &#x41;<![CDATA[<b>]]></name>
       <format><rpm:entry name="x"/></format></package><package/><other><name>no</name></other></metadata>`,
      ["package"],
    );
    expect(rest).toEqual([]);
    expect(xmlChildText(first!, "name")).toBe("é & A<b>");
    expect(Object.fromEntries(first!.attributes)).toEqual({ type: "rpm", arch: "a" });
    expect([...xmlDescendants(first!, "entry")].map(({ attributes }) => attributes.get("name"))).toEqual(["x"]);
    expect(second).toEqual({ name: "package", attributes: new Map(), children: [], text: "" });
    expect(xmlChildText(second!, "name")).toBeUndefined();
  });
  it("of nested ones are the outermost, and without what is passed over", () => {
    const [outer] = all("<r><a><format><a>no</a></format><a>yes</a></a></r>", ["a"], ["format"]);
    expect(outer!.children.map(({ name, text }) => [name, text])).toEqual([["a", "yes"]]);
    expect(xmlChild(outer!, "format")).toBeUndefined();
  });
  it("are the same in pieces of any size", async () => {
    const text = `<r>${Array.from({ length: 20 }, (_, index) => `<p n="${index}">ü€𝄞 ${index}</p>`).join("")}</r>`;
    const whole = all(text, ["p"]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 90 }), async (size) => {
        expect(await inPieces(Buffer.from(text), size, ["p"])).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
  it("come back as any texts and attributes were written", () => {
    const escaped = (text: string) =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
    const plain = fc.string({ unit: "grapheme-ascii" });
    fc.assert(
      fc.property(plain, plain, (text, value) => {
        const [found] = all(`<r><a v="${escaped(value)}">${escaped(text)}</a></r>`, ["a"]);
        expect(found!.text).toBe(text.trim());
        expect(found!.attributes.get("v")).toBe(value);
      }),
    );
  });
});

describe("hostile documents", () => {
  it.each([
    ["no XML", "hello", "CORRUPT_INPUT"],
    ["nothing", "", "CORRUPT_INPUT"],
    ["a document that is cut off", "<r><a>", "CORRUPT_INPUT"],
    ["tags that do not match", "<r><a></b></r>", "CORRUPT_INPUT"],
    ["two roots", "<r/><r/>", "CORRUPT_INPUT"],
    ["an entity of its own (billion laughs)", '<!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>', "CORRUPT_INPUT"],
    ["an external entity", '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>', "CORRUPT_INPUT"],
    ["deep nesting", "<a>".repeat(limits.depth + 1), "LIMIT_EXCEEDED"],
  ])("%s", (_, text, code) => {
    expect(() => all(text, ["r"])).toThrowError(expect.objectContaining({ code }));
  });
  it("names of Object's own members are names like others", () => {
    const [found] = all('<r><constructor __proto__="1" toString="2"/></r>', ["constructor"]);
    expect(Object.fromEntries([...found!.attributes].map(([key, value]) => [`:${key}`, value]))).toEqual({
      ":__proto__": "1",
      ":toString": "2",
    });
  });
  it("random and damaged documents throw nothing else", () => {
    const good = '<?xml version="1.0"?><r><a b="c">d &amp; <![CDATA[e]]></a><!-- f --></r>';
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .tuple(fc.nat(good.length), fc.nat(5), fc.string({ maxLength: 3 }))
            .map(([at, count, added]) => good.slice(0, at) + added + good.slice(at + count)),
        ),
        (text) => {
          try {
            all(text, ["a"]);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});
