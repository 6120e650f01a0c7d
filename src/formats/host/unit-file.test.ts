import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { commandWords, lastSetting, listSetting, parseUnitFile, unitBoolean } from "./unit-file.ts";

describe("unit files", () => {
  it("joins continued lines, clears lists and takes the last value", () => {
    const settings = parseUnitFile(
      "# c\n[Service]\nExecStart=/bin/a \\\n# within\n  -x\nExecStart=\nExecStart=/bin/b\nUser=one\nUser=two\n[Install]\nWantedBy=x\n",
    );
    expect(listSetting(settings, "Service", "ExecStart")).toEqual(["/bin/b"]);
    expect(lastSetting(settings, "Service", "User")).toBe("two");
    expect(listSetting(parseUnitFile("[Service]\nExecStart=/bin/a \\\n  -x"), "Service", "ExecStart")).toEqual([
      "/bin/a -x",
    ]);
  });

  it("reads lines as systemd does", () => {
    const values = (text: string) => parseUnitFile(text).map(({ name, value }) => `${name}=${value}`);
    expect(values("A=outside\n[S]\r\nA=1\r\nB=2")).toEqual(["A=1", "B=2"]);
    // A backslash that is escaped does not join lines, a comment or an empty line within does not hide what follows.
    expect(values("[S]\nA=x\\\\\nB=2")).toEqual(["A=x\\\\", "B=2"]);
    expect(values("\uFEFF[S]\nA=x\\\n; c\n\nB=2")).toEqual(["A=x", "B=2"]);
  });

  it("gives back whatever settings were written", () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,8}$/);
    const setting = fc.record({ section: word, name: word, value: fc.stringMatching(/^[a-z0-9~@:/=-]{0,12}$/) });
    fc.assert(
      fc.property(fc.array(setting), (settings) => {
        const text = settings.map(({ section, name, value }) => `[${section}]\n# c\n ${name} = ${value} \n`).join("");
        expect(parseUnitFile(text)).toEqual(settings);
      }),
    );
  });

  it("knows booleans", () => {
    expect(["yes", "T", "1", "on", "No", "f", "off", "0", "", "2", "yess"].map(unitBoolean)).toEqual([
      ...[true, true, true, true, false, false, false, false],
      ...[undefined, undefined, undefined],
    ]);
  });

  it("splits commands and strips prefixes", () => {
    expect(commandWords(`-@/usr/bin/dockerd -H "fd:// x" --a='b c' d\\ e`)).toEqual([
      "/usr/bin/dockerd",
      "-H",
      "fd:// x",
      "--a=b c",
      "d e",
    ]);
  });

  it("gives back any quoted words", () => {
    const word = fc.stringMatching(/^[a-z0-9 ]{1,10}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(commandWords(words.map((one) => `"${one}"`).join(" "))).toEqual(words);
      }),
    );
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => [parseUnitFile(text), commandWords(text)],
      ["[Service]", "\n", "=", "\\", '"', "'", " ", "Exec"],
    );
  });
});
