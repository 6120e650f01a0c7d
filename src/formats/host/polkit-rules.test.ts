import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parsePolkitAuthority, parsePolkitRules } from "./polkit-rules.ts";

describe("polkit", () => {
  it("finds what a rule asks before it grants", () => {
    const text = `// polkit.Result.YES
polkit.addRule(function(action, subject) {
  if (action.id == "org.libvirt.unix.manage" && subject.isInGroup("libvirt")) { return polkit.Result.YES; }
});
polkit.addRule(function() { return polkit.Result.YES; });
polkit.addRule(function(a, s) { return polkit.Result.AUTH_ADMIN; });
`;
    expect(parsePolkitRules(text)).toEqual([
      { line: 3, conditions: ["action org.libvirt.unix.manage", "group libvirt"], result: "yes" },
      { line: 5, conditions: [], result: "yes" },
    ]);
  });

  it("reads the older form", () => {
    expect(
      parsePolkitAuthority(
        "[a]\nIdentity=unix-group:ops;unix-user:bob\nAction=*\nResultAny=yes\n[b]\nResultActive=auth_admin\n",
      ),
    ).toEqual([
      { line: 4, conditions: ["identity unix-group:ops", "identity unix-user:bob", "action *"], result: "yes" },
    ]);
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => [parsePolkitRules(text), parsePolkitAuthority(text)],
      ["addRule", "polkit.Result.YES", "action.id == ", '"x"', "\n", "/*", "*/", "//", "[a]", "ResultAny=yes"],
    );
  });
});
