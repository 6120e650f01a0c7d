import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { commandWords, lastSetting, listSetting, parseUnitFile } from "./unit-file.ts";

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
