import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { parseJuliaProject } from "./julia-package.ts";

describe("Julia", () => {
  const uuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6";

  it("reads a project with its version", () => {
    expect(
      parseJuliaProject(`name = "JSON"\nuuid = "${uuid}"\nversion = "0.21.4"\n\n[deps]\nversion = "1"\n`, "x"),
    ).toEqual({
      name: "JSON",
      version: "0.21.4",
      type: "julia",
      licenses: [],
      qualifiers: { uuid },
    });
    expect(parseJuliaProject(`name = "Dates"\nuuid = "${uuid}"\n`, "x")).toBeUndefined();
    expect(parseJuliaProject('name = "A"\nversion = "1"\nuuid = "7"\n', "x")).toBeUndefined();
    expect(() => parseJuliaProject("name = ", "x")).toThrow(AppError);
  });

  it("reads every name, version and UUID that a project may have", () => {
    const named = fc.record({
      name: fc.string({ minLength: 1 }),
      version: fc.string({ minLength: 1 }),
      uuid: fc.uuid(),
    });
    fc.assert(
      fc.property(named, ({ name, version, uuid }) => {
        const text = `name = ${JSON.stringify(name)}\nversion = ${JSON.stringify(version)}\nuuid = "${uuid}"\n`;
        expect(parseJuliaProject(text, "x")).toEqual({
          name,
          version,
          type: "julia",
          licenses: [],
          qualifiers: { uuid },
        });
      }),
    );
  });

  it("yields only AppErrors for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        try {
          parseJuliaProject(text, "x");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
