import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { dropInNames, expandSpecifiers, parseUnitName, templateOf } from "./unit-name.ts";

describe("unit names", () => {
  it("fall apart", () => {
    expect(parseUnitName("getty@tty1.service")).toEqual({ prefix: "getty", instance: "tty1", type: "service" });
    expect(parseUnitName("getty@.service")).toEqual({ prefix: "getty", instance: "", type: "service" });
    expect(parseUnitName("a.b.socket")).toEqual({ prefix: "a.b", instance: undefined, type: "socket" });
    expect(parseUnitName("no type")).toBeUndefined();
    expect(templateOf("a@b.service")).toBe("a@.service");
    expect(templateOf("a@.service")).toBeUndefined();
    expect(templateOf("a.service")).toBeUndefined();
  });

  it("have drop-ins in the order in which systemd takes them", () => {
    expect(dropInNames("a-b-c.service")).toEqual(["a-b-c.service", "a-b-.service", "a-.service"]);
    expect(dropInNames("a-b@x.service")).toEqual([
      "a-b@x.service",
      "a-b@.service",
      "a-.service",
      "a-@x.service",
      "a-@.service",
    ]);
  });

  it("fill in specifiers", () => {
    const expand = (value: string) => expandSpecifiers(value, "foo-bar@a-b\\x2dc.service");
    expect(expand("%p|%P|%i|%I|%j|%n|%N")).toBe(
      "foo-bar|foo/bar|a-b\\x2dc|a/b-c|bar|foo-bar@a-b\\x2dc.service|foo-bar@a-b\\x2dc",
    );
    expect(expand("100%% of %t and %f")).toBe("100% of /run and /a/b-c");
    expect(expand("%m")).toBeUndefined();
  });

  it("come back from their parts", () => {
    const word = fc.stringMatching(/^[a-z0-9_:-]{1,8}$/);
    fc.assert(
      fc.property(word, fc.option(word, { nil: undefined }), (prefix, instance) => {
        const name = instance === undefined ? `${prefix}.service` : `${prefix}@${instance}.service`;
        expect(parseUnitName(name)).toEqual({ prefix, instance, type: "service" });
        expect(dropInNames(name)[0]).toBe(name);
      }),
    );
  });

  it("answer any text", () => {
    survivesAnyText(
      (text) => [parseUnitName(text), dropInNames(text), expandSpecifiers(text, text), templateOf(text)],
      ["a", "-", "--", "@", ".service", "%", "%I", "%f", "\\x2d", "."],
    );
  });
});
