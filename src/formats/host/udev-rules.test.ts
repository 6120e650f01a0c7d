import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { udevPrograms } from "./udev-rules.ts";

describe("rules of udev", () => {
  it("name every command that they start, with any operator", () => {
    const text = [
      'ACTION=="add", SUBSYSTEM=="net", RUN+="/bin/a 1", RUN{program}+="/bin/b"',
      'KERNEL=="sd*", PROGRAM=="/bin/c %k", RESULT=="x#y", RUN:="/bin/d \\"e\\""',
      'IMPORT{program}="/bin/f", IMPORT{file}="/etc/g", RUN{builtin}="kmod load x"',
      '  # RUN+="/bin/none"',
      'ATTR{size}=="#1", \\',
      '  RUN+="/bin/h"',
      'PROGRAM = e"/bin/i\\x20j"',
      'RUN-="/bin/none", RUN="", ENV{RUN}="/bin/none", NAME="RUN+=none"',
      'RUN+="/bin/none',
    ].join("\n");
    expect(udevPrograms(text)).toEqual([
      "/bin/a 1",
      "/bin/b",
      "/bin/c %k",
      '/bin/d \\"e\\"',
      "/bin/f",
      "kmod load x",
      "/bin/h",
      "/bin/i\\x20j",
    ]);
  });

  it("give back whatever commands were written", () => {
    const command = fc.string({ unit: fc.constantFrom(..."/abRUN=+,#{} "), minLength: 1, maxLength: 12 });
    const other = fc.constantFrom('KERNEL=="sd*"', 'ATTR{a}=="#"', 'ENV{X}="RUN"', 'GOTO="end"');
    const rule = fc.tuple(fc.array(other, { maxLength: 3 }), fc.array(command, { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), (rules) => {
        const text = rules.map(([others, commands]) =>
          [...others, ...commands.map((one) => `RUN+="${one}"`)].join(", "),
        );
        expect(udevPrograms(text.join("\n"))).toEqual(rules.flatMap(([, commands]) => commands));
      }),
    );
  });

  it("are read to their end however they are written", () => {
    for (const piece of ["RUN", "RUN{", 'RUN+="', "RUN ", "\\\n", '"\\', "RUN+=", "A{A}=\n"]) {
      udevPrograms(piece.repeat(200_000));
    }
  });

  it("answer any text", () => {
    survivesAnyText(udevPrograms, ["RUN", "{", "}", "+=", '"', "\\", "\n", "#", "PROGRAM", ",", "e"]);
  });
});
