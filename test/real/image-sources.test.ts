import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createSign } from "node:crypto";
import { cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { socketDispatcher } from "../../src/clients/socket-dispatcher.ts";
import { imageCollectors } from "../../src/collectors/image/index.generated.ts";
import { readImage } from "../../src/collectors/image-reader.ts";
import { openImageSource } from "../../src/collectors/image-sources.ts";
import { digestOf } from "../../src/formats/image-archive/digest.ts";
import { selfSigned } from "../fakes/self-signed.ts";

/* One image, built by buildah, as it is read from registries, engines, archives and layouts: the same facts from all of them. */

const programs = ["buildah", "podman", "skopeo", "docker-registry", "openssl", "tar", "setcap", "python3"];
const missing = programs.filter((program) => spawnSync("which", [program]).status !== 0);
const isReady = process.getuid?.() === 0 && missing.length === 0;
const hasDocker = isReady && spawnSync("which", ["dockerd"]).status === 0;
const hasContainerd = isReady && ["containerd", "ctr"].every((program) => spawnSync("which", [program]).status === 0);
const needs = isReady ? "" : ` (needs root and ${missing.join(", ") || "nothing else"})`;

let folder = "";
let plain = "";
let locked = "";
let tokens = "";
const running: ChildProcess[] = [];
let tokenServer: Server | undefined;
/** The facts of the archive, by which all others are judged. */
let expected: Facts[];
/** The same of the image that podman built. */
let expectedBuilt: Facts[];

interface Facts {
  readonly platform: string;
  readonly values: Readonly<Record<string, unknown>>;
}

beforeAll(async () => {
  if (!isReady) return;
  folder = mkdtempSync(join(tmpdir(), "image-sources-"));
  writeFileSync(
    join(folder, "storage.conf"),
    `[storage]\ndriver="vfs"\ngraphroot="${folder}/storage"\nrunroot="${folder}/run"\n`,
  );
  writeFileSync(join(folder, "ca.pem"), selfSigned.cert);
  writeFileSync(join(folder, "key.pem"), selfSigned.key);
  // The password is "secret" (bcrypt, cost 5).
  writeFileSync(join(folder, "htpasswd"), "test:$2y$05$Xw/C4swK9n1/J.whwqCns.NLHma9EIOVadC4DlSBvCPsW99O7.6Ja\n");
  plain = await startRegistry("plain", "");
  locked = await startRegistry(
    "locked",
    `  tls: {certificate: ${folder}/ca.pem, key: ${folder}/key.pem}\nauth: {htpasswd: {realm: test, path: ${folder}/htpasswd}}\n`,
  );
  tokens = await startTokenRegistry();
  buildImages();
  await pushImages();
  expected = await factsOf(`${folder}/amd64.tar`);
  expectedBuilt = await factsOf(`${folder}/built.tar`);
}, 180_000);

afterAll(async () => {
  await new Promise<void>((resolve) => (tokenServer ? tokenServer.close(() => resolve()) : resolve()));
  for (const child of running) await stop(child);
  if (folder) rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe.skipIf(!isReady)(`an image in a registry${needs}`, () => {
  it("has the facts that its archive has", async () => {
    expect(expected).toHaveLength(1);
    expect(JSON.stringify(expected)).toContain("made-up-package");
    expect(expected[0]!.values["image/privileged-files"]).toMatchObject({
      files: expect.arrayContaining([expect.objectContaining({ path: "/usr/bin/tool", kind: "setuid", layer: 1 })]),
    });
    expect(await factsOf(`${plain}/team/app:1`)).toEqual(expected);
    expect(await factsOf(`${plain}/team/app:built`)).toEqual(expectedBuilt);
  });

  it("names its base with the digest that the annotations have, and by the history in an archive that keeps none", async () => {
    expect(await baseOf(`${plain}/team/app:1`)).toEqual(["annotation", "localhost/base:1", "sha256:"]);
    expect(await baseOf(`${folder}/amd64.tar`)).toEqual(["history", "localhost/base:1", undefined]);
  });

  it("has owners, capabilities and names as its builder was told, and nothing of what a later layer removed", () => {
    const { files, worldWritable } = expected[0]!.values["image/privileged-files"] as {
      files: { path: string; kind: string; owner: number; group: number; layer: number; capabilities?: string[] }[];
      worldWritable: { path: string }[];
    };
    const lines = files.map((one) => `${one.path} ${one.kind} ${one.owner}:${one.group} ${one.layer}`).sort();
    expect(lines).toEqual([
      "/srv/large-owner setuid 3000000:3000001 1",
      "/srv/mapped setgid 70000:70001 1",
      "/srv/mapped setuid 70000:70001 1",
      "/usr/bin/raw capabilities 0:0 1",
      "/usr/bin/second-name setuid 0:0 1",
      "/usr/bin/tool setuid 0:0 1",
    ]);
    expect(files.flatMap(({ capabilities }) => capabilities ?? []).sort()).toEqual(["CAP_NET_ADMIN", "CAP_NET_RAW"]);
    expect(worldWritable.some(({ path }) => path.startsWith("/srv/name-"))).toBe(true);
    const { unread } = expected[0]!.values["image/packages"] as { unread: { path: string }[] };
    expect(unread.map(({ path }) => path)).toEqual(["/srv/replaced/new.jar"]);
    const built = expectedBuilt[0]!.values["image/privileged-files"] as { files: object[] };
    expect(built.files).toContainEqual(expect.objectContaining({ path: "/opt/tool", kind: "setgid", owner: 65_534 }));
    expect(expectedBuilt[0]!.values["image/configuration"]).toMatchObject({ user: "65534" });
  });

  it("has them in zstd, in zstd that can be fetched in parts, and in Docker's own form", async () => {
    expect(await factsOf(`${plain}/team/app:zstd`)).toEqual(expected);
    expect(await factsOf(`${plain}/team/app:chunked`)).toEqual(expected);
    expect(await factsOf(`${plain}/team/app:v2s2`)).toEqual(expected);
  });

  it("has them over TLS with a password", async () => {
    const environment = { SSL_CERT_FILE: join(folder, "ca.pem"), ...person };
    expect(await factsOf(`${locked}/team/app:1`, environment)).toEqual(expected);
    await expect(
      factsOf(`${locked}/team/app:1`, { ...environment, PLIMSOLL_REGISTRY_PASSWORD: "no" }),
    ).rejects.toMatchObject({ code: "AUTH_FAILED" });
    await expect(factsOf(`${locked}/team/app:1`, person)).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it("has them with a token, and credentials that podman wrote", async () => {
    const authFile = join(folder, "auth.json");
    const auth = Buffer.from("test:secret").toString("base64");
    writeFileSync(authFile, JSON.stringify({ auths: { [`${tokens}/team`]: { auth } } }));
    expect(await factsOf(`${tokens}/team/app:1`, { REGISTRY_AUTH_FILE: authFile })).toEqual(expected);
    await expect(factsOf(`${tokens}/team/app:1`)).rejects.toMatchObject({ code: "AUTH_FAILED" });
  });

  it("is read for all platforms of an index in an index, beside an attestation", async () => {
    const facts = await factsOf(`${plain}/team/app:nested`);
    expect(facts.map(({ platform }) => platform).sort()).toEqual(["linux/amd64", "linux/arm64"]);
    expect(facts.find(({ platform }) => platform === "linux/amd64")).toEqual(expected[0]);
  });
});

describe.skipIf(!isReady)(`an image elsewhere${needs}`, () => {
  it("has the same facts as OCI archive and OCI layout", async () => {
    expect(await factsOf(`archive:${folder}/amd64.oci.tar`)).toEqual(expected);
    expect(await factsOf(`archive:${folder}/built.oci.tar`)).toEqual(expectedBuilt);
    expect(await factsOf(`oci-dir:${folder}/layout`)).toEqual(expected);
  });

  it("has the same facts from Podman's service", async () => {
    const socket = join(folder, "podman.sock");
    start("podman", ["system", "service", "--time=0", `unix://${socket}`]);
    await engineAnswers(socket);
    expect(await factsOf("podman:localhost/app:1", { CONTAINER_HOST: `unix://${socket}` })).toEqual(expected);
    expect(await factsOf("podman:localhost/built:1", { CONTAINER_HOST: `unix://${socket}` })).toEqual(expectedBuilt);
    await expect(factsOf("podman:localhost/none:1", { CONTAINER_HOST: `unix://${socket}` })).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
    });
  }, 60_000);

  it.skipIf(!hasDocker)(
    `has the same facts from Docker${hasDocker ? "" : " (needs dockerd)"}`,
    async () => {
      const socket = join(folder, "docker.sock");
      const at = join(folder, "docker");
      start("dockerd", [
        "--host",
        `unix://${socket}`,
        "--data-root",
        `${at}/data`,
        "--exec-root",
        `${at}/exec`,
        "--pidfile",
        `${at}.pid`,
        "--bridge=none",
        "--iptables=false",
      ]);
      await engineAnswers(socket);
      for (const archive of ["amd64.tar", "built.tar"]) await loadIntoDocker(socket, join(folder, archive));
      const environment = { DOCKER_HOST: `unix://${socket}` };
      expect(await factsOf("docker:localhost/app:1", environment)).toEqual(expected);
      expect(await factsOf("docker:localhost/built:1", environment)).toEqual(expectedBuilt);
      await expect(factsOf("docker:none:1", environment)).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
    },
    60_000,
  );

  it.skipIf(!hasContainerd)(
    `has the same facts from containerd, over its API and from its store${hasContainerd ? "" : " (needs containerd)"}`,
    async () => {
      const [root, socket] = [join(folder, "containerd"), join(folder, "containerd.sock")];
      const config = join(folder, "containerd.toml");
      writeFileSync(
        config,
        `version = 2\nroot = "${root}"\nstate = "${folder}/containerd-state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "${socket}"\n`,
      );
      start("containerd", ["-c", config]);
      const ctr = (...args: string[]) => tool("ctr", "-a", socket, "-n", "k8s.io", ...args);
      await until(async () => ctr("version") !== "");
      ctr("images", "import", "--no-unpack", "--base-name", "r.example/team/app", `${folder}/amd64.oci.tar`);
      const name = ctr("images", "ls", "-q").split("\n")[0]!;
      const environment = { CONTAINERD_ROOT: root };
      const api = { CONTAINERD_ADDRESS: `unix://${socket}` };
      expect(await factsOf(`containerd:${name}`, api)).toEqual(expected);
      expect(await factsOf(`containerd:${name}`, environment)).toEqual(expected);
      ctr("images", "import", "--no-unpack", "--base-name", "r.example/team/built", `${folder}/built.oci.tar`);
      const built = ctr("images", "ls", "-q")
        .split("\n")
        .find((one) => one.includes("/built"));
      for (const way of [api, environment]) expect(await factsOf(`containerd:${built}`, way)).toEqual(expectedBuilt);
      // Enough names that the database grows beyond one page.
      for (let copy = 0; copy < 120; copy++)
        ctr("images", "tag", name, `r.example/team/copy-with-a-long-name-${copy}:1.0`);
      expect(await factsOf("containerd:r.example/team/copy-with-a-long-name-77:1.0", environment)).toEqual(expected);
      await expect(factsOf("containerd:r.example/none:1", api)).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
      await expect(factsOf("containerd:r.example/none:1", environment)).rejects.toMatchObject({
        code: "TARGET_NOT_FOUND",
      });
    },
    120_000,
  );
});

const person = { PLIMSOLL_REGISTRY_USER: "test", PLIMSOLL_REGISTRY_PASSWORD: "secret" };

/** All facts but who it is: names and digests differ from source to source. */
async function factsOf(name: string, environment: Record<string, string> = {}): Promise<Facts[]> {
  const source = await openImageSource(name, { environment: { HOME: folder, ...environment }, cache: false });
  try {
    const all: Facts[] = [];
    for (const image of source.images) {
      const { observations } = await readImage(image, source, imageCollectors);
      const known = observations.filter(({ fact }) => fact !== "image/identity");
      const values = known.map((one) => [
        one.fact,
        "value" in one ? withoutAnnotations(one.fact, one.value) : one.unavailable.replaceAll(name, ""),
      ]);
      all.push({
        platform: `${image.platform.os}/${image.platform.architecture}`,
        values: Object.fromEntries(values),
      });
    }
    return all;
  } finally {
    await source.close();
  }
}

/** The annotations of a manifest name the digest of the base; `docker save` and dockerd keep no manifest, and then the history names the base alone. */
function withoutAnnotations(fact: string, value: unknown): unknown {
  if (fact !== "image/base") return value;
  const { digest: _digest, shownBy: _shownBy, ...rest } = value as Record<string, unknown>;
  return rest;
}

/** How a source tells an image's base, and its digest where it does. */
async function baseOf(name: string): Promise<readonly (string | undefined)[]> {
  const source = await openImageSource(name, { environment: { HOME: folder }, cache: false });
  try {
    const { observations } = await readImage(source.images[0]!, source, imageCollectors);
    const found = observations.find(({ fact }) => fact === "image/base");
    const { shownBy, reference, digest } = (found as { value: Record<string, string | undefined> }).value;
    return [shownBy, reference, digest?.slice(0, 7)];
  } finally {
    await source.close();
  }
}

function tool(program: string, ...args: string[]): string {
  const env = {
    ...process.env,
    CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
    PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
  };
  return execFileSync(program, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** Two layers, the second with a whiteout, a setuid file and a changed database; the same for another architecture. */
function buildImages(): void {
  const root = join(folder, "root");
  for (const path of ["etc", "usr/bin", "var/lib/dpkg"]) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, "etc/os-release"), 'ID=debian\nVERSION_ID="12"\n');
  writeFileSync(join(root, "etc/motd"), "hello");
  writeFileSync(join(root, "usr/bin/tool"), "x");
  writeFileSync(join(root, "var/lib/dpkg/status"), packageOf("made-up-package", "1.0-1"));
  for (const path of ["srv/removed/deep", "srv/replaced"]) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, "srv/removed/deep/app.jar"), "no archive");
  writeFileSync(join(root, "srv/replaced/old.jar"), "no archive");
  // In a user namespace of its own, whose identifiers the layer must not have.
  const map = ["--userns-uid-map", "0:100000:80000", "--userns-gid-map", "0:100000:80000"];
  const base = tool("buildah", "from", ...map, "scratch");
  tool("buildah", "add", "--quiet", base, root, "/");
  tool(
    "buildah",
    "add",
    "--quiet",
    "--chown",
    "70000:70001",
    "--chmod",
    "6755",
    base,
    join(root, "usr/bin/tool"),
    "/srv/mapped",
  );
  tool("buildah", "config", "--label", "a=b", "--user", "1000", "--entrypoint", '["/usr/bin/tool"]', base);
  tool("buildah", "commit", "--quiet", base, "localhost/base:1");
  for (const architecture of ["amd64", "arm64"]) {
    const container = tool("buildah", "from", "localhost/base:1");
    const mounted = tool("buildah", "mount", container);
    rmSync(join(mounted, "etc/motd"));
    changeFiles(mounted);
    const status = packageOf("made-up-package", "1.0-1") + packageOf("second", `2.0-${architecture}`);
    writeFileSync(join(mounted, "var/lib/dpkg/status"), status);
    tool("buildah", "umount", container);
    tool("buildah", "config", "--arch", architecture, container);
    tool(
      "buildah",
      "commit",
      "--quiet",
      container,
      architecture === "amd64" ? "localhost/app:1" : "localhost/app:arm64",
    );
  }
  tool("buildah", "manifest", "create", "localhost/multi:1", "localhost/app:1", "localhost/app:arm64");
  buildWithPodman(root);
}

/** Everything that is stored in its own way: modes, capabilities and other attributes, hard links, large identifiers, names in any bytes, whiteouts. */
function changeFiles(root: string): void {
  execFileSync("chmod", ["4755", join(root, "usr/bin/tool")]);
  linkSync(join(root, "usr/bin/tool"), join(root, "usr/bin/second-name"));
  writeFileSync(join(root, "usr/bin/raw"), "x", { mode: 0o755 });
  execFileSync("setcap", ["cap_net_raw,cap_net_admin+ep", join(root, "usr/bin/raw")]);
  execFileSync("python3", [
    "-c",
    "import os, sys; os.setxattr(sys.argv[1], 'user.note', bytes(range(256)))",
    join(root, "usr/bin/raw"),
  ]);
  writeFileSync(join(root, "srv/large-owner"), "x");
  execFileSync("chown", ["3000000:3000001", join(root, "srv/large-owner")]);
  execFileSync("chmod", ["4755", join(root, "srv/large-owner")]);
  writeFileSync(Buffer.concat([Buffer.from(join(root, "srv/name-")), Buffer.from([0xff, 0xe9])]), "x", { mode: 0o666 });
  execFileSync("chmod", ["-R", "o+w", join(root, "srv")]);
  for (const path of ["srv/removed", "srv/replaced"]) rmSync(join(root, path), { recursive: true });
  mkdirSync(join(root, "srv/replaced"));
  writeFileSync(join(root, "srv/replaced/new.jar"), "no archive");
}

/** An image by podman's builder, in Docker's form. */
function buildWithPodman(root: string): void {
  const context = join(folder, "context");
  mkdirSync(context);
  cpSync(join(root, "usr/bin/tool"), join(context, "tool"));
  writeFileSync(
    join(context, "Containerfile"),
    "FROM localhost/app:1\nLABEL built=podman\nCOPY --chown=65534:65534 --chmod=2755 tool /opt/tool\nCOPY tool /srv/replaced/\nUSER 65534\n",
  );
  tool(
    "podman",
    "build",
    "--quiet",
    "--format",
    "docker",
    "--isolation",
    "chroot",
    "--tag",
    "localhost/built:1",
    context,
  );
}

function packageOf(name: string, version: string): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nMaintainer: Nobody\n\n`;
}

async function pushImages(): Promise<void> {
  const to = (tag: string) => `docker://${plain}/team/app:${tag}`;
  const push = (...args: string[]) => tool("podman", "push", "--quiet", "--tls-verify=false", ...args);
  push("--format", "oci", "localhost/app:1", to("1"));
  push("--format", "oci", "--compression-format", "zstd", "--force-compression", "localhost/app:1", to("zstd"));
  const chunked = ["--compression-format", "zstd:chunked", "--force-compression"];
  push("--format", "oci", ...chunked, "localhost/app:1", to("chunked"));
  push("--format", "v2s2", "localhost/app:1", to("v2s2"));
  tool("buildah", "manifest", "push", "--all", "--tls-verify=false", "localhost/multi:1", to("multi"));
  await pushNested();
  const copy = (...args: string[]) => tool("skopeo", "copy", "--quiet", "--src-tls-verify=false", to("1"), ...args);
  copy(`docker-archive:${folder}/amd64.tar:localhost/app:1`);
  copy(`oci-archive:${folder}/amd64.oci.tar:app`);
  copy(`oci:${folder}/layout:app`);
  push("--format", "v2s2", "localhost/built:1", to("built"));
  const copyBuilt = ["copy", "--quiet", "--src-tls-verify=false", to("built")];
  tool("skopeo", ...copyBuilt, `docker-archive:${folder}/built.tar:localhost/built:1`);
  tool("skopeo", ...copyBuilt, `oci-archive:${folder}/built.oci.tar:app`);
}

async function loadIntoDocker(socket: string, archive: string): Promise<void> {
  const dispatcher = socketDispatcher(socket);
  const headers = { "content-type": "application/x-tar" };
  const loaded = await request("http://engine/images/load", {
    method: "POST",
    body: readFileSync(archive),
    headers,
    dispatcher,
  });
  const said = await loaded.body.text();
  await dispatcher.close();
  expect({ status: loaded.statusCode, isError: said.includes("errorDetail") }).toEqual({
    status: 200,
    isError: false,
  });
}

/** An index that holds the pushed index and a manifest in the form of BuildKit's attestations. */
async function pushNested(): Promise<void> {
  const api = `http://${plain}/v2/team/app`;
  const types = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json";
  const fetched = await request(`${api}/manifests/multi`, { headers: { accept: types } });
  const multi = new Uint8Array(await fetched.body.arrayBuffer());
  const mediaType = String(fetched.headers["content-type"]);
  const config = await pushBlob(api, "{}", "application/vnd.oci.image.config.v1+json");
  const statement = await pushBlob(
    api,
    '{"_type":"https://in-toto.io/Statement/v0.1"}',
    "application/vnd.in-toto+json",
  );
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [statement] });
  const attestation = await pushManifest(api, manifest, manifestType);
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      { mediaType, digest: digestOf(multi), size: multi.length },
      {
        ...attestation,
        platform: { os: "unknown", architecture: "unknown" },
        annotations: { "vnd.docker.reference.type": "attestation-manifest" },
      },
    ],
  };
  await pushManifest(api, JSON.stringify(index), index.mediaType, "nested");
}

async function pushBlob(api: string, text: string, mediaType: string) {
  const bytes = Buffer.from(text);
  const begun = await request(`${api}/blobs/uploads/`, { method: "POST" });
  await begun.body.dump();
  const url = new URL(String(begun.headers["location"]), api);
  url.searchParams.set("digest", digestOf(bytes));
  const done = await request(url, { method: "PUT", body: bytes });
  await done.body.dump();
  expect(done.statusCode).toBe(201);
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

async function pushManifest(api: string, text: string, mediaType: string, tag?: string) {
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  const headers = { "content-type": mediaType };
  const done = await request(`${api}/manifests/${tag ?? digest}`, { method: "PUT", body: bytes, headers });
  expect({ status: done.statusCode, said: await done.body.text() }).toEqual({ status: 201, said: "" });
  return { mediaType, digest, size: bytes.length };
}

/** All registries give out what is in one folder. */
async function startRegistry(name: string, more: string): Promise<string> {
  const host = `127.0.0.1:${await freePort()}`;
  const path = join(folder, `${name}.yml`);
  writeFileSync(
    path,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/data}}\nhttp:\n  addr: ${host}\n${more}`,
  );
  start("docker-registry", ["serve", path]);
  const scheme = more.includes("tls:") ? "https" : "http";
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  await until(async () => {
    const { statusCode, body } = await request(`${scheme}://${host}/v2/`, { dispatcher });
    await body.dump();
    return statusCode === 200 || statusCode === 401;
  });
  await dispatcher.close();
  return host;
}

/** A registry that wants the tokens of a server of ours (RS256, the key's certificate in the header). */
async function startTokenRegistry(): Promise<string> {
  const [key, certificate] = [join(folder, "token-key.pem"), join(folder, "token-cert.pem")];
  const subject = ["-subj", "/CN=token", "-days", "2", "-keyout", key, "-out", certificate];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject], { stdio: "ignore" });
  const x5c = [readFileSync(certificate, "utf8").replace(/-----[^-]+-----|\s/g, "")];
  tokenServer = createServer((asked, response) => {
    const url = new URL(asked.url ?? "/", "http://127.0.0.1");
    const isKnown = asked.headers.authorization === `Basic ${Buffer.from("test:secret").toString("base64")}`;
    const [type, name, actions] = (url.searchParams.get("scope") ?? "::").split(":");
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: "test-issuer",
      aud: url.searchParams.get("service"),
      sub: "test",
      iat: now,
      nbf: now - 10,
      exp: now + 300,
      jti: "1",
      access: [{ type, name, actions: actions?.split(",") }],
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "RS256", typ: "JWT", x5c })}.${part(claims)}`;
    const signature = createSign("RSA-SHA256").update(text).sign(readFileSync(key)).toString("base64url");
    if (isKnown) response.end(JSON.stringify({ token: `${text}.${signature}` }));
    else response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => tokenServer!.listen(0, "127.0.0.1", resolve));
  const realm = `http://127.0.0.1:${(tokenServer.address() as AddressInfo).port}/token`;
  return startRegistry(
    "tokens",
    `auth: {token: {realm: "${realm}", service: test-service, issuer: test-issuer, rootcertbundle: ${certificate}}}\n`,
  );
}

function start(program: string, args: string[]): void {
  const env = {
    ...process.env,
    CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
    PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
  };
  running.push(spawn(program, args, { stdio: "ignore", env }));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

function engineAnswers(socket: string): Promise<void> {
  return until(async () => {
    const dispatcher = socketDispatcher(socket);
    try {
      const { statusCode, body } = await request("http://engine/_ping", { dispatcher });
      await body.dump();
      return statusCode === 200;
    } finally {
      await dispatcher.close();
    }
  });
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if (await ready()) return;
    } catch (error) {
      if (tries > 150) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
