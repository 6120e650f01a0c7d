import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseGroup, parsePasswd, parseShadow, parseSubordinateIds } from "./accounts.ts";

describe("accounts", () => {
  it("reads passwd, group and subordinate ids", () => {
    expect(parsePasswd("root:x:0:0:root:/root:/bin/bash\n+::::::\n\n# no\n", "passwd")).toEqual([
      { name: "root", passwordField: "x", uid: 0, gid: 0, home: "/root", shell: "/bin/bash" },
    ]);
    expect(parseGroup("docker:x:999:a,b\nempty:x:5:\n", "group").map(({ members }) => members)).toEqual([
      ["a", "b"],
      [],
    ]);
    expect(parseSubordinateIds("a:100000:65536\n", "subuid")).toEqual([{ owner: "a", start: 100_000, count: 65_536 }]);
  });

  it.each([
    ["", "none"],
    ["!", "locked"],
    ["*", "locked"],
    ["!$y$j9T$abc$def", "locked"],
    ["$y$j9T$abc$def", "yescrypt"],
    ["$6$salt$hash", "sha512"],
    ["$5$salt$hash", "sha256"],
    ["$1$salt$hash", "md5"],
    ["$2b$12$abcdefghijklmnopqrstuv", "blowfish"],
    ["$7$CU..../....", "scrypt"],
    ["aaJr4Wm5WoPzA", "des"],
    ["$99$what", "other"],
  ])("tells the kind of the password field %j", (field, kind) => {
    expect(parseShadow(`a:${field}:19000:0:99999:7:::`, "shadow")[0]!.password).toBe(kind);
  });

  it("never keeps a hash", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9./]{20,60}$/), (hash) => {
        expect(JSON.stringify(parseShadow(`a:$6$salt$${hash}:1:0:9:7:::`, "shadow"))).not.toContain(hash);
      }),
    );
  });

  it.each(["root:x:0", "root:x:zero:0:r:/:/bin/sh"])("refuses the line %j", (line) => {
    expect(() => parsePasswd(line, "passwd")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });

  it("answers any text", () => {
    for (const read of [parsePasswd, parseGroup, parseShadow, parseSubordinateIds])
      survivesAnyText((text) => read(text, "f"), ["a", ":", "0", "x", "\n", "$6$", ",", "#"]);
  });
});
