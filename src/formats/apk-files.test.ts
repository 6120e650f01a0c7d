import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../test/hostile-input.ts";
import { parseApkFiles } from "./apk-files.ts";

const text = `C:Q1x=
P:busybox
V:1.36
F:bin
M:0:0:755
R:busybox
a:0:0:4755
Z:Q1qZTBMGEJTbRD2VXHmoi+4nU2UGc=
R:sh
Z:Q1pcfTfDNEbNKQc2s1tia7da05M8Q=
F:
R:init
Z:Q9oops

P:other
F:etc
R:x
`;

describe("parseApkFiles", () => {
  it("reads path, digest, rights and owner of each file", () => {
    const files = parseApkFiles(text, "installed");
    expect(
      files.map(({ package: name, path, mode, digest }) => [name, path, mode.toString(8), digest?.algorithm]),
    ).toEqual([
      ["busybox", "/bin/busybox", "4755", "sha1"],
      ["busybox", "/bin/sh", "644", "sha1"],
      ["busybox", "/init", "644", undefined],
      ["other", "/etc/x", "644", undefined],
    ]);
    expect(files[0]!.digest?.value).toBe("a994c13061094db443d955c79a88bee27536506 7".replace(" ", ""));
  });

  it("survives any text", () => {
    survivesAnyText(
      (input) => parseApkFiles(input, "x"),
      ["P:a\n", "F:b\n", "R:c\n", "a:0:0:755\n", "Z:Q1qZTB\n", "\n"],
    );
  });
});
