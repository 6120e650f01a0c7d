import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseBinaryFormat } from "./binary-format.ts";

describe("an entry of binfmt_misc", () => {
  it("names its interpreter and flags", () => {
    const text = "enabled\ninterpreter /usr/bin/qemu-arm\nflags: OCF\noffset 0\nmagic 7f454c46\n";
    expect(parseBinaryFormat(text)).toEqual({ interpreter: "/usr/bin/qemu-arm", flags: "OCF" });
    expect(parseBinaryFormat("enabled\ninterpreter /usr/bin/x\nflags: \n")).toEqual({
      interpreter: "/usr/bin/x",
      flags: "",
    });
    expect(parseBinaryFormat("enabled\n")).toBeUndefined();
  });

  it("may be any text", () => {
    survivesAnyText(parseBinaryFormat, ["interpreter ", "flags: ", "\n", "/x", "C"]);
  });
});
