import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { privilegeProgramVersion } from "./privilege-program.ts";

const text = (content: string) => Buffer.from(content, "latin1");

describe("the version of a program that gives privileges", () => {
  it("is the constant beside the text that shows it", () => {
    expect(privilegeProgramVersion("sudo", text("x\0Sudo version %s\n\x001.9.16p2\0Configure"))).toBe("1.9.16p2");
    expect(privilegeProgramVersion("sudo", text("\x001.8.31\0Sudo version %s\n\0more"))).toBe("1.8.31");
    expect(privilegeProgramVersion("pkexec", text("--keep-cwd\x00126\0pkexec version %s\n\0"))).toBe("126");
    expect(privilegeProgramVersion("pkexec", text("\0pkexec version %s\n\x000.105\0"))).toBe("0.105");
  });

  it("is not told where the constant stands elsewhere", () => {
    expect(privilegeProgramVersion("sudo", text("\x001.9.16p2\0other\0Sudo version %s\n\0more\0"))).toBeUndefined();
    expect(privilegeProgramVersion("sudo", text("\x001.9.16p2\0"))).toBeUndefined();
    expect(privilegeProgramVersion("pkexec", text("\0pkexec version %s\n\x00999\0"))).toBeUndefined();
  });

  it("survives any bytes", () => {
    survivesAnyBytes(
      (bytes) => privilegeProgramVersion("sudo", bytes),
      text("x\0Sudo version %s\n\x001.9.16p2\0Configure"),
    );
  });
});
