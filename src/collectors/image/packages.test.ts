import { readFileSync } from "node:fs";
import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import type { Observation } from "../../core/snapshot.ts";
import { PackageInventory } from "../../facts/package.ts";
import { bytesSource } from "../../formats/byte-source.ts";
import { type ImageManifestInfo, openImageArchive } from "../../formats/image-archive/image-archive.ts";
import { parseImageConfig } from "../../formats/image-archive/image-config.ts";
import { readTarSource } from "../../formats/tar.ts";
import type { ImageCollector } from "../image-collector.ts";
import { readImage } from "../image-reader.ts";
import osRelease from "./os-release.ts";
import packages from "./packages.ts";

type Content =
  | string
  | Uint8Array
  | { readonly link: string }
  | { readonly hardLink: string }
  | { readonly program: Uint8Array };
type Layer = Readonly<Record<string, Content>>;

async function layerTar(layer: Layer): Promise<Uint8Array> {
  const tar = pack();
  for (const [name, content] of Object.entries(layer)) {
    if (typeof content === "string" || content instanceof Uint8Array) tar.entry({ name }, Buffer.from(content));
    else if ("program" in content) tar.entry({ name, mode: 0o755 }, Buffer.from(content.program));
    else if ("link" in content) tar.entry({ name, type: "symlink", linkname: content.link });
    else tar.entry({ name, type: "link", linkname: content.hardLink });
  }
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

async function imageOf(...layers: Layer[]): Promise<ImageManifestInfo> {
  const tars = await Promise.all(layers.map(layerTar));
  return {
    references: ["example/app:1"],
    platform: { os: "linux", architecture: "amd64" },
    configDigest: `sha256:${"0".repeat(64)}`,
    config: parseImageConfig(
      Buffer.from('{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'),
      "config",
    ),
    annotations: {},
    layers: tars.map((bytes, index) => ({
      diffId: `sha256:${String(index).repeat(64)}`,
      size: bytes.length,
      async *open() {
        yield bytes;
      },
    })),
  };
}

async function observe(image: ImageManifestInfo): Promise<Map<string, Observation>> {
  const collectors: ReadonlyMap<string, ImageCollector> = new Map<string, ImageCollector>([
    ["packages", packages],
    ["os-release", osRelease],
  ]);
  const { observations } = await readImage(image, { name: "test", format: "docker-archive" }, collectors);
  return new Map(observations.map((observation) => [observation.fact, observation]));
}

async function inventory(...layers: Layer[]): Promise<PackageInventory> {
  return inventoryIn(await observe(await imageOf(...layers)));
}

function inventoryIn(observations: Map<string, Observation>): PackageInventory {
  const found = observations.get("image/packages");
  if (!found || !("value" in found)) throw new Error(`no packages: ${JSON.stringify(found)}`);
  return PackageInventory.parse(found.value);
}

const debian = 'ID=debian\nVERSION_ID="12"\n';
const status = (...names: string[]) =>
  names
    .map(
      (name) =>
        `Package: ${name.split("=")[0]}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${name.split("=")[1]}\n`,
    )
    .join("\n");

describe("packages of an image", () => {
  it("are attributed to the layer that introduced them, though a later layer wrote the database anew", async () => {
    const found = await inventory(
      { "etc/os-release": debian, "var/lib/dpkg/status": status("base=1", "gone=1", "changed=1") },
      { "app/file": "x" },
      { "var/lib/dpkg/status": status("base=1", "changed=2", "added=1") },
    );
    expect(found.packages.map(({ name, version, layer }) => [name, version, layer])).toEqual([
      ["added", "1", 2],
      ["base", "1", 0],
      ["changed", "2", 2],
    ]);
    expect(found.packages[0]?.purl).toBe("pkg:deb/debian/added@1?arch=amd64&distro=debian-12");
    expect(found.databases).toEqual(["dpkg /var/lib/dpkg/status"]);
  });

  it("are gone when their database is whited out", async () => {
    const found = await inventory({ "var/lib/dpkg/status": status("base=1") }, { "var/lib/dpkg/.wh.status": "" });
    expect(found).toMatchObject({ packages: [], databases: [], unread: [] });
  });

  it("are found through linked folders and told as unread where the database itself leads elsewhere", async () => {
    const linked = await inventory({ lib: { link: "usr/lib" }, "lib/apk/db/installed": "P:a\nV:1-r0\n\n" });
    expect(linked.packages).toMatchObject([{ name: "a", foundIn: ["/usr/lib/apk/db/installed"] }]);
    const stray = await inventory({ "opt/status": status("a=1"), "var/lib/dpkg/status": { link: "/opt/status" } });
    expect(stray.packages).toEqual([]);
    expect(stray.unread).toMatchObject([
      { path: "/var/lib/dpkg/status", reason: expect.stringContaining("/opt/status") },
    ]);
    const hard = await inventory({ "opt/status": status("a=1"), "var/lib/dpkg/status": { hardLink: "opt/status" } });
    expect(hard.unread).toMatchObject([{ path: "/var/lib/dpkg/status" }]);
  });

  it("carry the repositories of apk and the files that dpkg lists", async () => {
    const alpine = await inventory({
      "lib/apk/db/installed": "P:a\nV:1-r0\n\n",
      "etc/apk/repositories": "https://mirror.example/edge/main\n",
    });
    expect(alpine.packages[0]?.properties).toEqual({ repositories: "https://mirror.example/edge/main" });
    const files = await inventory({
      "var/lib/dpkg/status": status("a=1"),
      "var/lib/dpkg/info/a.list": "/.\n/usr\n/usr/a\n/usr/b\n",
    });
    expect(files.packages[0]?.fileCount).toBe(2);
  });

  it("of distroless are read file by file, with their checksums under the file's name", async () => {
    const found = await inventory(
      {
        "etc/os-release": debian,
        "var/lib/dpkg/status.d/base": "Package: base-files\nVersion: 12\nArchitecture: amd64\n",
      },
      {
        "var/lib/dpkg/status.d/libssl3": "Package: libssl3\nSource: openssl\nVersion: 3.0\nArchitecture: amd64\n",
        "var/lib/dpkg/status.d/libssl3.md5sums": `${"0".repeat(32)}  usr/lib/libssl.so.3\n`,
      },
    );
    expect(found.packages.map(({ name, layer, fileCount, purl }) => [name, layer, fileCount, purl])).toEqual([
      ["base-files", 0, undefined, "pkg:deb/debian/base-files@12?arch=amd64&distro=debian-12"],
      ["libssl3", 1, 1, "pkg:deb/debian/libssl3@3.0?arch=amd64&distro=debian-12&upstream=openssl"],
    ]);
  });
});

describe("distribution of an image", () => {
  it("is found through a link into another layer", async () => {
    const observations = await observe(
      await imageOf(
        { "usr/lib/os-release": "ID=a\n" },
        { "usr/lib/os-release": debian },
        { "etc/os-release": { link: "../usr/lib/os-release" } },
      ),
    );
    expect(observations.get("image/os-release")).toMatchObject({
      value: { id: "debian", versionId: "12", path: "/etc/os-release" },
    });
  });

  it("is told as unavailable where no file says it", async () => {
    const observations = await observe(await imageOf({ app: "x" }));
    expect(observations.get("image/os-release")).toMatchObject({
      unavailable: expect.stringContaining("no file of the image"),
    });
  });
});

async function realImage(path: string): Promise<Map<string, Observation>> {
  const { images } = await openImageArchive(bytesSource(path, readFileSync(path)));
  return observe(images[0]!);
}

/** An archive whose layers were edited after it was saved, so that its configuration no longer fits them: the layers as its manifest lists them. */
async function editedImage(path: string): Promise<ImageManifestInfo> {
  const files = new Map<string, Uint8Array>();
  for await (const entry of readTarSource(bytesSource(path, readFileSync(path))))
    if (entry.type === "file") files.set(entry.path, await entry.bytes(64 * 1024 ** 2));
  const [manifest] = JSON.parse(Buffer.from(files.get("manifest.json")!).toString()) as [{ Layers: string[] }];
  const image = await imageOf(...manifest.Layers.map(() => ({})));
  const tars = manifest.Layers.map((name) => files.get(name)!);
  const layers = image.layers.map((layer, index) => ({
    ...layer,
    async *open() {
      yield tars[index]!;
    },
  }));
  return { ...image, layers };
}

describe("real images", () => {
  const alpine = sharedData("images/alpine-3.11.5.docker.tar.gz");
  it.skipIf(!alpine)("alpine 3.11.5 has 14 packages (skipped where images is absent)", async () => {
    const observations = await realImage(alpine!);
    expect(observations.get("image/os-release")).toMatchObject({ value: { id: "alpine", versionId: "3.11.5" } });
    const found = inventoryIn(observations);
    expect(found.packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      "alpine-baselayout 3.2.0-r3",
      "alpine-keys 2.1-r2",
      "apk-tools 2.10.4-r3",
      "busybox 1.31.1-r9",
      "ca-certificates-cacert 20191127-r1",
      "libc-utils 0.7.2-r0",
      "libcrypto1.1 1.1.1d-r3",
      "libssl1.1 1.1.1d-r3",
      "libtls-standalone 2.9.1-r0",
      "musl 1.1.24-r2",
      "musl-utils 1.1.24-r2",
      "scanelf 1.2.4-r0",
      "ssl_client 1.31.1-r9",
      "zlib 1.2.11-r3",
    ]);
    expect(found.packages.find(({ name }) => name === "libssl1.1")?.purl).toBe(
      "pkg:apk/alpine/libssl1.1@1.1.1d-r3?arch=x86_64&distro=alpine-3.11.5&upstream=openssl",
    );
  });

  it.skipIf(!alpine)("alpine 3.11.5 was made by one layer (skipped where images is absent)", async () => {
    const found = inventoryIn(await realImage(alpine!));
    expect(new Set(found.packages.map(({ layer }) => layer))).toEqual(new Set([0]));
    expect(found.packages.find(({ name }) => name === "musl")).toMatchObject({
      fileCount: 2,
      vendor: expect.stringContaining("Timo"),
    });
    expect(found.unread).toEqual([]);
  });

  const nginx = sharedData("images/docker-archives/nginx-os-release-link.tar");
  it.skipIf(!nginx)("nginx is Debian through a linked os-release (skipped where images is absent)", async () => {
    const observations = await observe(await editedImage(nginx!));
    expect(observations.get("image/os-release")).toMatchObject({ value: { id: "debian" } });
    expect(inventoryIn(observations).packages).toHaveLength(84);
  });
});
