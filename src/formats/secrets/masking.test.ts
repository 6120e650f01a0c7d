import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { masked, maskSecrets } from "./masking.ts";
import { isSecretName } from "./secret-name.ts";

describe("names of secrets", () => {
  it.each([
    "PASSWORD",
    "DB_PASSWORD",
    "dbPassword",
    "PGPASSWORD",
    "API_KEY",
    "clientSecret",
    "aws_secret_access_key",
    "GITHUB_TOKEN",
    "SECRET_KEY_BASE",
    "authToken",
  ])("%s", (name) => expect(isSecretName(name)).toBe(true));
  it.each([
    "PASSWORD_FILE",
    "TOKEN_URL",
    "GPG_KEY",
    "PATH",
    "PYTHON_SHA256",
    "MONKEY",
    "tokenizer",
    "secretName",
    "COMPASS",
  ])("%s is none", (name) => expect(isSecretName(name)).toBe(false));
});

describe("masking", () => {
  it.each([
    ["RUN curl -H 'X: 1' https://bob:hunter22-hunter22@h/x", "hunter22"],
    ["RUN mysql --password 'correct-horse-battery' -e x", "horse"],
    ["ENV API_TOKEN=abcdef0123456789abcdef", "f0123456789a"],
    [`echo ${"gh" + "p_"}abcdefghijklmnopqrstuvwxyz0123456789 > x`, "klmnop"],
    [`-----BEGIN ${"RSA"} PRIVATE KEY-----\nMIIEabcdefgh\n-----END ${"RSA"} PRIVATE KEY-----`, "abcdefgh"],
  ])("%j", (text, secret) => {
    expect(maskSecrets(text)).not.toContain(secret);
    expect(maskSecrets(maskSecrets(text))).toBe(maskSecrets(text));
  });
  it.each([
    "RUN apt-get install -y password-store secret-tool",
    "PATH=/usr/bin",
    "TOKEN=$" + "{TOKEN}",
    "PASSWORD_FILE=/run/secrets/p",
  ])("leaves %j", (text) => expect(maskSecrets(text)).toBe(text));
  it("never shows more than four characters, and none of short secrets", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (secret) => {
        const shown = masked(secret)
          .replace(/ \(\d+ characters\)$/, "")
          .replace("***", "");
        expect(shown.length).toBe(secret.length < 12 ? 0 : 4);
      }),
    );
  });
  it("ends on hostile text", () => {
    for (const part of [
      "a://",
      "a:b@",
      "-----BEGIN RSA PRIVATE KEY-----",
      "password ",
      'secret="',
      "eyJ",
      "x=",
      "--token ",
    ]) {
      maskSecrets(part.repeat(1_048_576 / part.length));
    }
  });
});
