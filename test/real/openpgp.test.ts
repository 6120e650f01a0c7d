import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import { parseKeyring, type SigningKey, verifyCleartext } from "../../src/formats/openpgp.ts";

/** GnuPG makes keys and signatures and judges the same messages; without it these are skipped and say so. */
const scratch = mkdtempSync(join(tmpdir(), "openpgp-"));
const home = join(scratch, "home");
const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const hasGpg = has("gpg") && has("gpgv");
const gpg = (...args: string[]) =>
  execFileSync(
    "gpg",
    ["--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "", ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
afterAll(() => {
  if (has("gpgconf")) spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
  rmSync(scratch, { recursive: true, force: true });
});

function isVerified(message: string, keys: readonly SigningKey[]): boolean {
  try {
    return verifyCleartext(message, keys, "m").status === "verified";
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

describe("GnuPG", () => {
  it.skipIf(!hasGpg).each(["rsa2048", "ed25519"])(
    hasGpg
      ? "and we agree on what a key of kind %s signed"
      : "and we agree on what a key of kind %s signed (skipped: no gpg)",
    (kind) => {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      gpg("--quick-generate-key", `${kind}@test.example`, kind, "sign", "never");
      const ring = join(scratch, `${kind}.gpg`);
      writeFileSync(ring, gpg("--export", `${kind}@test.example`));
      const armoured = gpg("--armor", "--export", `${kind}@test.example`);
      const keys = parseKeyring(readFileSync(ring), "ring");
      expect(parseKeyring(armoured, "ring")).toEqual(keys);
      const texts = ["a\n", "a\n\n", "- dash\n-----BEGIN\n", "blanks \t\nü €\n", "no end", "x\r\ny\r\n", "\n\n a\n"];
      for (const [index, text] of texts.entries()) {
        const plain = join(scratch, `${kind}-${index}`);
        writeFileSync(plain, text);
        const message = gpg("--clearsign", "-u", `${kind}@test.example`, "-o", "-", plain).toString("utf8");
        for (const changed of [
          message,
          message.replace("a", "b"),
          message.replace(/\n\n/, "\n\n\n"),
          message.replace(" \t\n", "\n"),
        ]) {
          const file = join(scratch, "message");
          writeFileSync(file, changed);
          const theirs = spawnSync("gpgv", ["--keyring", ring, file]).status === 0;
          expect([text, changed, isVerified(changed, keys)]).toEqual([text, changed, theirs]);
        }
      }
    },
    60_000,
  );

  const lists = "/var/lib/apt/lists";
  const ring = "/usr/share/keyrings/debian-archive-keyring.pgp";
  const releases =
    existsSync(lists) && existsSync(ring) ? readdirSync(lists).filter((name) => name.endsWith("_InRelease")) : [];
  it.skipIf(releases.length === 0)(
    releases.length > 0
      ? "the releases that apt keeps are signed by Debian's keys"
      : "the releases that apt keeps are signed by Debian's keys (skipped: no lists of apt)",
    () => {
      const keys = parseKeyring(readFileSync(ring), ring);
      for (const name of releases) {
        const text = readFileSync(join(lists, name), "utf8");
        expect([name, verifyCleartext(text, keys, name).status]).toEqual([name, "verified"]);
        expect(verifyCleartext(text.replace("SHA256:", "SHA256: "), keys, name).status).toBe("verified");
        expect(verifyCleartext(text.replace("Label:", "Label :"), keys, name).status).toBe("wrong");
      }
    },
  );
});
