import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { effectiveSshd, parseSshdConfig } from "./sshd-config.ts";

const effective = (text: string) => effectiveSshd(parseSshdConfig(text, "sshd_config"));

describe("sshd_config", () => {
  it("lets the first value win and gathers those that add up", () => {
    expect(
      effective("PermitRootLogin no\npermitrootlogin yes\nAllowUsers a b\nAllowUsers c\nPort = 22\nPort 2222").settings,
    ).toEqual({ permitrootlogin: "no", allowusers: "a b c", port: "22 2222" });
  });

  it("keeps what stands under a condition apart, and returns at Match all", () => {
    const { settings, matches } = effective(
      "X11Forwarding no\nMatch User git,backup Address 10.0.0.0/8\n PermitTTY no\nMatch all\nMaxAuthTries 3\nX11Forwarding yes",
    );
    expect(settings).toEqual({ x11forwarding: "no", maxauthtries: "3" });
    expect(matches).toEqual([{ criteria: "User git,backup Address 10.0.0.0/8", settings: { permittty: "no" } }]);
  });

  it("resolves quotes and comments", () => {
    expect(
      parseSshdConfig('Banner "/etc/issue net" # said first\n# nothing\nSubsystem sftp internal-sftp', "f").map(
        (line) => line.arguments,
      ),
    ).toEqual([["/etc/issue net"], ["sftp", "internal-sftp"]]);
  });

  it("refuses a quote without end", () => {
    expect(() => parseSshdConfig('Banner "x', "f")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });

  it("gives back whatever lines were written, quoted or not", () => {
    const line = fc.record({
      keyword: fc.stringMatching(/^[a-z0-9]{1,10}$/),
      arguments: fc.array(fc.stringMatching(/^[ -~]{1,10}$/), { minLength: 1, maxLength: 3 }),
    });
    const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom(" ", " = ", "\t"), (lines, gap) => {
        const text = lines.map(
          (one) => `${one.keyword.toUpperCase()}${gap}${one.arguments.map(quoted).join(" ")} # c\n`,
        );
        expect(
          parseSshdConfig(text.join(""), "f").map((one) => ({ keyword: one.keyword, arguments: one.arguments })),
        ).toEqual(lines);
      }),
    );
  });

  it("answers any text", () => {
    survivesAnyText(effective, [
      "Match ",
      "all",
      "User x",
      "\n",
      " ",
      '"',
      "'",
      "\\",
      "#",
      "=",
      "Port 22",
      "Include *",
    ]);
  });
});
