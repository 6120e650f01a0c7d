import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { jsonMembers } from "./json-members.ts";

const members = (text: string) => [...jsonMembers(text, "test.json")];

describe("members of a JSON object, one by one", () => {
  it("are those that JSON.parse finds, however it is written", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, "\t", "\r\n  "), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(members(text)).toEqual(Object.entries(JSON.parse(text) as object));
      }),
      { numRuns: 300 },
    );
  });

  it("are refused where JSON.parse refuses, with nothing but an AppError", () => {
    const broken = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), fc.constantFrom("", "}", '"', "{", "\\", ",", "x"))
      .map(([value, at, put]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        let isObject = true;
        try {
          JSON.parse(text);
        } catch {
          isObject = false;
        }
        try {
          members(text);
          expect(isObject).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(isObject && text.trim().startsWith("{")).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["[1]", /is no JSON object/],
    ['{"a": 1} trailing', /something follows/],
    ['{"a": 1', /ends within a member/],
    ['{"a": {"b": [', /ends within a value/],
    ['{"a": "', /does not end/],
    ["{a: 1}", /has no name/],
    ['{"a" 1}', /has no value/],
    ['{"a": 01}', /is no JSON document/],
  ])("%s", (text, message) => {
    expect(() => members(text)).toThrow(message);
  });

  it("come before the place where a cut-off document ends", () => {
    const found: string[] = [];
    expect(() => {
      for (const [name] of jsonMembers('{"a": [1], "b": {"c": ', "cut.json")) found.push(name);
    }).toThrow(AppError);
    expect(found).toEqual(["a"]);
  });
});
