import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageCollectors } from "../../src/collectors/image/index.generated.ts";
import { readImage } from "../../src/collectors/image-reader.ts";
import { openImageSource } from "../../src/collectors/image-sources.ts";
import { imagePackages } from "../../src/facts/image/packages.ts";
import { fixtureLayer, LayoutFixture } from "../../src/formats/image-archive/archive-fixture.ts";

/* SBOMs as cosign and oras attach them to an image in Debian's registry, which has no referrers API and so keeps the tag in its place. */

const programs = ["skopeo", "docker-registry", "cosign", "oras"];
const missing = programs.filter((program) => spawnSync("which", [program]).status !== 0);
const isReady = missing.length === 0;

const purl = "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl";
const spdx = {
  spdxVersion: "SPDX-2.3",
  SPDXID: "SPDXRef-DOCUMENT",
  name: "app",
  dataLicense: "CC0-1.0",
  documentNamespace: "urn:uuid:7f0b6f2e-0000-4000-8000-000000000001",
  creationInfo: { created: "2026-01-01T00:00:00Z", creators: ["Tool: made-1.0"] },
  packages: [
    {
      SPDXID: "SPDXRef-a",
      name: "libssl3",
      versionInfo: "3.0.11-1",
      downloadLocation: "NOASSERTION",
      externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }],
    },
  ],
};
const cyclonedx = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  components: [{ type: "library", name: "libssl3", version: "3.0.11-1", purl }],
};

let folder = "";
let host = "";
let registry: ChildProcess | undefined;

beforeAll(async () => {
  if (!isReady) return;
  folder = mkdtempSync(join(tmpdir(), "attached-sboms-"));
  const port = await freePort();
  host = `127.0.0.1:${port}`;
  writeFileSync(
    join(folder, "registry.yml"),
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/registry}}\nhttp: {addr: "${host}"}\n`,
  );
  registry = spawn("docker-registry", ["serve", join(folder, "registry.yml")], { stdio: "ignore" });
  await answers();
  writeLayout();
  writeFileSync(join(folder, "spdx.json"), JSON.stringify(spdx));
  writeFileSync(join(folder, "cyclonedx.json"), JSON.stringify(cyclonedx));
  run("cosign", ["generate-key-pair"]);
}, 60_000);

afterAll(async () => {
  if (registry !== undefined) {
    const ended = new Promise((resolve) => registry?.once("exit", resolve));
    registry.kill();
    await ended;
  }
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isReady)(`an SBOM beside an image${isReady ? "" : ` (needs ${missing.join(", ")})`}`, () => {
  it.each([
    [
      "cosign attest, SPDX",
      ["--type", "spdxjson"],
      "spdx.json",
      /SPDX-2\.3.*spdx\.dev\/Document, found by tag \S+\.att\)/,
    ],
    [
      "cosign attest, CycloneDX",
      ["--type", "cyclonedx"],
      "cyclonedx.json",
      /cyclonedx\.org\/bom, found by tag \S+\.att\)/,
    ],
    [
      "cosign attest, Sigstore bundle",
      ["--new-bundle-format", "--type", "spdxjson"],
      "spdx.json",
      /spdx\.dev\/Document, found by tag sha256-[0-9a-f]{64}\)/,
    ],
  ])("is read: %s", (_how, options, file, found) => {
    const reference = push();
    const signing = ["--key", "cosign.key", "--tlog-upload=false", "--allow-insecure-registry", "-y"];
    run("cosign", ["attest", ...signing, ...options, "--predicate", file, reference]);
    return expectPackages(reference, found);
  });

  it("is read: cosign attach sbom", () => {
    const reference = push();
    const options = ["--type", "spdx", "--input-format", "json", "--sbom", "spdx.json", "--allow-insecure-registry"];
    run("cosign", ["attach", "sbom", ...options, reference]);
    return expectPackages(reference, /found by tag \S+\.sbom, which does not name the image itself/);
  });

  it("is read: oras attach", () => {
    const reference = push();
    const artifact = "application/vnd.cyclonedx+json";
    run("oras", ["attach", "--plain-http", "--artifact-type", artifact, reference, `cyclonedx.json:${artifact}`]);
    return expectPackages(reference, /CycloneDX 1\.5.*found by tag sha256-[0-9a-f]{64}, which does not name/);
  });

  it("is not believed where the statement was made for another image", async () => {
    const [other, reference] = [push(), push()];
    const signing = ["--key", "cosign.key", "--tlog-upload=false", "--allow-insecure-registry", "-y"];
    run("cosign", ["attest", ...signing, "--type", "spdxjson", "--predicate", "spdx.json", other]);
    const tag = (name: string) => `docker://${name.replace(/@sha256:/, ":sha256-")}.att`;
    run("skopeo", ["copy", "--src-tls-verify=false", "--dest-tls-verify=false", tag(other), tag(reference)]);
    await expect(packagesOf(reference)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining("not about"),
    });
  });

  it("is missed where nothing, or only a signature, is attached", async () => {
    const reference = push();
    run("cosign", ["sign", "--key", "cosign.key", "--tlog-upload=false", "--allow-insecure-registry", "-y", reference]);
    await expect(packagesOf(reference)).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });
});

async function expectPackages(reference: string, found: RegExp): Promise<void> {
  const observation = await packagesOf(reference);
  expect(observation).toMatchObject({
    source: expect.stringContaining("unverified: its signature was not checked"),
    value: {
      packages: [{ name: "libssl3", purl, sourceName: "openssl" }],
      unread: [{ path: "attached SBOM", reason: expect.stringContaining("unverified") }],
    },
  });
  expect(observation?.source).toMatch(found);
}

async function packagesOf(reference: string) {
  const source = await openImageSource(`attested:${reference}`, { environment: { HOME: folder }, cache: false });
  try {
    const { observations } = await readImage(source.images[0]!, source, imageCollectors);
    return observations.find(({ fact }) => fact === imagePackages.id);
  } finally {
    await source.close();
  }
}

let pushed = 0;

/** An image of its own in a repository of its own. */
function push(): string {
  const name = `${host}/team/app-${++pushed}`;
  writeLayout(String(pushed));
  run("skopeo", ["copy", "--preserve-digests", "--dest-tls-verify=false", "oci:layout:1", `docker://${name}:1`]);
  const digest = run("skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", `docker://${name}:1`]);
  return `${name}@${digest.trim()}`;
}

function writeLayout(content = "hello"): void {
  const fixture = new LayoutFixture();
  const image = fixture.addImage([fixtureLayer({ "etc/motd": content })]);
  fixture.setIndex([{ ...image, annotations: { "org.opencontainers.image.ref.name": "1" } }]);
  for (const [path, bytes] of Object.entries(fixture.files)) {
    const at = join(folder, "layout", path);
    mkdirSync(join(at, ".."), { recursive: true });
    writeFileSync(at, bytes);
  }
}

function run(program: string, args: readonly string[]): string {
  const env = { ...process.env, HOME: folder, COSIGN_PASSWORD: "" };
  return execFileSync(program, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answers(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const status = await request(`http://${host}/v2/`).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("docker-registry does not answer");
}
