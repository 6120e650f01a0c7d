import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { loginUmask, umaskSettings } from "./umask.ts";

const octal = (script: string) =>
  umaskSettings(script).map(({ mask, root }) => `${mask.toString(8).padStart(3, "0")} ${root}`);

describe("the masks of a start-up script", () => {
  it("are read in octal and in words, comments and other words aside", () => {
    expect(
      octal("umask 022\n  umask 0027 # ours\n#umask 000\necho umask 077x; umask u=rwx,g=rx,o=\numask\numask -S\n"),
    ).toEqual(["022 always", "027 always", "027 always"]);
    expect(octal("umask a=rx,u=rwx; umask u=rwx")).toEqual(["022 always"]);
  });

  it("are root's or not by conditions on the user's number", () => {
    const redHat = [
      'if [ $UID -gt 199 ] && [ "`id -gn`" = "`id -un`" ]; then',
      "    umask 002",
      "else",
      "    umask 022",
      "fi",
    ].join("\n");
    expect(octal(redHat)).toEqual(["002 never", "022 always"]);
    expect(octal('if [ "$(id -u)" -eq 0 ]; then\numask 077\nelse\numask 002\nfi\numask 027')).toEqual([
      "077 always",
      "002 never",
      "027 always",
    ]);
    expect(octal('[ "$UID" -ge 1000 ] && umask 002')).toEqual(["002 never"]);
    expect(octal('if [ -n "$X" ]; then umask 002; fi\numask 022')).toEqual(["002 perhaps", "022 always"]);
    expect(octal("case $- in\n*i*) umask 002 ;;\nesac\nf() {\n umask 0\n}\n")).toEqual(["002 perhaps", "000 perhaps"]);
    expect(octal('if [ $UID -gt 199 ] || [ -n "$X" ]; then\numask 002\nfi')).toEqual(["002 perhaps"]);
  });

  it("say for every mask what a shell says of it", () => {
    const script = (mask: number) => `umask ${mask.toString(8).padStart(3, "0")}`;
    for (const mask of [0, 0o2, 0o22, 0o27, 0o77, 0o133, 0o777]) {
      const shown = execFileSync("/bin/sh", ["-c", `${script(mask)}; umask -S`], { encoding: "utf8" }).trim();
      expect(umaskSettings(`umask ${shown}`)[0]?.mask, shown).toBe(mask);
    }
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o777 }), (mask) => umaskSettings(script(mask))[0]?.mask === mask),
      { numRuns: 50 },
    );
  });

  it("survive any text", () => {
    survivesAnyText(umaskSettings, [
      "if [ $UID -gt 1 ]; then",
      "else",
      "fi",
      "umask 022",
      "umask u=,",
      "\n",
      "case x in",
      "esac",
      "}",
      "&&",
      " ",
    ]);
    survivesAnyText((text) => loginUmask(text), ["UMASK", " ", "022", "\n"]);
  });
});

describe("login.defs", () => {
  it("gives its last mask", () => {
    expect(loginUmask("# UMASK 000\nUMASK 022\nHOME_MODE 0700\nUMASK\t027\n")).toEqual({
      mask: 0o27,
      line: 4,
      root: "always",
    });
    expect(loginUmask("HOME_MODE 0700\n")).toBeUndefined();
  });
});
