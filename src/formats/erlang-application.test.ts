import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { parseErlangApplication, parseHexMetadata } from "./erlang-application.ts";

describe("Erlang and Elixir", () => {
  it("read an application, as OTP writes it and as tools do", () => {
    const crypto =
      '%% {vsn, "9"}\n{application, crypto,\n   [{description, "CRYPTO, {vsn, \\"8\\"}"},\n    {vsn, "5.5.3"},\n    {env, [{vsn, "7"}]},\n    {modules, [crypto]}]}.\n';
    expect(parseErlangApplication(crypto, "crypto.app")).toEqual({
      name: "crypto",
      version: "5.5.3",
      type: "otp",
      licenses: [],
    });
    const jiffy =
      '{application,jiffy,[{env,[{deep,[{licenses,["X"]}]}]},{vsn,"1.1.2"},{licenses,["MIT","BSD"]},{\'odd key\',1}]}.';
    expect(parseErlangApplication(jiffy, "jiffy.app")).toEqual({
      name: "jiffy",
      version: "1.1.2",
      type: "hex",
      licenses: ["MIT", "BSD"],
      confidence: "medium",
    });
    expect(parseErlangApplication("{application,'Elixir.Shop',[{vsn,\"0.1.0\"}]}.", "a.app")?.name).toBe("Elixir.Shop");
  });

  it("give no version that is not stated as a text, and refuse what is no application", () => {
    expect(parseErlangApplication("{application,a,[{vsn,git},{modules,[]}]}.", "a.app")).toBeUndefined();
    expect(parseErlangApplication("{application,a,[]}.", "a.app")).toBeUndefined();
    for (const text of ["", "{release,a,[]}.", '{application,"a",[]}.', '{application,a,[{vsn,"1', "\0\u0001"])
      expect(() => parseErlangApplication(text, "a.app"), text).toThrow(AppError);
  });

  it("read what Hex says of a package", () => {
    const metadata =
      '{<<"app">>,<<"jason_app">>}.\n{<<"licenses">>,[<<"Apache-2.0">>]}.\n{<<"links">>,[{<<"GitHub">>,<<"https://example.org">>}]}.\n{<<"name">>,<<"jason">>}.\n{<<"requirements">>,[[{<<"name">>,<<"decimal">>},{<<"version">>,<<"~> 2.0"/utf8>>}]]}.\n{<<"version">>,<<"1.4.1"/utf8>>}.\n';
    expect(parseHexMetadata(metadata, "hex_metadata.config")).toEqual({
      name: "jason",
      version: "1.4.1",
      type: "hex",
      licenses: ["Apache-2.0"],
    });
    expect(parseHexMetadata('{<<"name">>,<<"a">>}.', "hex_metadata.config")).toBeUndefined();
  });

  it("are read to the end of hostile text", () => {
    for (const text of [
      "{".repeat(1_000_000),
      '"'.repeat(999_999),
      "<<".repeat(500_000),
      "a".repeat(1_000_000),
      "'\\".repeat(500_000),
      "% ".repeat(500_000),
    ]) {
      try {
        parseHexMetadata(text, "x");
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }
  });

  it("yield only AppErrors for any terms and any text", () => {
    const piece = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ".",
      "application",
      "a",
      "vsn",
      '"1"',
      "<<",
      '<<"name">>',
      "'",
      '"',
      "\\",
      "%\n",
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join("")),
      fc.string({ unit: "binary" }),
    );
    for (const parse of [parseErlangApplication, parseHexMetadata])
      fc.assert(
        fc.property(text, (source) => {
          try {
            parse(source, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }),
        { numRuns: 300 },
      );
  });
});
