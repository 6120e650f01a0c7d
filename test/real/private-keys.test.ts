import { execFileSync, spawnSync } from "node:child_process";
import { createCipheriv, pbkdf2Sync } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findSecrets } from "../../src/formats/secrets/find-secrets.ts";

/* Keys and key stores as the programs that people use write them, and what those programs write that is no key. */

const programs = ["openssl", "ssh-keygen", "gpg", "keytool"];
const missing = programs.filter((name) => spawnSync("which", [name]).status !== 0);
const isReady = missing.length === 0;
const folder = isReady ? mkdtempSync(join(tmpdir(), "private-keys-")) : "";

/** One command line for each file, `$` standing for a password. */
const commands = `
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl rsa -in rsa.pem -traditional -out rsa-traditional.pem
openssl rsa -in rsa.pem -traditional -aes128 -passout pass:$ -out rsa-traditional-encrypted.pem
openssl pkcs8 -topk8 -in rsa.pem -passout pass:$ -out pkcs8-encrypted.pem
openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in rsa.pem -passout pass:$ -outform DER -out pkcs8-encrypted-old.der
openssl pkcs8 -topk8 -in rsa.pem -passout pass:$ -outform DER -out pkcs8-encrypted.der
openssl pkcs8 -topk8 -nocrypt -in rsa.pem -outform DER -out pkcs8.der
openssl rsa -in rsa.pem -traditional -outform DER -out pkcs1.der
openssl ecparam -name prime256v1 -genkey -out ec-with-parameters.pem
openssl ecparam -name secp384r1 -genkey -noout -out ec.pem
openssl ec -in ec.pem -outform DER -out ec.der
openssl ec -in ec.pem -aes256 -passout pass:$ -out ec-encrypted.pem
openssl genpkey -algorithm ED25519 -out ed25519.pem
openssl genpkey -algorithm X448 -outform DER -out x448.der
ssh-keygen -q -t rsa -N  -f ssh-rsa
ssh-keygen -q -t ecdsa -N  -m PEM -f ssh-ecdsa-pem
ssh-keygen -q -t ed25519 -N $ -f ssh-ed25519-encrypted
openssl req -x509 -key rsa.pem -subj /CN=x -days 10 -out none-certificate.pem
openssl x509 -in none-certificate.pem -outform DER -out none-certificate.der
openssl req -new -key rsa.pem -subj /CN=x -out none-request.csr
openssl rsa -in rsa.pem -pubout -out none-public.pem
openssl crl2pkcs7 -nocrl -certfile none-certificate.pem -out none-chain.p7b
openssl pkcs12 -export -inkey rsa.pem -in none-certificate.pem -passout pass:$ -out store.p12
openssl pkcs12 -export -legacy -inkey rsa.pem -in none-certificate.pem -passout pass:$ -out store-without-extension
openssl pkcs12 -export -keypbe NONE -certpbe NONE -inkey rsa.pem -in none-certificate.pem -passout pass: -out store-plain.pfx
openssl pkcs12 -export -nokeys -in none-certificate.pem -passout pass:$ -out certificates.p12
openssl pkcs12 -export -nokeys -certpbe NONE -in none-certificate.pem -passout pass:$ -out none-certificates.p12
keytool -genkeypair -alias a -keyalg RSA -storetype PKCS12 -storepass $ -dname CN=x -keystore keystore
keytool -genkeypair -alias a -keyalg RSA -storetype JKS -storepass $ -keypass $ -dname CN=x -keystore store.jks
keytool -genkeypair -alias a -keyalg RSA -storetype JCEKS -storepass $ -keypass $ -dname CN=x -keystore store.jceks
keytool -importcert -noprompt -alias c -file none-certificate.pem -storetype JKS -storepass $ -keystore none-trust.jks
keytool -importcert -noprompt -alias c -file none-certificate.pem -storetype PKCS12 -storepass $ -keystore trust.p12
keytool -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -importcert -noprompt -alias c -file none-certificate.pem -storetype PKCS12 -storepass $ -keystore none-trust.p12
keytool -genseckey -alias s -keyalg AES -keysize 256 -storetype PKCS12 -storepass $ -keystore secret.p12
`;

const expected: Readonly<Record<string, string>> = {
  "rsa.pem": "rsa",
  "rsa-traditional.pem": "rsa",
  "rsa-traditional-encrypted.pem": "rsa-encrypted",
  "pkcs8-encrypted.pem": "pkcs8-encrypted",
  "pkcs8-encrypted-old.der": "pkcs8-encrypted",
  "pkcs8-encrypted.der": "pkcs8-encrypted",
  "pkcs8.der": "rsa",
  "pkcs1.der": "rsa",
  "ec-with-parameters.pem": "ec",
  "ec.pem": "ec",
  "ec.der": "ec",
  "ec-encrypted.pem": "ec-encrypted",
  "ed25519.pem": "ed25519",
  "x448.der": "x448",
  "ssh-rsa": "rsa",
  "ssh-ecdsa-pem": "ec",
  "ssh-ed25519-encrypted": "ed25519-encrypted",
  "store.p12": "pkcs12-encrypted",
  "store-without-extension": "pkcs12-encrypted",
  "store-plain.pfx": "pkcs12",
  "certificates.p12": "pkcs12-not-seen",
  "trust.p12": "pkcs12-not-seen",
  "encrypted-whole.p12": "pkcs12-not-seen",
  "secret.p12": "pkcs12-encrypted",
  keystore: "pkcs12-encrypted",
  "store.jks": "java-key-store-encrypted",
  "store.jceks": "java-key-store-encrypted",
  "gpg.asc": "openpgp",
  "gpg.gpg": "openpgp",
  "gpg-encrypted.asc": "openpgp-encrypted",
};

/** An element of DER with content of less than 64 KiB. */
function der(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

/** A PFX whose one content, encrypted with a password (RFC 8018 PBES2), holds a private key: no program at hand writes one, all read it. */
function encryptedWhole(pkcs8: Uint8Array): Buffer {
  const oid = (hex: string) => der(0x06, Buffer.from(hex, "hex"));
  const [data, salt, initial] = [oid("2a864886f70d010701"), Buffer.alloc(8, 3), Buffer.alloc(16, 4)];
  const key = pbkdf2Sync("hunter2-hunter2", salt, 2_048, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, initial);
  const bags = der(0x30, der(0x30, oid("2a864886f70d010c0a0101"), der(0xa0, pkcs8)));
  const encrypted = der(0x80, cipher.update(bags), cipher.final());
  const derivation = der(
    0x30,
    oid("2a864886f70d01050c"),
    der(0x30, der(0x04, salt), der(0x02, Buffer.from([8, 0])), der(0x30, oid("2a864886f70d0209"), der(0x05))),
  );
  const scheme = der(0x30, oid("60864801650304012a"), der(0x04, initial));
  const algorithm = der(0x30, oid("2a864886f70d01050d"), der(0x30, derivation, scheme));
  const message = der(0x30, der(0x02, Buffer.from([0])), der(0x30, data, algorithm, encrypted));
  const safe = der(0x30, der(0x30, oid("2a864886f70d010706"), der(0xa0, message)));
  return der(0x30, der(0x02, Buffer.from([3])), der(0x30, data, der(0xa0, der(0x04, safe))));
}

beforeAll(() => {
  if (!isReady) return;
  for (const command of commands.trim().split("\n")) {
    const [name = "", ...words] = command.split(" ");
    execFileSync(
      name,
      words.map((word) => word.replace("$", "hunter2-hunter2")),
      { cwd: folder, stdio: "ignore" },
    );
  }
  writeFileSync(join(folder, "encrypted-whole.p12"), encryptedWhole(readFileSync(join(folder, "pkcs8.der"))));
  const home = join(folder, "home");
  const gpg = (out: string | undefined, ...words: string[]) =>
    execFileSync(
      "gpg",
      [
        "--homedir",
        home,
        "--batch",
        "--quiet",
        "--pinentry-mode",
        "loopback",
        ...(out ? ["-o", join(folder, out)] : []),
        ...words,
      ],
      { stdio: "ignore" },
    );
  execFileSync("mkdir", ["-m", "700", home]);
  gpg(undefined, "--passphrase", "", "--quick-gen-key", "a@example.invalid", "rsa2048");
  gpg(undefined, "--passphrase", "hunter2-hunter2", "--quick-gen-key", "b@example.invalid", "ed25519");
  gpg("gpg.asc", "-a", "--export-secret-keys", "a@example.invalid");
  gpg("gpg.gpg", "--export-secret-keys", "a@example.invalid");
  gpg("gpg-encrypted.asc", "-a", "--passphrase", "hunter2-hunter2", "--export-secret-keys", "b@example.invalid");
  gpg("none-gpg.asc", "-a", "--export", "a@example.invalid");
  spawnSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
}, 120_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isReady)(`private keys (needs ${missing.join(", ") || "nothing else"})`, () => {
  const kindsIn = (path: string) => [
    ...new Set(findSecrets(readFileSync(path), { path: `srv/${path.split("/").at(-1)}` }).map(({ kind }) => kind)),
  ];

  it("are told by their structure, in every form that programs write", () => {
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, kindsIn(join(folder, name))]));
    expect(found).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, kind]) => [name, [`private-key-${kind}`]])),
    );
  });

  it("may be in a store that is encrypted whole", () => {
    const words = [
      "pkcs12",
      "-in",
      join(folder, "encrypted-whole.p12"),
      "-nomacver",
      "-nodes",
      "-passin",
      "pass:hunter2-hunter2",
    ];
    expect(execFileSync("openssl", words, { encoding: "utf8", stdio: "pipe" })).toContain("BEGIN PRIVATE KEY");
  });

  it("are not seen in what is public", () => {
    const names = readdirSync(folder).filter((name) => name.startsWith("none-") || name.endsWith(".pub"));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect([name, kindsIn(join(folder, name))]).toEqual([name, []]);
  });

  it("are seen where gpg-agent keeps them", () => {
    const kept = join(folder, "home/private-keys-v1.d");
    expect(existsSync(kept)).toBe(true);
    const kinds = readdirSync(kept)
      .filter((name) => name.endsWith(".key"))
      .flatMap((name) => kindsIn(join(kept, name)));
    expect([...new Set(kinds)].sort()).toEqual(["private-key-openpgp", "private-key-openpgp-encrypted"]);
  });
});
