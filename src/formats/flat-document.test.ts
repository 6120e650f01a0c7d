import { expect, it } from "vitest";
import { flatDocument } from "./flat-document.ts";

it("flattens tables, keeps arrays whole and quotes names with dots", () => {
  expect(flatDocument({ a: { "b.c": { d: true } }, e: [1, { f: 2 }], g: "x" })).toEqual({
    'a."b.c".d': "true",
    e: '[1,{"f":2}]',
    g: '"x"',
  });
});

it("flattens nothing from a bare value", () => {
  expect(flatDocument("x")).toEqual({});
  expect(flatDocument(null)).toEqual({});
});
