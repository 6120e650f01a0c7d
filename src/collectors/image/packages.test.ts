import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import type { Observation } from "../../core/snapshot.ts";
import { PackageInventory } from "../../facts/package.ts";
import { bytesSource } from "../../formats/byte-source.ts";
import { elfImage } from "../../formats/elf.fixture.ts";
import { type ImageManifestInfo, openImageArchive } from "../../formats/image-archive/image-archive.ts";
import { readTar, readTarSource } from "../../formats/tar.ts";
import { zipArchive } from "../../formats/zip.fixture.ts";
import type { ImageCollector } from "../image-collector.ts";
import { readImage } from "../image-reader.ts";
import { type FixtureLayer, imageOf } from "./image.fixture.ts";
import osRelease from "./os-release.ts";
import packages from "./packages.ts";

async function observe(image: ImageManifestInfo): Promise<Map<string, Observation>> {
  const collectors: ReadonlyMap<string, ImageCollector> = new Map<string, ImageCollector>([
    ["packages", packages],
    ["os-release", osRelease],
  ]);
  const { observations } = await readImage(image, { name: "test", format: "docker-archive" }, collectors);
  return new Map(observations.map((observation) => [observation.fact, observation]));
}

async function inventory(...layers: FixtureLayer[]): Promise<PackageInventory> {
  return inventoryIn(await observe(await imageOf(layers)));
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

describe("packages that are not the distribution's", () => {
  const files = (...paths: string[]) => paths.map((path) => `/${path}\n`).join("");
  const metadata = (name: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n\n`;
  const note = (name: string) => {
    const text = Buffer.from(JSON.stringify({ type: "deb", name, version: "1.0" }));
    const numbers = Buffer.from(new Uint32Array([4, text.length, 0xcafe1a7e]).buffer);
    return {
      content: elfImage({
        ".note.package": Buffer.concat([numbers, Buffer.from("FDO\0"), text]),
        ".pad": Buffer.alloc(8_192),
      }),
      mode: 0o755,
    };
  };

  it("name the distribution's package that owns their files, across the merge of /usr", async () => {
    const found = await inventory({
      "etc/os-release": debian,
      "var/lib/dpkg/status": status("python3-owned=1", "tool=1"),
      "var/lib/dpkg/info/python3-owned.list": files("usr/lib/python3/dist-packages/owned.dist-info/METADATA"),
      "var/lib/dpkg/info/tool.list": files("lib/node_modules/tool/package.json"),
      "usr/lib/python3/dist-packages/owned.dist-info/METADATA": metadata("owned"),
      "usr/lib/python3/dist-packages/own.dist-info/METADATA": metadata("own"),
      "usr/lib/node_modules/tool/package.json": '{"name":"tool","version":"1.0.0"}',
    });
    const owners = found.packages.filter(({ type }) => type !== "deb").map(({ name, ownedBy }) => [name, ownedBy]);
    expect(owners).toEqual([
      ["tool", "pkg:deb/debian/tool@1?arch=amd64&distro=debian-12"],
      ["own", undefined],
      ["owned", "pkg:deb/debian/python3-owned@1?arch=amd64&distro=debian-12"],
    ]);
  });

  it("name the owner of what R, Erlang and Python's eggs are found by as well", async () => {
    const places = {
      "r-cran-rlang": "usr/lib/R/site-library/rlang/DESCRIPTION",
      "erlang-jiffy": "usr/lib/erlang/lib/jiffy-1.1.2/ebin/jiffy.app",
      "python-old": "usr/lib/python3/dist-packages/old-1.0.egg",
    };
    const found = await inventory({
      "etc/os-release": debian,
      "var/lib/dpkg/status": status(...Object.keys(places).map((name) => `${name}=1`)),
      ...Object.fromEntries(
        Object.entries(places).map(([name, path]) => [`var/lib/dpkg/info/${name}.list`, files(path)]),
      ),
      [places["r-cran-rlang"]]: "Package: rlang\nVersion: 1.1.5\nBuilt: R 4.5.0; ; ; unix\n",
      [places["erlang-jiffy"]]: '{application,jiffy,[{vsn,"1.1.2"}]}.',
      [places["python-old"]]: zipArchive({ "EGG-INFO/PKG-INFO": Buffer.from("Name: old\nVersion: 1.0\n") }),
    });
    const owners = found.packages.filter(({ type }) => type !== "deb").map(({ purl, ownedBy }) => [purl, ownedBy]);
    const owner = (name: string) => `pkg:deb/debian/${name}@1?arch=amd64&distro=debian-12`;
    expect(owners).toEqual([
      ["pkg:cran/rlang@1.1.5", owner("r-cran-rlang")],
      ["pkg:hex/jiffy@1.1.2", owner("erlang-jiffy")],
      ["pkg:pypi/old@1.0", owner("python-old")],
    ]);
  });

  it("are told by a program's note only where no database knows them", async () => {
    const found = await inventory({
      "etc/os-release": debian,
      "var/lib/dpkg/status": status("known=2"),
      "usr/bin/a": note("known"),
      "usr/bin/b": note("unknown"),
    });
    expect(found.packages.map(({ name, version, confidence }) => [name, version, confidence])).toEqual([
      ["known", "2", "high"],
      ["unknown", "1.0", "medium"],
    ]);
  });

  it("are one entry for several copies, of the first layer that brought one", async () => {
    const module = '{"name":"a","version":"1.0.0"}';
    const found = await inventory(
      { "app/node_modules/a/package.json": module },
      {
        "app/node_modules/b/node_modules/a/package.json": module,
        "app/node_modules/a/test/package.json": '{"name":"x","version":"1.0.0"}',
      },
    );
    expect(found.packages).toMatchObject([
      {
        name: "a",
        layer: 0,
        foundIn: ["/app/node_modules/a/package.json", "/app/node_modules/b/node_modules/a/package.json"],
      },
    ]);
  });

  it("are told as unread where their file is damaged, beside what could be read", async () => {
    const found = await inventory({
      "var/lib/rpm/rpmdb.sqlite": "no database",
      "app/node_modules/a/package.json": "{",
      "lib/a-1.0.jar": "no zip",
      "app/node_modules/b/package.json": '{"name":"b","version":"1.0.0"}',
    });
    expect(found.packages.map(({ name }) => name)).toEqual(["b"]);
    expect(found.unread.map(({ path, layer }) => [path, layer])).toEqual([
      ["/app/node_modules/a/package.json", 0],
      ["/lib/a-1.0.jar", 0],
      ["/var/lib/rpm/rpmdb.sqlite", 0],
    ]);
  });
});

describe("distribution of an image", () => {
  it("is found through a link into another layer", async () => {
    const observations = await observe(
      await imageOf([
        { "usr/lib/os-release": "ID=a\n" },
        { "usr/lib/os-release": debian },
        { "etc/os-release": { link: "../usr/lib/os-release" } },
      ]),
    );
    expect(observations.get("image/os-release")).toMatchObject({
      value: { id: "debian", versionId: "12", path: "/etc/os-release" },
    });
  });

  it("is told as unavailable where no file says it", async () => {
    const observations = await observe(await imageOf([{ app: "x" }]));
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
  const image = await imageOf(manifest.Layers.map(() => ({})));
  const tars = manifest.Layers.map((name) => files.get(name)!);
  const layers = image.layers.map((layer, index) => ({
    ...layer,
    async *open() {
      yield tars[index]!;
    },
  }));
  return { ...image, layers };
}

async function statusOf(layer: ImageManifestInfo["layers"][number]): Promise<string> {
  for await (const entry of readTar(layer.open(), "layer")) {
    if (entry.path === "var/lib/dpkg/status") return Buffer.from(await entry.bytes(8 * 1024 ** 2)).toString("utf8");
  }
  return "";
}

/** What a status file lists as installed, told by nothing but its lines. */
function installedIn(text: string): Set<string> {
  const paragraphs = text.split("\n\n").filter((paragraph) => paragraph.includes("\nStatus: install ok installed\n"));
  return new Set(
    paragraphs.map(
      (paragraph) => `${/^Package: (.*)$/m.exec(paragraph)?.[1]} ${/^Version: (.*)$/m.exec(paragraph)?.[1]}`,
    ),
  );
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

  const uber = sharedData("images/docker-archives/sibling-uberjars-deepest-first.tar");
  it.skipIf(!uber)("jars in jars are found in their layers (skipped where images is absent)", async () => {
    const found = inventoryIn(await realImage(uber!));
    expect(found.packages.map(({ name, version, layer }) => [name, version, layer])).toEqual([
      ["com.google.guava:guava", "30.1-jre", 1],
      ["com.google.guava:listenablefuture", "9999.0-empty-to-avoid-conflict-with-guava", 0],
      ["com.google.j2objc:j2objc-annotations", "1.3", 2],
    ]);
  });

  const goof = sharedData("images/docker-archives/dockergoof.tar");
  it.skipIf(!goof)(
    "packages of four layers are told by the layer that brought each (skipped where images is absent)",
    async () => {
      const image = await editedImage(goof!);
      const found = inventoryIn(await observe(image)).packages.filter(({ type }) => type === "deb");
      const byLayer = await Promise.all(image.layers.map(async (layer) => installedIn(await statusOf(layer))));
      const last = byLayer.at(-1)!;
      expect(found.map(({ name, version }) => `${name} ${version}`).sort()).toEqual([...last].sort());
      for (const { name, version, layer } of found) {
        expect(layer, name).toBe(byLayer.findIndex((held) => held.has(`${name} ${version}`)));
      }
      expect(new Set(found.map(({ layer }) => layer))).toEqual(new Set([0, 1, 2, 3]));
    },
  );

  const nginx = sharedData("images/docker-archives/nginx-os-release-link.tar");
  it.skipIf(!nginx)("nginx is Debian through a linked os-release (skipped where images is absent)", async () => {
    const observations = await observe(await editedImage(nginx!));
    expect(observations.get("image/os-release")).toMatchObject({ value: { id: "debian" } });
    expect(inventoryIn(observations).packages).toHaveLength(84);
  });
});
