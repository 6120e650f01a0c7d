import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseReleaseContents, signedText } from "./apt-release.ts";

const hash = "ab".repeat(32);
const plain = `Origin: Debian\nAcquire-By-Hash: yes\nMD5Sum:\n 00 1 main/x\nSHA256:\n ${hash} 12 main/binary-amd64/Packages.xz\n ${"cd".repeat(32)}  7 b\nOther: x\n ${hash} 9 no\n`;
const signed = (body: string) =>
  `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${body}-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n`;

describe("a release", () => {
  it.each([
    ["signed within", signed(plain)],
    ["plain", plain],
  ])("lists its files (%s)", (_, text) => {
    const { files, byHash } = parseReleaseContents(text, "r");
    expect(byHash).toBe(true);
    expect([...files]).toEqual([
      ["main/binary-amd64/Packages.xz", { sha256: hash, size: 12 }],
      ["b", { sha256: "cd".repeat(32), size: 7 }],
    ]);
  });
  it("is only what the signature frames, dashes unescaped", () => {
    expect(signedText(signed("- -----A\nB\n"), "r")).toBe("-----A\nB\n");
  });
  it.each([
    ["text before the frame", `x\n${signed(plain)}`],
    ["text behind the signature", `${signed(plain)}SHA256:\n ${hash} 1 evil\n`],
    ["no signature", `-----BEGIN PGP SIGNED MESSAGE-----\n\n${plain}`],
    ["a signature that does not end", signed(plain).slice(0, -30)],
    ["a header that nobody signs", signed(plain).replace("Hash: SHA256", "Hash: SHA256\nOrigin: evil")],
    ["no list", "Origin: x\n"],
  ])("is refused with %s", (_, text) => {
    expect(() => parseReleaseContents(text, "r")).toThrowError(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });
  it("survives anything", () => {
    survivesAnyText(
      (text) => parseReleaseContents(text, "r"),
      [
        "-----BEGIN PGP SIGNED MESSAGE-----\n",
        "\n",
        "-----BEGIN PGP SIGNATURE-----",
        "-----END PGP SIGNATURE-----",
        "SHA256:\n",
        ` ${hash} 1 a\n`,
        "- ",
      ],
    );
  });
});
