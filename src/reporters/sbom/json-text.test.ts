import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonText } from "./json-text.ts";

const members = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });

function* each(elements: readonly unknown[]): Generator<unknown> {
  yield* elements;
}

it("is the text that JSON.stringify gives, whichever of its lists are made while it is written", () => {
  fc.assert(
    fc.property(members, fc.boolean(), (document, streamed) => {
      const given = Object.entries(document).map(([name, value]) =>
        streamed && Array.isArray(value) ? [name, each(value)] : [name, value],
      );
      expect([...jsonText(Object.fromEntries(given))].join("")).toBe(`${JSON.stringify(document, null, 2)}\n`);
    }),
  );
});

it.each([
  [{}, "{}\n"],
  [{ absent: undefined }, "{}\n"],
  [{ absent: undefined, list: each([]) }, '{\n  "list": []\n}\n'],
  [{ list: each(["a\nb", { c: [1], d: undefined }]) }, `${JSON.stringify({ list: ["a\nb", { c: [1] }] }, null, 2)}\n`],
])("writes %j", (document, expected) => {
  expect([...jsonText(document)].join("")).toBe(expected);
});

it("asks for an element when the ones before are written", () => {
  let made = 0;
  const list = (function* () {
    for (;;) yield made++;
  })();
  for (const piece of jsonText({ list })) if (piece.includes("9")) break;
  expect(made).toBe(10);
});
