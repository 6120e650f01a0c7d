import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parsePam } from "./pam.ts";

/** Every form of pam.conf(5) and what it means: type, control, module, arguments, whether the module may be missing. */
const forms = [
  ["auth required pam_unix.so", "auth", "required", "pam_unix.so", [], false],
  ["AUTH Required pam_unix.so", "auth", "required", "pam_unix.so", [], false],
  ["-auth\tsufficient\tpam_sss.so use_first_pass", "auth", "sufficient", "pam_sss.so", ["use_first_pass"], true],
  ["account requisite /lib/security/pam_deny.so", "account", "requisite", "pam_deny.so", [], false],
  ["password optional pam_x.so a=b c", "password", "optional", "pam_x.so", ["a=b", "c"], false],
  [
    "auth [success=1 default=ignore] pam_unix.so nullok",
    "auth",
    "success=1 default=ignore",
    "pam_unix.so",
    ["nullok"],
    false,
  ],
  ["auth [ success=ok  default=die ] pam_a.so", "auth", "success=ok  default=die", "pam_a.so", [], false],
  ["auth [success=1\\\n default=ignore] pam_unix.so", "auth", "success=1 default=ignore", "pam_unix.so", [], false],
  ["session include common-session", "session", "include", "common-session", [], false],
  ["auth substack system-auth", "auth", "substack", "system-auth", [], false],
  [
    "session optional pam_exec.so [echo a b] seteuid",
    "session",
    "optional",
    "pam_exec.so",
    ["[echo a b]", "seteuid"],
    false,
  ],
  ["session optional pam_motd.so # motd=/run/motd", "session", "optional", "pam_motd.so", [], false],
] as const;

describe("PAM rules", () => {
  it.each(forms)("%j", (text, type, control, module, words, optionalModule) => {
    expect(parsePam(`${text}\n`, "f")).toEqual([{ type, control, module, arguments: words, optionalModule }]);
  });

  it("keeps the order of a stack, so that what a success skips can be told", () => {
    const stack = parsePam(
      "auth [success=2 default=ignore] pam_unix.so\nauth [success=1 default=ignore] pam_sss.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n@include common-account\n",
      "f",
    );
    expect(stack.map((line) => ("include" in line ? `@${line.include}` : line.module))).toEqual([
      "pam_unix.so",
      "pam_sss.so",
      "pam_deny.so",
      "pam_permit.so",
      "@common-account",
    ]);
  });

  it.each(["auth", "auth required", "login auth required pam_unix.so", "@include", "auth [success=1 pam_unix.so"])(
    "refuses %j",
    (text) => {
      expect(() => parsePam(text, "f")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
    },
  );

  it("gives back whatever rules were written", () => {
    const word = fc.stringMatching(/^[a-z_=0-9]{1,8}$/);
    const rule = fc.record({
      type: fc.constantFrom("auth" as const, "account" as const, "password" as const, "session" as const),
      control: fc.oneof(
        fc.constantFrom("required", "sufficient", "include", "substack"),
        fc.constantFrom("success=1 default=ignore", "user_unknown=ignore success=ok ignore=ignore default=bad"),
      ),
      module: word.map((name) => `pam_${name}.so`),
      arguments: fc.array(word, { maxLength: 3 }),
      optionalModule: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(rule), fc.constantFrom(" ", "\t", " \\\n  "), (rules, gap) => {
        const text = rules
          .map(({ type, control, module, arguments: words, optionalModule }) =>
            [
              `${optionalModule ? "-" : ""}${type}`,
              control.includes("=") ? `[${control}]` : control,
              module,
              ...words,
            ].join(gap),
          )
          .join("\n# between\n");
        expect(parsePam(text, "f")).toEqual(rules);
      }),
    );
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => parsePam(text, "f"),
      ["auth ", "-session ", "[", "]", "success=1 ", "include ", "pam_unix.so", "\n", "\\", "@include x", "#"],
    );
  });
});
