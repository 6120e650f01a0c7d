import { createECDH, createHash, createPrivateKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pack } from "tar-stream";

/*
 * Builds the example image: a small web shop that does what images should not do. Its bytes are the same in every run.
 * The secrets are made up on the spot and open nothing.
 */

interface ExampleFile {
  readonly path: string;
  readonly text?: string;
  readonly mode?: number;
  readonly type?: "file" | "directory" | "symlink";
  readonly link?: string;
}

const built = new Date("2020-04-24T01:05:35Z");

const packages: readonly (readonly [name: string, version: string, origin: string, description: string])[] = [
  ["musl", "1.1.24-r2", "musl", "the musl c library"],
  ["busybox", "1.31.1-r9", "busybox", "size optimised toolbox"],
  ["alpine-baselayout", "3.2.0-r3", "alpine-baselayout", "folders and init files"],
  ["libcrypto1.1", "1.1.1d-r3", "openssl", "crypto library of openssl"],
  ["libssl1.1", "1.1.1d-r3", "openssl", "ssl library of openssl"],
  ["zlib", "1.2.11-r3", "zlib", "compression library"],
  ["apk-tools", "2.10.4-r3", "apk-tools", "package manager"],
  ["dropbear", "2019.78-r0", "dropbear", "small ssh server"],
];

const installed = packages
  .map(
    ([name, version, origin, text]) =>
      `P:${name}\nV:${version}\nA:x86_64\nT:${text}\nL:MIT\no:${origin}\nm:example <example@example.invalid>\n`,
  )
  .join("\n");

const layers: readonly { readonly createdBy: string; readonly files: readonly ExampleFile[] }[] = [
  {
    createdBy: "/bin/sh -c #(nop) ADD file:base.tar.gz in / ",
    files: [
      { path: "etc/", type: "directory", mode: 0o755 },
      {
        path: "etc/os-release",
        text: 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.11.5\nPRETTY_NAME="Alpine Linux v3.11"\n',
      },
      { path: "etc/alpine-release", text: "3.11.5\n" },
      { path: "lib/apk/db/installed", text: `${installed}\n` },
      { path: "bin/busybox", text: "#!example\n", mode: 0o755 },
      { path: "bin/su", text: "#!example\n", mode: 0o4755 },
      { path: "usr/sbin/dropbear", text: "#!example\n", mode: 0o755 },
    ],
  },
  {
    createdBy: "/bin/sh -c #(nop) COPY dir:shop in /app ",
    files: [
      {
        path: "app/server.js",
        text: 'require("http").createServer((_, answer) => answer.end("shop")).listen(8080);\n',
      },
      {
        path: "app/package.json",
        text: `${JSON.stringify({ name: "example-shop", version: "1.4.2", private: true, dependencies: { minimist: "1.2.0" } })}\n`,
      },
      {
        path: "app/node_modules/minimist/package.json",
        text: `${JSON.stringify({ name: "minimist", version: "1.2.0", license: "MIT" })}\n`,
      },
      { path: "app/deploy_key", text: madeUpKey() },
      { path: "app/uploads/", type: "directory", mode: 0o777 },
    ],
  },
  { createdBy: "/bin/sh -c rm /app/deploy_key", files: [{ path: "app/.wh.deploy_key", text: "" }] },
];

/** A real key on the curve P-256 that nobody trusts: its secret is the digest of a sentence, so that it is the same in every run. */
function madeUpKey(): string {
  const curve = createECDH("prime256v1");
  const secret = createHash("sha256").update("an example key that opens nothing").digest();
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey();
  const [d, x, y] = [secret, point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  return String(
    createPrivateKey({ key: { kty: "EC", crv: "P-256", d: d!, x: x!, y: y! }, format: "jwk" }).export({
      type: "sec1",
      format: "pem",
    }),
  );
}

async function tarOf(files: readonly ExampleFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, text = "", mode = 0o644, type = "file", link } of files) {
    const header = {
      name: path,
      mode,
      type,
      mtime: built,
      uid: 0,
      gid: 0,
      ...(link === undefined ? {} : { linkname: link }),
    };
    if (type === "file") archive.entry(header, text);
    else archive.entry(header);
  }
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function digestOf(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Writes the example image as `docker save` would and gives its path. */
export async function writeExampleImage(path: string): Promise<string> {
  const tars = await Promise.all(layers.map(({ files }) => tarOf(files)));
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: built.toISOString(),
    config: {
      Env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", `DB_PASSWORD=${digestOf("an example password").slice(0, 20)}`],
      Cmd: ["node", "/app/server.js"],
      ExposedPorts: { "8080/tcp": {}, "22/tcp": {} },
    },
    history: layers.map(({ createdBy }) => ({ created: built.toISOString(), created_by: createdBy })),
    rootfs: { type: "layers", diff_ids: tars.map((tar) => `sha256:${digestOf(tar)}`) },
  });
  const configName = `${digestOf(config)}.json`;
  const names = tars.map((tar) => `${digestOf(tar)}/layer.tar`);
  const manifest = JSON.stringify([{ Config: configName, RepoTags: ["example/shop:1.4.2"], Layers: names }]);
  const archive = pack();
  archive.entry({ name: configName, mtime: built }, config);
  for (const [index, tar] of tars.entries()) archive.entry({ name: names[index]!, mtime: built }, tar);
  archive.entry({ name: "manifest.json", mtime: built }, manifest);
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat(pieces));
  return path;
}
