import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeOciRegistry, type FakeOciRegistryOptions } from "../../test/fakes/oci-registry.ts";
import { selfSigned } from "../../test/fakes/self-signed.ts";
import { fixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { readTar } from "../formats/tar.ts";
import { imageCollectors } from "./image/index.generated.ts";
import { readImage } from "./image-reader.ts";
import type { ImageSource } from "./image-source.ts";
import { openImageSource } from "./image-sources.ts";

const base = fixtureLayer(
  { "etc/motd": "hello", "var/random": Buffer.alloc(60_000, "abcdefghijkl").toString() },
  false,
);
const upper = fixtureLayer({ "app/run": "x" });
const arm = { os: "linux", architecture: "arm64" };

/** An index with two platforms, one of them in an index of its own, and an attestation. */
function layout() {
  const fixture = new LayoutFixture();
  const amd = fixture.addImage([base, upper]);
  const inner = fixture.addImage([base], { config: arm });
  const nested = fixture.addIndex([{ ...inner, platform: arm }]);
  const config = fixture.add(new TextEncoder().encode("{}"), "application/vnd.oci.image.config.v1+json");
  const statement = fixture.add(new TextEncoder().encode('{"_type":"x"}'), "application/vnd.in-toto+json");
  const attestation = fixture.add(
    new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, config, layers: [statement] })),
    "application/vnd.oci.image.manifest.v1+json",
    { platform: { os: "unknown", architecture: "unknown" } },
  );
  const top = fixture.addIndex([amd, nested, attestation]);
  return { fixture, amd, inner, top, manifests: [amd, inner, nested, attestation, top].map(({ digest }) => digest) };
}

const content = layout();
let registry: FakeOciRegistry | undefined;
let second: FakeOciRegistry | undefined;
let source: ImageSource | undefined;
let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "plimsoll-home-"));
});
afterEach(async () => {
  await source?.close();
  await registry?.stop();
  await second?.stop();
  await rm(home, { recursive: true, force: true });
  source = registry = second = undefined;
});

async function start(more: Partial<FakeOciRegistryOptions> = {}): Promise<FakeOciRegistry> {
  return FakeOciRegistry.start({
    files: content.fixture.files,
    tags: { "1.0": content.top.digest, single: content.amd.digest, small: content.inner.digest },
    manifests: content.manifests,
    ...more,
  });
}

async function open(reference: string, environment: Record<string, string> = {}): Promise<ImageSource> {
  source = await openImageSource(reference, { environment: { HOME: home, ...environment }, cache: false });
  return source;
}

async function pathsOf(image: ImageSource["images"][number]): Promise<string[]> {
  const paths: string[] = [];
  for (const layer of image.layers) for await (const { path } of readTar(layer.open(), "layer")) paths.push(path);
  return paths;
}

const ann = { PLIMSOLL_REGISTRY_USER: "ann", PLIMSOLL_REGISTRY_PASSWORD: "secret" };

describe("an image in a registry", () => {
  it("is read for all platforms of its index and the indexes in it, attestations apart", async () => {
    registry = await start();
    const { images, format, name } = await open(`${registry.host}/shop/cart:1.0`);
    expect({ format, name }).toEqual({ format: "registry", name: `${registry.host}/shop/cart:1.0` });
    expect(
      images.map(({ platform, manifestDigest, references }) => ({ platform, manifestDigest, references })),
    ).toEqual([
      { platform: { os: "linux", architecture: "amd64" }, manifestDigest: content.amd.digest, references: [name] },
      { platform: arm, manifestDigest: content.inner.digest, references: [name] },
    ]);
    expect(await pathsOf(images[0]!)).toEqual(["etc/motd", "var/random", "app/run"]);
  });

  it("has its layers fetched when they are read and not before", async () => {
    registry = await start();
    const { images } = await open(`registry:${registry.host}/shop/cart:single`);
    expect(registry.blobs).toEqual([images[0]!.configDigest]);
    await pathsOf(images[0]!);
    expect(registry.blobs).toEqual([images[0]!.configDigest, base.digest, upper.digest]);
  });

  it("is had by digest, and another manifest under that digest is none", async () => {
    registry = await start();
    const reference = `${registry.host}/shop/cart@${content.amd.digest}`;
    expect((await open(reference)).images[0]).toMatchObject({ references: [reference] });
    await registry.stop();
    registry = await start({ forge: (_digest, bytes) => Buffer.concat([bytes, Buffer.from(" ")]) });
    await expect(open(`${registry.host}/shop/cart@${content.amd.digest}`)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
    });
  });

  it("is refused where a layer is not what its digest says", async () => {
    registry = await start({
      forge: (digest, bytes) => (digest === base.digest ? Buffer.from(bytes).fill(7, 600, 610) : bytes),
    });
    const { images } = await open(`${registry.host}/shop/cart:single`);
    await expect(pathsOf(images[0]!)).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });

  it("is read to its end over a connection that breaks, asking only for the rest", async () => {
    registry = await start({ breaksAfter: 20_000 });
    const { images } = await open(`${registry.host}/shop/cart:single`);
    expect(await pathsOf(images[0]!)).toContain("var/random");
    const ranges = registry.seen.filter(({ line }) => line.includes(base.digest)).map(({ range }) => range);
    expect(ranges).toEqual([undefined, "bytes=20000-", "bytes=40000-", "bytes=60000-"]);
  });

  it("is read where the server takes up no ranges and is busy at first", async () => {
    registry = await start({ withoutRanges: true, busy: 2 });
    const { images } = await open(`${registry.host}/shop/cart:single`);
    expect(await pathsOf(images[0]!)).toHaveLength(3);
  });

  it("is given up where the connection breaks at the same place every time", async () => {
    registry = await start({ breaksAfter: 20_000, withoutRanges: true });
    const { images } = await open(`${registry.host}/shop/cart:single`);
    await expect(pathsOf(images[0]!)).rejects.toMatchObject({ code: "UNREACHABLE" });
  }, 15_000);

  it("is not there", async () => {
    registry = await start();
    await expect(open(`${registry.host}/shop/cart:2.0`)).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
      message: expect.stringContaining("shop/cart:2.0"),
    });
  });
});

describe("layers of a registry that were read before", () => {
  it("are not fetched again, by other images neither", async () => {
    registry = await start();
    const scan = async (tag: string) => {
      const opened = await openImageSource(`${registry!.host}/shop/cart:${tag}`, {
        environment: { HOME: home },
        cache: join(home, "layers"),
      });
      const layers = new Set(opened.images.flatMap((image) => image.layers.map(({ digest }) => digest)));
      const before = registry!.blobs.length;
      for (const image of opened.images) await readImage(image, opened, imageCollectors);
      await opened.close();
      return registry!.blobs.slice(before).filter((digest) => layers.has(digest));
    };
    expect(await scan("small")).toEqual([base.digest]);
    expect(await scan("1.0")).toEqual([upper.digest]);
    expect(await scan("1.0")).toEqual([]);
  });
});

describe("a registry that wants to know who asks", () => {
  it.each(["basic", "bearer"] as const)("is answered (%s)", async (authentication) => {
    registry = await start({ authentication });
    expect((await open(`${registry.host}/shop/cart:1.0`, ann)).images).toHaveLength(2);
    if (authentication === "basic") return;
    const withPassword = registry.seen.filter(({ authorization }) => authorization?.startsWith("Basic"));
    expect(withPassword.every(({ line }) => line.startsWith("GET /token?"))).toBe(true);
  });

  it("is answered with the credentials of an auth file", async () => {
    registry = await start({ authentication: "basic" });
    const auth = Buffer.from("ann:secret").toString("base64");
    const path = join(home, "auth.json");
    const other = { auth: Buffer.from("bob:wrong").toString("base64") };
    await writeFile(path, JSON.stringify({ auths: { [registry.host]: other, [`${registry.host}/shop`]: { auth } } }));
    expect((await open(`${registry.host}/shop/cart:1.0`, { REGISTRY_AUTH_FILE: path })).images).toHaveLength(2);
  });

  it("is told to be shut, with what to do", async () => {
    registry = await start({ authentication: "bearer" });
    await expect(open(`${registry.host}/shop/cart:1.0`)).rejects.toMatchObject({
      code: "AUTH_FAILED",
      hint: expect.stringContaining(`docker login ${registry.host}`),
    });
    await expect(
      open(`${registry.host}/shop/cart:1.0`, { ...ann, PLIMSOLL_REGISTRY_PASSWORD: "wrong" }),
    ).rejects.toMatchObject({ code: "AUTH_FAILED", hint: expect.stringContaining("PLIMSOLL_REGISTRY_USER") });
    await writeFile(join(home, "config.json"), JSON.stringify({ credsStore: "desktop" }));
    await expect(open(`${registry.host}/shop/cart:1.0`, { DOCKER_CONFIG: home })).rejects.toMatchObject({
      code: "AUTH_FAILED",
      hint: expect.stringContaining("docker-credential-desktop"),
    });
  });

  it("keeps its password from other registries and from where it redirects to", async () => {
    second = await start();
    registry = await start({ authentication: "basic", blobsAt: second.origin });
    const { images } = await open(`${registry.host}/shop/cart:single`, ann);
    expect(await pathsOf(images[0]!)).toHaveLength(3);
    expect(second.seen.length).toBeGreaterThan(0);
    expect(second.seen.map(({ authorization }) => authorization)).toEqual(second.seen.map(() => undefined));
    await registry.stop();
    registry = await start({ authentication: "basic" });
    await expect(
      open(`${registry.host}/shop/cart:1.0`, { ...ann, PLIMSOLL_REGISTRY_HOST: "other.example" }),
    ).rejects.toMatchObject({ code: "AUTH_FAILED" });
  });
});

describe("a registry over TLS", () => {
  it("is trusted by the authority that SSL_CERT_FILE names, and by nothing less", async () => {
    registry = await start({ tls: selfSigned, authentication: "bearer" });
    await expect(open(`${registry.host}/shop/cart:1.0`, ann)).rejects.toMatchObject({
      code: "UNREACHABLE",
      hint: expect.stringContaining("SSL_CERT_FILE"),
    });
    expect(registry.seen).toEqual([]);
    await writeFile(join(home, "ca.pem"), selfSigned.cert);
    const environment = { ...ann, SSL_CERT_FILE: join(home, "ca.pem") };
    expect((await open(`${registry.host}/shop/cart:1.0`, environment)).images).toHaveLength(2);
  });

  it("does not answer where nothing listens or something else does", async () => {
    const server = createServer((_request, response) => response.writeHead(404).end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(open(`${host}/a/b:1`)).rejects.toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringContaining("404"),
    });
    await new Promise((resolve) => server.close(resolve));
    await expect(open(`${host}/a/b:1`)).rejects.toMatchObject({ code: "UNREACHABLE" });
  });
});

describe("a proxy that the environment names", () => {
  it("leads to the registry, except to hosts that are excepted", async () => {
    registry = await start();
    const led: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket: Socket) => {
      led.push(request.url ?? "");
      const through = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(through).pipe(socket);
      });
      through.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const environment = { http_proxy, PLIMSOLL_PLAIN_HTTP: registry.host };
    expect((await open(`${registry.host}/shop/cart:1.0`, environment)).images).toHaveLength(2);
    expect(new Set(led)).toEqual(new Set([registry.host]));
    await source?.close();
    led.length = 0;
    await open(`${registry.host}/shop/cart:1.0`, { ...environment, NO_PROXY: "127.0.0.1" });
    expect(led).toEqual([]);
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
});

describe("a name that is no file", () => {
  it("is asked about where it names no registry", async () => {
    await expect(open("alpine:3.19")).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
      hint: expect.stringContaining("registry:alpine:3.19"),
    });
    await expect(open("registry:r.example/UPPER")).rejects.toMatchObject({ code: "USAGE" });
  });
});
