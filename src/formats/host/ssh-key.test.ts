import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { parseAuthorisedKeys, privateKeyEncryption } from "./ssh-key.ts";

function sshString(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function rsaLine(bits: number): string {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const jwk = publicKey.export({ format: "jwk" });
  const modulus = Buffer.from(jwk.n!, "base64url");
  const blob = Buffer.concat([
    sshString(Buffer.from("ssh-rsa")),
    sshString(Buffer.from(jwk.e!, "base64url")),
    sshString(Buffer.concat([Buffer.of(0), modulus])),
  ]);
  return `ssh-rsa ${blob.toString("base64")} me`;
}

describe("SSH keys", () => {
  it.each([1024, 2048, 3072])("counts the bits of an RSA key of %i", (bits) => {
    expect(parseAuthorisedKeys(rsaLine(bits))[0]).toMatchObject({ type: "ssh-rsa", bits, comment: "me", options: [] });
  });

  it("reads options with quotes, and passes over what is no key", () => {
    const key = Buffer.concat([sshString(Buffer.from("ssh-ed25519")), sshString(Buffer.alloc(32, 1))]).toString(
      "base64",
    );
    const [found, ...rest] = parseAuthorisedKeys(
      `# c\nnonsense\nfrom="10.0.0.0/8,!10.1.2.3",no-pty,command="echo \\"x y\\"" ssh-ed25519 ${key} a b\n`,
    );
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ bits: 256, options: ["from", "no-pty", "command"], comment: "a b" });
    expect(found!.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it("tells encrypted private keys from open ones", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    expect(privateKeyEncryption(privateKey.export({ type: "pkcs8", format: "pem" }) as string)).toBe(false);
    expect(
      privateKeyEncryption(
        privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }) as string,
      ),
    ).toBe(true);
    const openssh = (cipher: string) =>
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.concat([Buffer.from("openssh-key-v1\0"), sshString(Buffer.from(cipher))]).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----`;
    expect(privateKeyEncryption(openssh("none"))).toBe(false);
    expect(privateKeyEncryption(openssh("aes256-ctr"))).toBe(true);
    expect(privateKeyEncryption("hello")).toBeUndefined();
  });

  it("answers any text", () => {
    survivesAnyText(
      (text) => [parseAuthorisedKeys(text), privateKeyEncryption(text)],
      ["ssh-rsa ", "AAAAB3Nz", "\n", '"', "from=", "-----BEGIN OPENSSH PRIVATE KEY-----", "="],
    );
  });
});
