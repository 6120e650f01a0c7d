import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { credentialFileSecrets } from "./credential-file.ts";

const kinds = (bytes: Uint8Array, path: string) => credentialFileSecrets(bytes, path).map(({ kind }) => kind);

/** An element of DER with content of less than 64 KiB. */
function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
const data = "2a864886f70d010701";

const encryptedData = "2a864886f70d010706";
const envelopedData = "2a864886f70d010703";

/** A content with one bag of a type, outside the encrypted part. */
function bagContent(bag: number): Buffer {
  const safeBag = der(
    0x30,
    oid(`2a864886f70d010c0a01${bag.toString(16).padStart(2, "0")}`),
    der(0xa0, Buffer.alloc(80, 7)),
  );
  return der(0x30, oid(data), der(0xa0, der(0x04, der(0x30, safeBag))));
}

/** A content of which nobody without the password or key sees what it is (RFC 5652 §6, §8). */
function closedContent(kind: string): Buffer {
  const inner = der(0x30, oid(data), der(0x30, oid("2a864886f70d01050d")), der(0x80, Buffer.alloc(300, 9)));
  const recipients = kind === envelopedData ? [der(0x31, der(0x30, Buffer.alloc(20, 5)))] : [];
  const version = der(0x02, Buffer.from([recipients.length === 0 ? 0 : 2]));
  return der(0x30, oid(kind), der(0xa0, der(0x30, version, ...recipients, inner)));
}

/** A PFX (RFC 7292 §4) with contents. */
function pfxOf(...contents: Buffer[]): Buffer {
  const safe = der(0x30, ...contents);
  return der(0x30, der(0x02, Buffer.from([3])), der(0x30, oid(data), der(0xa0, der(0x04, safe))));
}
const pfx = (bag: number) => pfxOf(bagContent(bag));

/** A Java key store with entries by their tags. */
function javaKeyStore(magic: number, tags: readonly number[]): Buffer {
  const number = (value: number) => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const entries = tags.map((tag) =>
    Buffer.concat([
      number(tag),
      text("alias"),
      Buffer.alloc(8),
      ...(tag === 2 ? [text("X.509")] : []),
      number(40),
      Buffer.alloc(40, 1),
    ]),
  );
  return Buffer.concat([number(magic), number(2), number(tags.length), ...entries, Buffer.alloc(20)]);
}

describe("a key store", () => {
  it("of PKCS#12 is told by a bag with a key, whatever its name", () => {
    expect(kinds(pfx(2), "srv/tls.p12")).toEqual(["private-key-pkcs12-encrypted"]);
    expect(kinds(pfx(2), "srv/cacerts")).toEqual(["private-key-pkcs12-encrypted"]);
    expect(kinds(pfx(1), "srv/tls.pfx")).toEqual(["private-key-pkcs12"]);
  });
  it("of PKCS#12 with certificates alone is none", () => expect(kinds(pfx(3), "srv/trust.p12")).toEqual([]));
  it("of PKCS#12 with another secret is one too", () =>
    expect(kinds(pfx(5), "srv/keys.p12")).toEqual(["private-key-pkcs12-encrypted"]));
  it.each([
    ["encrypted with a password", [closedContent(encryptedData)]],
    ["encrypted for a recipient", [closedContent(envelopedData)]],
    ["encrypted in all its contents", [closedContent(encryptedData), closedContent(encryptedData)]],
    ["encrypted in part, with certificates seen", [bagContent(3), closedContent(encryptedData)]],
  ])("of PKCS#12 %s is not called one of certificates", (_what, contents) => {
    const found = credentialFileSecrets(pfxOf(...contents), "srv/trust.p12");
    expect(found.map(({ kind, severity }) => [kind, severity])).toEqual([["private-key-pkcs12-not-seen", "low"]]);
  });
  it("of PKCS#12 with a key that is seen is told by that, whatever else is encrypted", () => {
    expect(kinds(pfxOf(closedContent(encryptedData), bagContent(2)), "a")).toEqual(["private-key-pkcs12-encrypted"]);
    expect(kinds(pfxOf(closedContent(envelopedData), bagContent(1)), "a")).toEqual(["private-key-pkcs12"]);
  });
  it("of PKCS#12 may have a length that only its end tells", () => {
    const open = (content: Buffer) =>
      Buffer.concat([Buffer.from([0x30, 0x80, 0x02, 0x01, 3]), Buffer.from([0x30, 0x80]), content, Buffer.alloc(4)]);
    expect(kinds(open(closedContent(encryptedData)), "a")).toEqual(["private-key-pkcs12-not-seen"]);
    expect(kinds(open(bagContent(3)), "a")).toEqual([]);
  });
  it("of PKCS#12 is none where nothing is in it, and other encrypted messages are none", () => {
    expect(kinds(pfxOf(), "srv/empty.p12")).toEqual([]);
    expect(kinds(closedContent(envelopedData), "srv/mail.p7m")).toEqual([]);
  });
  it.each([0xfeedfeed, 0xcececece])("of Java is told by an entry with a key, also behind certificates", (magic) => {
    expect(kinds(javaKeyStore(magic, [2, 2, 1]), "srv/key.jks")).toEqual(["private-key-java-key-store-encrypted"]);
    expect(kinds(javaKeyStore(magic, [2, 2]), "srv/trust.jks")).toEqual([]);
  });
  it("may be damaged anywhere", () => {
    const stores = [pfx(2), pfxOf(closedContent(encryptedData), bagContent(3)), javaKeyStore(0xfeedfeed, [2, 1])];
    fc.assert(
      fc.property(fc.constantFrom(...stores), fc.nat(), fc.integer({ min: 0, max: 255 }), (store, place, byte) => {
        const damaged = Uint8Array.from(store);
        damaged[place % damaged.length] = byte;
        credentialFileSecrets(damaged, "srv/key");
        credentialFileSecrets(damaged.subarray(0, place % damaged.length), "srv/key");
      }),
    );
  });
});

describe("a key of GnuPG", () => {
  it.each([
    ["(21:protected-private-key(3:rsa", ["private-key-openpgp-encrypted"]],
    ["(11:private-key(3:rsa", ["private-key-openpgp"]],
    ["Created: 20260101T000000\nKey: (protected-private-key (ecc", ["private-key-openpgp-encrypted"]],
    ["Created: 20260101T000000\nKey: (private-key (ecc", ["private-key-openpgp"]],
    ["(20:shadowed-private-key(3:rsa", []],
    ["(10:public-key(3:rsa", []],
    ["Key: (private-keys are", []],
  ])("%j", (text, expected) =>
    expect(kinds(Buffer.from(text), "root/.gnupg/private-keys-v1.d/A.key")).toEqual(expected),
  );
});
