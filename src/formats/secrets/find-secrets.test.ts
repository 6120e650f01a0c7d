import { createECDH, createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findSecrets, type Secret } from "./find-secrets.ts";
import { isPlaceholder, isRandom } from "./placeholder.ts";
import { assignedRules, secretRules, tokenRules } from "./rules.ts";
import { searchPlan } from "./search-plan.ts";

const find = (text: string, path = "app/config.env"): Secret[] => findSecrets(Buffer.from(text, "latin1"), { path });
const kinds = (text: string, path?: string): string[] => find(text, path).map(({ kind }) => kind);

/** Values of a rule's own form that look random, always the same ones. Built here, so that no file of ours holds one. */
function samples(source: string, entropy: number): string[] {
  const form = new RegExp(`^(?:${source.replace(/\(\?!\[A-Za-z0-9\]\)$/, "").replace(/\(\?<secret>/g, "(?:")})$`);
  return fc
    .sample(fc.stringMatching(form), { numRuns: 60, seed: 7 })
    .filter((value) => !isPlaceholder(value.replace(/^A+/, "")) && isRandom(value, entropy));
}

/** Text that is random and always the same. */
function digits(seed: string, alphabet: string, length: number): string {
  const bytes = Array.from({ length: Math.ceil(length / 32) }, (_, index) => [
    ...createHash("sha256").update(`${seed} ${index}`).digest(),
  ]).flat();
  return bytes
    .slice(0, length)
    .map((byte) => alphabet[byte % alphabet.length])
    .join("");
}
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const githubToken = `ghp_${digits("github", letters, 36)}`;

/** Tokens of thirty and more issuers, made up here. */
const hexDigits = "0123456789abcdef";
const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const issued: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["aws-access-key-id", "AKIA", upper, 16],
    ["github-personal-access-token", "ghp_", letters, 36],
    ["gitlab-personal-access-token", "glpat-", letters, 20],
    ["stripe-secret-key", "sk_live_", letters, 24],
    ["google-api-key", "AIza", letters, 35],
    ["google-oauth-client-secret", "GOCSPX-", letters, 28],
    ["npm-access-token", "npm_", letters, 36],
    ["pypi-upload-token", "pypi-AgEIcHlwaS5vcmc", letters, 120],
    ["openai-project-key", "sk-proj-", letters, 90],
    ["anthropic-api-key", "sk-ant-api03-", letters, 95],
    ["hugging-face-token", "hf_", letters.slice(0, 52), 34],
    ["vault-service-token", "hvs.", letters, 92],
    ["digitalocean-access-token", "dop_v1_", hexDigits, 64],
    ["docker-hub-token", "dckr_pat_", letters, 27],
    ["databricks-token", "dapi", hexDigits, 32],
    ["shopify-access-token", "shpat_", hexDigits, 32],
    ["square-access-token", "sq0atp-", letters, 22],
    ["new-relic-user-key", "NRAK-", upper, 27],
    ["rubygems-api-key", "rubygems_", hexDigits, 48],
    ["pulumi-token", "pul-", hexDigits, 40],
    ["planetscale-token", "pscale_tkn_", letters, 43],
    ["linear-api-key", "lin_api_", letters, 40],
    ["supabase-access-token", "sbp_", hexDigits, 40],
    ["buildkite-token", "bkua_", hexDigits, 40],
    ["groq-api-key", "gsk_", letters, 52],
    ["replicate-token", "r8_", letters, 37],
    ["clojars-token", "CLOJARS_", letters.slice(26).toLowerCase(), 60],
    ["aiven-password", "AVNS_", letters, 19],
    ["render-api-key", "rnd_", letters, 32],
    ["telegram-bot-token", "4821957360:AA", letters, 33],
    ["slack-bot-token", "xoxb-482195736014-7293840165238-", letters, 24],
    ["sendgrid-api-key", `SG.${digits("sendgrid", letters, 22)}.`, letters, 43],
    ["terraform-cloud-token", `${digits("terraform", letters, 14)}.atlasv1.`, letters, 66],
  ].map(([kind, prefix, alphabet, length]) => [
    kind as string,
    `${prefix}${digits(kind as string, alphabet as string, length as number)}`,
  ]),
);
const base64 = (text: string, form: "base64" | "base64url" = "base64") => Buffer.from(text).toString(form);

describe("a secret that is encoded", () => {
  it.each(Object.entries(issued))("is found in every encoding: %s", (kind, token) => {
    const kept = `# kept for the deployment, do not remove this line from the file\nvalue: ${token}\n`;
    const texts: readonly [string, string][] = [
      ["plain", `v: "${token}"`],
      ["base64", `data:\n  v: ${base64(token)}\n`],
      ["base64 for addresses", `v=${base64(`key=${token}??>>~~`, "base64url")}`],
      ["wrapped base64", base64(kept).replace(/.{76}/g, "$&\n")],
      ["wrapped and indented base64", `v: |\n  ${base64(kept).replace(/.{64}/g, "$&\n  ")}\nw: 1\n`],
      ["hex", Buffer.from(token).toString("hex")],
      ["hex in capitals", Buffer.from(token).toString("hex").toUpperCase()],
      ["base64 twice", `v: ${base64(base64(`key=${token}`))}`],
      ["hex in base64", `v: ${base64(Buffer.from(token).toString("hex"))}`],
    ];
    for (const [form, text] of texts) expect([form, kinds(`first\n${text}\n`)]).toEqual([form, [kind]]);
    expect(findSecrets(Buffer.from(`\ufeff$v='${token}'\r\n`, "utf16le"), { path: "app/x.ps1" })).toMatchObject([
      { kind, line: 1 },
    ]);
    expect(
      findSecrets(Buffer.from(`\ufeffa\n$v='${token}'\n`, "utf16le").swap16(), { path: "app/x.ps1" }),
    ).toMatchObject([{ kind, line: 2 }]);
  });

  it("may be a key in DER", () => {
    const key = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "der" });
    expect(kinds(`KEY=${key.toString("base64")}\n`)).toEqual(["private-key-ed25519"]);
    expect(kinds(`KEY=${key.toString("hex")}\n`)).toEqual(["private-key-ed25519"]);
  });

  it.each([
    ["an integrity hash", `"integrity": "sha512-${base64(digits("integrity", letters, 64))}"`],
    [
      "a list of identifiers",
      Array.from({ length: 40 }, (_, at) =>
        digits(`uuid ${at}`, hexDigits, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5"),
      ).join("\n"),
    ],
    ["digests", Array.from({ length: 40 }, (_, at) => digits(`digest ${at}`, hexDigits, 64)).join("\n")],
    [
      "a public key",
      generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "pem" }),
    ],
    ["encoded prose", base64("The quick brown fox jumps over the lazy dog, and the password is written nowhere.")],
    ["an encoded picture", `url(data:image/png;base64,${base64(`\u0089PNG\r\n${"\u0000\u0001".repeat(200)}`)})`],
    [
      "a path of long names",
      "AbstractSingletonProxyFactoryBean/Implementation/ConfigurationManagerFactory/service_impl-v2",
    ],
    ["a path and its rights", "permfile=/etc/passwd:rw-r--r--:root:-:WARN:"],
  ])("is not seen in %s", (_, text) => expect(find(`${text}\n`)).toEqual([]));

  it("is looked for in hostile text to its end", () => {
    for (const part of [
      "A",
      "QUFB",
      "QUFBQUFB\n",
      "30",
      "MII",
      "QUFB-",
      `${"QUFB".repeat(19)}\n`,
      `${"A".repeat(23)} `,
    ]) {
      find(part.repeat(2_097_152 / part.length));
    }
  });
});

describe("where a file stands", () => {
  const settings = "db_password=Summer2024-x\n";
  it.each([
    "usr/src/app/config.env",
    "usr/share/nginx/html/config.env",
    "usr/share/elasticsearch/config/keys.env",
    "srv/app/config.env",
  ])("%s is settings", (path) => expect(kinds(settings, path)).toEqual(["assigned-secret"]));
  it.each(["usr/src/linux-headers-6.1/x.env", "usr/share/perl5/x.env", "root/.npm/_cacache/content-v2/x.env"])(
    "%s is a library",
    (path) => expect(kinds(settings, path)).toEqual([]),
  );
});

describe("the rules", () => {
  it("are more than 120 kinds, each named once, none with a look-behind or a back-reference", () => {
    const names = secretRules.map(({ kind }) => kind);
    expect(names.length).toBeGreaterThan(250);
    expect(new Set(names).size).toBe(names.length);
    for (const rule of secretRules) {
      const { source } = rule.form === "token" ? rule.pattern : rule.value;
      expect(source, rule.kind).not.toMatch(/\\[1-9]|\(\?<[=!]/);
    }
  });
  it.each(tokenRules.filter((rule) => rule.isSound === undefined).map((rule) => [rule.kind, rule] as const))(
    "%s is found by its form",
    (kind, rule) => {
      const values = samples(rule.pattern.source, rule.entropy);
      expect(values.length).toBeGreaterThan(5);
      const found = values.filter((value) => kinds(`first line\nvalue: "${value}"\n`).includes(kind));
      expect(found.length / values.length).toBeGreaterThan(0.8);
    },
  );
  it.each(assignedRules.map((rule) => [rule.kind, rule] as const))("%s is found by its name", (kind, rule) => {
    const values = samples(rule.value.source.slice(1, -1), rule.entropy);
    expect(values.length).toBeGreaterThan(0);
    const name = `MY_${rule.names[0]}_${rule.roles.includes("secret") ? "SECRET" : rule.roles[0]}`.toUpperCase();
    const found = values.filter((value) => kinds(`${name}=${value}\n`).includes(kind));
    expect(found.length).toBeGreaterThan(0);
  });
  it.each(secretRules.map((rule) => [rule.kind, rule] as const))("%s ends on hostile text", (_, rule) => {
    const pattern = rule.form === "token" ? rule.pattern : rule.value;
    const starts = rule.form === "token" ? rule.keywords : [""];
    for (const start of starts) {
      for (const filling of ["a", "A", "0", "-", "a.", "1-", "=", "eyJ", "/+", "a_a."]) {
        const text = start + filling.repeat(Math.ceil(1_048_576 / filling.length));
        pattern.lastIndex = 0;
        pattern.test(text);
      }
    }
  });
});

describe("a file of nothing but beginnings", () => {
  it.each(
    searchPlan()
      .texts.filter((_, index) => index % 9 === 0 || searchPlan().signs[index]!.sign !== "encoded")
      .map((text) => [text]),
  )("%j is searched to its end", (keyword) => {
    const bytes = Buffer.from(
      `${keyword} ${keyword}="`.repeat(Math.ceil(524_288 / (2 * keyword.length + 3))),
      "latin1",
    );
    findSecrets(bytes, { path: "app/x" });
  });
  it("is given up on when there are too many", () => {
    const bytes = Buffer.from(" AKIA".repeat(2_100_000), "latin1");
    expect(() => findSecrets(bytes, { path: "app/x" })).toThrow(/more than 2000000 candidates/);
  });
});

describe("what is reported", () => {
  it("holds kind, line, a mask and a hash and never the secret", () => {
    const [found] = find(`# settings\n\nGITHUB=${githubToken}\n`);
    expect(found).toMatchObject({
      kind: "github-personal-access-token",
      severity: "critical",
      line: 3,
      masked: `gh***${githubToken.slice(-2)} (40 characters)`,
    });
    expect(found?.hash).toBe(createHash("sha256").update(githubToken).digest("hex").slice(0, 16));
    expect(JSON.stringify(found)).not.toContain(githubToken.slice(4, 12));
  });
  it("is one secret though it stands there many times", () => {
    expect(find(`${githubToken}\n`.repeat(50))).toHaveLength(1);
  });
  it("has no line in a binary file, where assignments count for nothing", () => {
    const found = find(`\0\0${githubToken}\0password=tr0ub4dor&3\0`);
    expect(found).toHaveLength(1);
    expect(found[0]).not.toHaveProperty("line");
  });
  it("is nothing longer than four characters of any text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 60 }), (secret) => {
        for (const { masked } of find(`DB_PASSWORD="${secret}"`)) {
          for (let at = 0; at + 5 <= secret.length; at++) {
            const part = secret.slice(at, at + 5);
            if (!/^[*( )]|characters|^\d+ c/.test(part)) expect(masked).not.toContain(part);
          }
        }
      }),
    );
  });
});

describe("where secrets hide", () => {
  it.each([
    ["base64", Buffer.from(`user: x\ntoken: ${githubToken}\n`).toString("base64")],
    ["base64, one byte further", Buffer.from(`xtoken: ${githubToken}\n`).toString("base64")],
    ["base64, two bytes further", Buffer.from(`xxtoken: ${githubToken}\n`).toString("base64")],
    ["hex", Buffer.from(`token: ${githubToken}\n`).toString("hex")],
  ])("%s", (_, encoded) => {
    const found = find(`apiVersion: v1\ndata:\n  file: ${encoded}\n`);
    expect(found).toMatchObject([
      { kind: "github-personal-access-token", line: 3, title: expect.stringMatching(/, in (base64|hex)$/) },
    ]);
  });
  it("a Kubernetes secret with a password file", () => {
    expect(kinds(`data:\n  env: ${Buffer.from("DB_PASSWORD=xK9!vq27Lm\n").toString("base64")}\n`)).toEqual([
      "assigned-secret",
    ]);
  });
  it("a Docker configuration", () => {
    const auth = Buffer.from(`deployer:${digits("docker", letters, 20)}`).toString("base64");
    expect(kinds(`{"auths":{"r.example.invalid":{"auth":"${auth}"}}}`, "root/.docker/config.json")).toEqual([
      "docker-registry-auth",
    ]);
  });
  it("a signed token, but not one without signature algorithm", () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signature = digits("signature", letters, 43);
    expect(kinds(`Bearer ${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "deploy" })}.${signature}`)).toEqual([
      "json-web-token",
    ]);
    expect(kinds(`Bearer ${part({ typ: "JWT", alg: "none" })}.${part({ sub: "deploy" })}.${signature}`)).toEqual([]);
  });
  it.each([
    ["postgres://app:xK9vq27Lm@db:5432/app", ["address-password"]],
    ["https://example.invalid/a:b@c", []],
    ["postgres://app:$" + "{DB_PASSWORD}@db/app", []],
    ["mongodb+srv://root:S3cure-pw@cluster0.abcde.mongodb.net", ["address-password"]],
    ["git@github.com:a/b and http://user:password@host", []],
  ])("%s", (text, expected) => expect(kinds(text)).toEqual(expected));
  it.each([
    ["etc/shadow", "root:$6$abcdefgh$xyzxyzxyzxyzxyz:19000:0:99999:7:::\ndaemon:*:19000::::::\n", ["password-hash"]],
    ["etc/shadow", "root:*:19000:0:99999:7:::\nbin:!::0:::::\napp:!!:1::::::\n", []],
    ["root/.netrc", "machine a.example login b password k3Jx9-22\n", ["netrc-password"]],
    ["root/.pgpass", "db:5432:*:app:k3Jx9-22\n", ["postgresql-password"]],
    ["app/config/master.key", digits("rails", "0123456789abcdef", 32), ["rails-master-key"]],
  ])("%s %j", (path, text, expected) => expect(kinds(text, path)).toEqual(expected));
});

describe("passwords without a form", () => {
  it.each([
    ["app/.env", "DB_PASSWORD=tr0ub4dor&3\n"],
    ["app/application.properties", "spring.datasource.password=Summer2024\n"],
    ["app/settings.yaml", 'database:\n  password: "p4ssw0rd-x"\n'],
    ["app/config.json", '{"dbPassword": "k3Jx9aQ2"}'],
    ["app/config.xml", "<password>k3Jx9aQ2</password>"],
    ["app/main.py", 'API_TOKEN = "9f8b2c4d7e1a6f3b5c0d"\n'],
  ])("%s %j", (path, text) => expect(kinds(text, path)).toEqual(["assigned-secret"]));
  it.each([
    [
      "app/.env",
      "DB_PASSWORD=\nDB_PASSWORD=$SECRET\nDB_PASSWORD=$" +
        "{SECRET:-}\nTOKEN=<your token>\nAPI_TOKEN=changeme\nPASSWORD=xxxxxxxx\n",
    ],
    [
      "app/main.py",
      'password = get_password("prod")\ntoken = tokens[0]\nsecret = self.secret\npassword = "password"\n',
    ],
    [
      "app/main.js",
      'const token = "invalid_token_error"; const passwordLabel = "Enter 1 password"; if (token === "abc12345xyz") {}',
    ],
    ["etc/pam.conf", "password required pam_unix.so\n"],
    ["etc/ssh/sshd_config", "PasswordAuthentication yes\nPermitEmptyPasswords no\n"],
    [
      "app/app.yaml",
      "secretName: app-tls-1\ntokenPath: /var/run/token\npasswordFile: /run/secrets/db\nsecretKeyRef: db1-secret\n",
    ],
    ["usr/lib/python3/x.py", 'API_TOKEN = "9f8b2c4d7e1a6f3b5c0d"\n'],
    ["app/tests/test_login.py", 'API_TOKEN = "9f8b2c4d7e1a6f3b5c0d"\n'],
  ])("none in %s %j", (path, text) => expect(kinds(text, path)).toEqual([]));
});

describe("private keys", () => {
  const digest = createHash("sha256").update("a key that opens nothing").digest();
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(digest);
  const point = curve.getPublicKey();
  const jwk = {
    kty: "EC",
    crv: "P-256",
    d: digest.toString("base64url"),
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const ec = createPrivateKey({ key: jwk, format: "jwk" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const pem = (type: "pkcs8" | "sec1", key = ec) =>
    String(key.export({ type, format: "pem" } as { type: "pkcs8"; format: "pem" }));

  it.each([
    ["private-key-ec", pem("sec1")],
    ["private-key-ec", pem("pkcs8")],
    ["private-key-ed25519", pem("pkcs8", generateKeyPairSync("ed25519").privateKey)],
    ["private-key-rsa", String(rsa.export({ type: "pkcs1", format: "pem" }))],
    ["private-key-rsa", pem("pkcs8", rsa)],
    [
      "private-key-pkcs8-encrypted",
      String(rsa.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })),
    ],
    [
      "private-key-rsa-encrypted",
      String(rsa.export({ type: "pkcs1", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })),
    ],
  ])("%s is read", (kind, text) => {
    expect(find(text, "app/key")).toMatchObject([
      { kind, line: 1, severity: kind.endsWith("encrypted") ? "medium" : "critical" },
    ]);
    expect(kinds(JSON.stringify({ private_key: text }), "app/account.json")).toEqual([kind]);
    expect(kinds(text.replace(/^/gm, "    "), "app/values.yaml")).toEqual([kind]);
    expect(kinds(text.replaceAll("\n", "\r\n"), "app/key")).toEqual([kind]);
    expect(kinds(`key: ${Buffer.from(text).toString("base64")}`, "app/secret.yaml")).toEqual([kind]);
    const once = Buffer.from(`key: ${Buffer.from(text).toString("base64")}\n`).toString("base64");
    expect(kinds(`content: ${once}\n`, "app/secret.yaml")).toEqual([kind]);
    expect(find(text, "app/tests/key.pem")[0]?.severity).toBe("low");
  });
  it("is found in DER", () => {
    expect(findSecrets(ec.export({ type: "sec1", format: "der" }), { path: "app/key.der" })).toMatchObject([
      { kind: "private-key-ec" },
    ]);
    expect(findSecrets(rsa.export({ type: "pkcs8", format: "der" }), { path: "app/key.der" })).toMatchObject([
      { kind: "private-key-rsa" },
    ]);
  });
  it("is damaged when its body is no key, and no key at all without one", () => {
    const body = Buffer.concat(
      Array.from({ length: 20 }, (_, index) => createHash("sha256").update(`${index}`).digest()),
    ).toString("base64");
    const label = "RSA PRIVATE KEY";
    expect(kinds(`-----BEGIN ${label}-----\n${body.replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`)).toEqual([
      "private-key-damaged",
    ]);
    expect(kinds(`-----BEGIN ${label}-----\n...\n-----END ${label}-----\n`)).toEqual([]);
    expect(kinds(`-----BEGIN ${label}-----`)).toEqual([]);
    expect(kinds(`grep -q "-----BEGIN ${label}-----" "$file"`)).toEqual([]);
    expect(
      kinds(
        `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`,
      ),
    ).toEqual([]);
  });
  it("of OpenSSH tells its type and whether a passphrase protects it", () => {
    const string = (content: Buffer | string) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(content.length);
      return Buffer.concat([length, Buffer.from(content)]);
    };
    const file = (cipher: string) => {
      const publicKey = Buffer.concat([string("ssh-ed25519"), string(digest)]);
      const bytes = Buffer.concat([
        Buffer.from("openssh-key-v1\0"),
        string(cipher),
        string(cipher === "none" ? "none" : "bcrypt"),
        string(""),
        Buffer.from([0, 0, 0, 1]),
        string(publicKey),
        string(Buffer.concat([digest, digest, digest])),
      ]);
      return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString("base64").replace(/.{70}/g, "$&\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
    };
    expect(find(file("none"))).toMatchObject([{ kind: "private-key-ed25519", severity: "critical" }]);
    expect(find(file("aes256-ctr"))).toMatchObject([{ kind: "private-key-ed25519-encrypted", severity: "medium" }]);
  });
  it("of OpenPGP tells whether a passphrase protects it", () => {
    const integer = (bytes: Buffer) =>
      Buffer.concat([Buffer.from([(bytes.length * 8) >> 8, (bytes.length * 8) & 0xff]), bytes]);
    const block = (usage: number) => {
      const body = Buffer.concat([
        Buffer.from([4, 0, 0, 0, 1, 1]),
        integer(Buffer.concat([digest, digest])),
        integer(Buffer.from([1, 0, 1])),
        Buffer.from([usage]),
        digest,
        digest,
      ]);
      const bytes = Buffer.concat([Buffer.from([0x95, body.length >> 8, body.length & 0xff]), body]);
      return `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: x\n\n${bytes.toString("base64").replace(/.{64}/g, "$&\n")}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n`;
    };
    expect(kinds(block(0))).toEqual(["private-key-openpgp"]);
    expect(kinds(block(254))).toEqual(["private-key-openpgp-encrypted"]);
  });
  it("of PuTTY", () => {
    const body = digest.toString("base64");
    const file = (encryption: string) =>
      `PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: ${encryption}\r\nComment: x\r\nPublic-Lines: 1\r\n${body}\r\nPrivate-Lines: 2\r\n${body}\r\n${body}\r\nPrivate-MAC: 00\r\n`;
    expect(kinds(file("none"))).toEqual(["private-key-putty"]);
    expect(kinds(file("aes256-cbc"))).toEqual(["private-key-putty-encrypted"]);
  });
});

describe("examples", () => {
  it.each([
    [
      "the access key of the AWS documentation",
      `AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n`,
    ],
    ["a run of one character", `token: ghp_${"x".repeat(36)}\n`],
    ["a counter", `token: ghp_${"0123456789abcdefghijklmnopqrstuvwxyz"}\n`],
    ["no entropy", `token: ghp_${"ab".repeat(18)}\n`],
    ["an identifier that begins like a token", `const x = ghp_${"a".repeat(10)}_function_name_of_a_module_here;`],
    ["part of a longer word", `abc${githubToken}def`],
  ])("%s is no secret", (_, text) => expect(kinds(text)).toEqual([]));
});

describe("any bytes", () => {
  it("give an answer, the same every time", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.constantFrom("app/x", "etc/shadow", "a.p12", "root/.netrc", "x.keytab"),
        (bytes, path) => {
          expect(findSecrets(bytes, { path })).toEqual(findSecrets(bytes, { path }));
        },
      ),
    );
  });
  it("made of the keywords do too", () => {
    const words = [
      ...searchPlan().texts,
      '="',
      ": ",
      "\n",
      "\\n",
      "-----END RSA PRIVATE KEY-----",
      "PRIVATE KEY-----",
      "@",
      "://",
      githubToken,
      "\0",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => void find(parts.join(""))),
    );
  });
});
