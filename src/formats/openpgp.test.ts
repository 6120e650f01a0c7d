import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../test/hostile-input.ts";
import { AppError } from "../core/errors.ts";
import { fixtureKey } from "./openpgp.fixture.ts";
import { parseKeyring, verifyCleartext } from "./openpgp.ts";

const text = "Origin: Debian\nLabel: x \t\n- dashed\n\nSHA256:\n a\n";
const rsa = fixtureKey("rsa");
const keys = { rsa, eddsa: fixtureKey("eddsa"), ed25519: fixtureKey("ed25519") };

describe.each(Object.entries(keys))("a signature by %s", (_, key) => {
  const ring = parseKeyring(key.keyring, "k");
  const message = key.signed(text);
  it("is verified with its key", () => {
    expect(ring.map(({ fingerprint }) => fingerprint)).toEqual([key.fingerprint]);
    expect(verifyCleartext(message, ring, "m")).toEqual({ status: "verified", by: key.fingerprint });
    expect(verifyCleartext(message.replaceAll("\n", "\r\n"), ring, "m").status).toBe("verified");
  });
  it("is wrong for any other text, and unknown to other keys", () => {
    for (const other of [
      message.replace("Debian", "Eebian"),
      message.replace(" a\n", " a\n b\n"),
      message.replace("Label", "\nLabel"),
    ])
      expect(verifyCleartext(other, ring, "m").status).toBe("wrong");
    expect(verifyCleartext(message, parseKeyring(fixtureKey("eddsa").keyring, "k"), "m").status).toBe("unknown-key");
    expect(verifyCleartext(message, [], "m").status).toBe("unknown-key");
  });
  it("under another key's fingerprint is wrong", () => {
    const others = parseKeyring(fixtureKey(key === rsa ? "rsa" : "eddsa").keyring, "k");
    const disguised = others.map((one) => ({ ...one, fingerprint: key.fingerprint }));
    expect(verifyCleartext(message, disguised, "m").status).toBe("wrong");
  });
});

it("a keyring may be armoured, in several blocks, and hold keys that are not known", () => {
  const armoured = (bytes: Buffer) =>
    `-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: x\n\n${bytes.toString("base64")}\n=AbCd\n-----END PGP PUBLIC KEY BLOCK-----\n`;
  const unknown = Buffer.from([0xc6, 7, 4, 0, 0, 0, 0, 99, 0]);
  const both = armoured(Buffer.concat([unknown, rsa.keyring])) + armoured(keys.eddsa.keyring);
  expect(parseKeyring(Buffer.from(both), "k").map(({ fingerprint }) => fingerprint)).toEqual([
    rsa.fingerprint,
    keys.eddsa.fingerprint,
  ]);
});

describe("hostile input", () => {
  const ring = parseKeyring(rsa.keyring, "k");
  it("keyrings give keys or what they should", () => {
    survivesAnyBytes((bytes) => parseKeyring(bytes, "k"), rsa.keyring);
    for (const bad of [Buffer.of(0x00), Buffer.of(0xc6, 0xe1, 0), Buffer.of(0x9b), Buffer.of(0xc6, 9, 4)])
      expect(() => parseKeyring(bad, "k")).toThrow(AppError);
  });
  it("a message that is changed anywhere is never verified", () => {
    const message = rsa.signed(text);
    const start = message.indexOf("Origin");
    const end = message.indexOf("\n-----BEGIN PGP SIGNATURE");
    fc.assert(
      fc.property(fc.integer({ min: start, max: end - 1 }), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const changed = message.slice(0, at) + String.fromCharCode(code) + message.slice(at + 1);
        fc.pre(changed !== message);
        try {
          expect(verifyCleartext(changed, ring, "m").status).not.toBe("verified");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
  it("a damaged signature throws nothing else and is not verified", () => {
    const message = rsa.signed(text);
    const start = message.indexOf("\n\n", message.indexOf("BEGIN PGP SIGNATURE")) + 2;
    fc.assert(
      fc.property(fc.nat(message.length - start - 60), fc.string({ minLength: 1, maxLength: 3 }), (offset, added) => {
        try {
          verifyCleartext(message.slice(0, start + offset) + added + message.slice(start + offset + 2), ring, "m");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
