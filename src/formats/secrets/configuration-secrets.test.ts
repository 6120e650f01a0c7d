import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ConfigurationTexts, configurationSecrets } from "./configuration-secrets.ts";

const token = `ghp_${[...createHash("sha256").update("a token").digest()].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[byte % 62]).join("")}a9Zk`;
const found = (texts: Partial<ConfigurationTexts>) =>
  configurationSecrets({ env: [], labels: {}, commands: {}, history: [], ...texts }).map(
    ({ source, at, kind }) => `${source} ${at} ${kind}`,
  );

describe("an encoded secret in the configuration of an image", () => {
  const forms: Readonly<Record<string, string>> = {
    plain: token,
    base64: Buffer.from(`key: ${token}`).toString("base64"),
    "base64 for addresses": Buffer.from(`key: ${token}??>>`).toString("base64url"),
    hex: Buffer.from(token).toString("hex"),
    "base64 twice": Buffer.from(Buffer.from(token).toString("base64")).toString("base64"),
  };
  it.each(Object.entries(forms))("is found wherever it stands: %s", (_, value) => {
    const kind = "github-personal-access-token";
    expect(found({ env: [`X=${value}`] })).toEqual([`env X ${kind}`]);
    expect(found({ labels: { note: `see ${value}` } })).toEqual([`label note ${kind}`]);
    expect(found({ commands: { Cmd: ["run", value] } })).toEqual([`command Cmd ${kind}`]);
    expect(found({ history: [{ createdBy: `|1 X=${value} /bin/sh -c make` }] })).toEqual([`build-argument X ${kind}`]);
    expect(found({ history: [{ createdBy: `RUN /bin/sh -c echo ${value} # buildkit` }] })).toEqual([
      `history step 1 ${kind}`,
    ]);
    expect(found({ history: [{ createdBy: "RUN make", comment: `by ${value}` }] })).toEqual([`history step 1 ${kind}`]);
  });
});

describe("the configuration of an image", () => {
  it.each([
    [
      { env: ["DB_PASSWORD=hunter2", "PATH=/usr/bin", "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568"] },
      ["env DB_PASSWORD assigned-secret"],
    ],
    [
      { env: ["MYSQL_ALLOW_EMPTY_PASSWORD=yes", "PASSWORD_FILE=/run/secrets/db", "API_TOKEN=$" + "{TOKEN}", "TOKEN="] },
      [],
    ],
    [{ env: [`WHATEVER=${token}`] }, ["env WHATEVER github-personal-access-token"]],
    [{ labels: { "example.token": "9f8b2c4d7e1a6f3b" } }, ["label example.token assigned-secret"]],
    [{ commands: { Cmd: ["app", "--db", "postgres://app:xK9vq27Lm@db/app"] } }, ["command Cmd address-password"]],
    [
      { history: [{ createdBy: "|2 NPM_TOKEN=s3cr3t-value VERSION=1.2 /bin/sh -c npm ci" }] },
      ["build-argument NPM_TOKEN assigned-secret"],
    ],
    [
      { history: [{ createdBy: `RUN |1 GH=${token} /bin/sh -c git clone x # buildkit`, layer: 2 }] },
      ["build-argument GH github-personal-access-token"],
    ],
    [
      { history: [{ createdBy: "/bin/sh -c #(nop)  ARG DB_PASSWORD=default-password-1" }] },
      ["build-argument DB_PASSWORD assigned-secret"],
    ],
    [{ history: [{ createdBy: "ENV A=1 DB_PASSWORD=hunter2" }] }, ["history step 1 assigned-secret"]],
    [
      {
        history: [
          { createdBy: "RUN /bin/sh -c curl -H 'PRIVATE-TOKEN: x' https://ci:xK9vq27Lm@git.example.invalid/a" },
        ],
      },
      ["history step 1 address-password"],
    ],
    [
      {
        history: [
          { createdBy: "ARG TOKEN" },
          { createdBy: "RUN /bin/sh -c apt-get install -y libsecret-1-0" },
          { createdBy: "RUN --mount=type=secret,id=npm_token npm ci" },
        ],
      },
      [],
    ],
  ] as const)("%j", (texts, expected) => expect(found(texts)).toEqual(expected));
  it("names a secret of several places once", () => {
    expect(
      found({
        env: ["DB_PASSWORD=hunter2"],
        history: [{ createdBy: "ENV DB_PASSWORD=hunter2" }, { createdBy: "|1 DB_PASSWORD=hunter2 /bin/sh -c x" }],
      }),
    ).toEqual(["env DB_PASSWORD assigned-secret"]);
  });
  it("may be anything", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 5 }), fc.dictionary(fc.string(), fc.string()), (texts, labels) => {
        configurationSecrets({
          env: texts,
          labels,
          commands: { Cmd: texts },
          history: texts.map((createdBy) => ({ createdBy: `|${createdBy.length} ${createdBy}` })),
        });
      }),
    );
  });
  it("ends on a hostile history", () => {
    for (const part of ["|9 A=", " A=b", "ENV A=", "--token ", 'TOKEN="', "| "])
      found({ history: [{ createdBy: `|99 ${part.repeat(60_000)}` }, { createdBy: `ENV ${part.repeat(60_000)}` }] });
  });
});
