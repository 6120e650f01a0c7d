import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { privilegeProgramVersion } from "../../src/formats/host/privilege-program.ts";

describe("the version in a program's bytes", () => {
  it.skipIf(!existsSync("/usr/bin/sudo"))("is the one that sudo shows (skipped without sudo)", () => {
    const shown = execFileSync("/usr/bin/sudo", ["-V"], { encoding: "utf8" });
    expect(privilegeProgramVersion("sudo", readFileSync("/usr/bin/sudo"))).toBe(
      /^Sudo version (\S+)$/m.exec(shown)![1],
    );
  });

  it.skipIf(!existsSync("/usr/bin/pkexec"))("is the one that pkexec shows (skipped without pkexec)", () => {
    const shown = execFileSync("/usr/bin/pkexec", ["--version"], { encoding: "utf8" });
    expect(privilegeProgramVersion("pkexec", readFileSync("/usr/bin/pkexec"))).toBe(
      /^pkexec version (\S+)$/m.exec(shown)![1],
    );
  });
});
