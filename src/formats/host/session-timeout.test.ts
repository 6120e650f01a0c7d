import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { shellTimeout, timeSpanSeconds } from "./session-timeout.ts";

describe("timeout of a shell", () => {
  it.each<[string, ReturnType<typeof shellTimeout>]>([
    ["TMOUT=900\n", { seconds: 900, fixed: false }],
    ["readonly TMOUT=600 ; export TMOUT\n", { seconds: 600, fixed: true }],
    ["TMOUT=900\nreadonly TMOUT\nexport TMOUT", { seconds: 900, fixed: true }],
    ["declare -xr TMOUT='300'", { seconds: 300, fixed: true }],
    ["[ -z x ] && TMOUT=60", { seconds: 60, fixed: false }],
    ["TMOUT=900\nunset TMOUT", undefined],
    ["TMOUT=900\nTMOUT=$other", undefined],
    ["# TMOUT=900\n", undefined],
    ["MYTMOUT=900\n", undefined],
    ["TMOUT=0\n", undefined],
    ["", undefined],
  ])("of %j", (script, expected) => expect(shellTimeout(script)).toEqual(expected));

  it("survives any text", () =>
    survivesAnyText(
      (text) => shellTimeout(text),
      ["TMOUT", "=", "900", " ", "readonly ", "declare -xr ", "unset ", "\n", "#", '"', ";"],
    ));
});

describe("time span", () => {
  it.each([
    ["900", 900],
    ["15min", 900],
    ["1h 30min", 5400],
    ["2h30m", 9000],
    ["1 day", 86_400],
    ["infinity", undefined],
    ["0", undefined],
    ["3 fortnights", undefined],
    ["", undefined],
  ])("%j", (text, expected) => expect(timeSpanSeconds(text)).toBe(expected));

  it("survives any text", () =>
    survivesAnyText((text) => timeSpanSeconds(text), ["1", "999999999", "h", "min", " ", "x", "infinity"]));
});
