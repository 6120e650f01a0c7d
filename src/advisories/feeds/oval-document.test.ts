import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { feeds } from "./feeds.ts";
import { oracleOval } from "./oracle-oval.ts";
import { bindErratum as bind, ovalText } from "./oval.fixture.ts";

const oraclePath = "com.oracle.elsa-all.xml";

describe("OVAL documents", () => {
  const text = ovalText([bind]);
  const readText = (content: string) => oracleOval.read({ path: oraclePath, text: content });

  it("are known by their beginning", () => {
    const known = (content: string) =>
      feeds.filter((feed) => feed.recognises({ path: "x.xml", text: content.slice(0, 2000) })).map(({ id }) => id);
    expect(known(text)).toEqual(["oracle-oval"]);
    const from = (publisher: string) => known(ovalText([{ ...bind, id: `oval:${publisher}:def:1` }], { publisher }));
    expect(from("org.opensuse.security")).toEqual(["suse-oval"]);
    expect(from("com.microsoft.azurelinux")).toEqual(["azurelinux-oval"]);
    expect(from("com.redhat.rhsa")).toEqual([]);
    expect(known("<html><body>com.oracle.elsa</body></html>")).toEqual([]);
  });

  it("come in pieces with the same result, wherever they are cut", async () => {
    const bytes = Buffer.from(text.replace("Moderate: bind", "Moderate: bïnd €"));
    const whole = readText(bytes.toString());
    for (const size of [1, 7, 1000, bytes.length]) {
      const pieces = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      })();
      expect(await oracleOval.readPieces!(oraclePath, pieces)).toEqual(whole);
    }
  });

  const bomb = `<?xml version="1.0"?><!DOCTYPE oval_definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>${text.slice(text.indexOf("<oval_definitions"))}`;
  it.each([
    ["is empty", ""],
    ["is no XML", "no XML at all"],
    ["is a page", "<!doctype html><title>Sign in to the hotel network</title>"],
    ["has another outermost element", "<updates></updates>"],
    ["declares entities that grow", bomb.replace("bind security", "&b;")],
    ["declares a document type at all", bomb],
    ["refers to a file", text.replace("<generator>", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><generator>')],
    ["uses an entity that nobody declared", text.replace("bind security", "&b;")],
    ["is cut off", text.slice(0, -40)],
    ["is cut off within a tag", text.slice(0, text.indexOf("<states>") + 20)],
    ["closes what was not opened", text.replace("</definitions>", "</definition>")],
    ["says an attribute twice", text.replace('class="patch"', 'class="patch" class="patch"')],
    [
      "names a test that is not there",
      text.replace(/<rpminfo_test id="oval:com.oracle.elsa:tst:2"/, '<rpminfo_test id="x"'),
    ],
    ["names an object that is not there", text.replace(/<rpminfo_object id="[^"]*"/, '<rpminfo_object id="x"')],
    ["names a state that is not there", text.replace(/<rpminfo_state id="[^"]*"/, '<rpminfo_state id="x"')],
    ["compares by words unknown", text.replace('operation="less than"', 'operation="6"')],
    ["has a definition without id", text.replace('<definition id="oval:com.oracle.elsa:def:20070057"', "<definition")],
  ])("that %s is CORRUPT_INPUT and named", (_, content) => {
    expect(() => readText(content)).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
    expect(() => readText(content)).toThrow(oraclePath);
  });

  it("with too deep criteria go beyond the bounds", () => {
    const deep = "<criteria>".repeat(300) + "</criteria>".repeat(300);
    expect(() => readText(text.replace("<generator>", `${deep}<generator>`))).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("with a huge attribute or comment are read within bounds", () => {
    const huge = "x".repeat(8 * 1024 ** 2);
    expect(readText(text.replace("<generator>", `<!--${huge}--><generator a="${huge}">`)).records).toHaveLength(2);
  });

  it("of any bytes yield records or an AppError", () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(60), fc.string({ maxLength: 20 }), (at, length, put) => {
        try {
          readText(text.slice(0, at) + put + text.slice(at + length));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
