import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { messageOf } from "../../core/errors.ts";
import { bytesSource, type DirectorySource } from "../byte-source.ts";
import { LayerTree } from "../layer-tree.ts";
import { readTar } from "../tar.ts";
import { archiveOf, fixtureConfig, fixtureLayer, json, LayoutFixture } from "./archive-fixture.ts";
import { digestOf } from "./digest.ts";
import { type ImageManifestInfo, openImageArchive } from "./image-archive.ts";

const base = fixtureLayer({ "etc/passwd": "root", "etc/motd": "hello" });
const upper = fixtureLayer({ "etc/.wh.motd": "", "app/run": "x" });

function open(bytes: Uint8Array) {
  return openImageArchive(bytesSource("image.tar", bytes));
}

async function treeOf(image: ImageManifestInfo): Promise<LayerTree> {
  const tree = new LayerTree();
  for (const [index, layer] of image.layers.entries()) await tree.apply(index, readTar(layer.open(), "layer"));
  return tree;
}

async function pathsOf(image: ImageManifestInfo): Promise<string[]> {
  return [...(await treeOf(image)).entries()].map(({ path }) => path);
}

const dockerFiles = {
  "c.json": fixtureConfig([base, upper]),
  "a/layer.tar": base.tar,
  "b/layer.tar": upper.tar,
  "manifest.json": json([{ Config: "c.json", RepoTags: ["r:2", "r:1"], Layers: ["a/layer.tar", "b/layer.tar"] }]),
};

describe("docker save", () => {
  it("is read with its layers in order", async () => {
    const archive = await open(archiveOf(dockerFiles));
    expect(archive.format).toBe("docker-archive");
    const image = archive.images[0]!;
    expect(image).toMatchObject({
      references: ["r:1", "r:2"],
      platform: { os: "linux", architecture: "amd64" },
      config: { user: "app" },
    });
    expect(image.configDigest).toBe(digestOf(dockerFiles["c.json"]));
    expect(await pathsOf(image)).toEqual(["app/run", "etc/passwd"]);
  });

  it("may be compressed as a whole, with layers too large to keep", async () => {
    const large = fixtureLayer({ big: Buffer.alloc(300_000, "x").toString() }, false);
    const files = {
      "l.tar": large.tar,
      "c.json": fixtureConfig([large]),
      "manifest.json": json([{ Config: "c.json", Layers: ["l.tar"] }]),
    };
    const archive = await open(new Uint8Array(gzipSync(archiveOf(files))));
    expect(await pathsOf(archive.images[0]!)).toEqual(["big"]);
  });

  it("follows layers that are links to others", async () => {
    const { "a/layer.tar": a, ...rest } = dockerFiles;
    const links = [
      { name: "a/layer.tar", type: "2", link: "../x/y.tar" },
      { name: "x/y.tar", type: "1", link: "z.tar" },
    ];
    const archive = await open(archiveOf({ ...rest, "z.tar": a }, links));
    expect(await pathsOf(archive.images[0]!)).toEqual(["app/run", "etc/passwd"]);
    const cycle = [
      { name: "a/layer.tar", type: "2", link: "layer2.tar" },
      { name: "a/layer2.tar", type: "2", link: "layer.tar" },
    ];
    await expect(open(archiveOf(rest, cycle))).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });

  it("takes the last of two files with one name, as unpacking does", async () => {
    const config = fixtureConfig([base, upper], { config: { User: "root" } });
    const archive = await open(archiveOf(dockerFiles, [{ name: "./c.json", content: config }]));
    expect(archive.images[0]!.config.user).toBe("root");
  });

  it("names what is missing", async () => {
    for (const name of ["c.json", "a/layer.tar"] as const) {
      const { [name]: _, ...rest } = dockerFiles;
      await expect(open(archiveOf(rest))).rejects.toMatchObject({
        code: "CORRUPT_INPUT",
        message: expect.stringContaining(name),
      });
    }
  });

  it("refuses a layer that is not what its configuration says", async () => {
    const archive = await open(archiveOf({ ...dockerFiles, "a/layer.tar": upper.tar }));
    await expect(pathsOf(archive.images[0]!)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining(base.diffId),
    });
  });

  it("refuses more or fewer layers than the configuration lists", async () => {
    const manifest = json([{ Config: "c.json", Layers: ["a/layer.tar"] }]);
    await expect(open(archiveOf({ ...dockerFiles, "manifest.json": manifest }))).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
    });
  });

  it("of the oldest form is read by its chain of parents", async () => {
    const [low, high] = ["1".repeat(64), "2".repeat(64)];
    const files = {
      [`${low}/json`]: json({ id: low }),
      [`${low}/layer.tar`]: base.tar,
      [`${high}/json`]: json({ id: high, parent: low, os: "linux", architecture: "amd64", config: { Cmd: ["sh"] } }),
      [`${high}/layer.tar`]: upper.tar,
      repositories: json({ old: { latest: high } }),
    };
    const { format, images } = await open(archiveOf(files));
    expect(format).toBe("docker-archive-legacy");
    expect(images[0]).toMatchObject({
      references: ["old:latest"],
      config: { cmd: ["sh"], rootfs: { diffIds: [base.diffId, upper.diffId] } },
    });
    expect(await pathsOf(images[0]!)).toEqual(["app/run", "etc/passwd"]);
    const cycle = { ...files, [`${low}/json`]: json({ id: low, parent: high }) };
    await expect(open(archiveOf(cycle))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});

describe("OCI layout", () => {
  const layout = new LayoutFixture();
  const amd64 = layout.addImage([base, upper], { descriptor: { platform: { os: "linux", architecture: "amd64" } } });
  const arm64 = layout.addImage([base], { config: { architecture: "arm64", variant: "v8" } });
  const statement = layout.add(json({ predicateType: "x" }), "application/vnd.in-toto+json");
  const attestation = layout.add(
    json({ config: layout.add(json({}), "application/vnd.oci.image.config.v1+json"), layers: [statement] }),
    "application/vnd.oci.image.manifest.v1+json",
    {
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": amd64.digest },
    },
  );
  const absent = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${"0".repeat(64)}`,
    size: 1,
    platform: { os: "linux", architecture: "s390x" },
  };
  const name = {
    annotations: { "io.containerd.image.name": "docker.io/library/x:1", "org.opencontainers.image.ref.name": "1" },
  };
  layout.setIndex([layout.addIndex([amd64, arm64, attestation, absent], name)]);

  it("yields every platform, the attestations apart, and what the archive lacks", async () => {
    const archive = await open(layout.tar());
    expect(archive.format).toBe("oci-layout");
    expect(
      archive.images.map(({ platform, references, manifestDigest }) => [platform, references, manifestDigest]),
    ).toEqual([
      [{ os: "linux", architecture: "amd64" }, ["docker.io/library/x:1"], amd64.digest],
      [{ os: "linux", architecture: "arm64", variant: "v8" }, ["docker.io/library/x:1"], arm64.digest],
    ]);
    expect(archive.artifacts).toMatchObject([
      { kind: "attestation", subject: amd64.digest, blobs: [{ mediaType: "application/vnd.in-toto+json" }] },
    ]);
    expect(archive.incomplete).toEqual([
      {
        digest: absent.digest,
        platform: { os: "linux", architecture: "s390x" },
        reason: "the archive lacks the manifest",
      },
    ]);
    expect(await pathsOf(archive.images[0]!)).toEqual(["app/run", "etc/passwd"]);
    expect(archive.images[0]!.layers[0]).toMatchObject({
      digest: base.digest,
      diffId: base.diffId,
      size: base.blob.length,
    });
  });

  it("may be a folder", async () => {
    const folder: DirectorySource = {
      name: "layout",
      open: async (path) => (layout.files[path] ? bytesSource(path, layout.files[path]) : undefined),
    };
    expect((await openImageArchive(folder)).images).toHaveLength(2);
  });

  it("with a manifest.json hides no image that only one of the two lists", async () => {
    const files = {
      ...layout.files,
      ...dockerFiles,
      "manifest.json": json([{ Config: "c.json", RepoTags: ["evil:1"], Layers: ["a/layer.tar", "b/layer.tar"] }]),
    };
    expect(
      (await open(archiveOf({ ...files, "c.json": fixtureConfig([base, upper], { author: "x" }) }))).images,
    ).toHaveLength(3);
    const same = await open(archiveOf(files));
    expect(same).toMatchObject({ format: "docker-archive-oci" });
    expect(same.images).toHaveLength(2);
  });

  it("refuses documents and layers whose digest is not theirs", async () => {
    const path = `blobs/sha256/${amd64.digest.slice(7)}`;
    await expect(open(archiveOf({ ...layout.files, [path]: json({}) }))).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining(amd64.digest),
    });
    const layerPath = `blobs/sha256/${base.digest.slice(7)}`;
    const other = new Uint8Array(gzipSync(base.tar, { level: 1 }));
    const archive = await open(archiveOf({ ...layout.files, [layerPath]: other }));
    await expect(pathsOf(archive.images[0]!)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining(base.digest),
    });
  });

  it("of which no image is whole is CORRUPT_INPUT and names the blob", async () => {
    const { [`blobs/sha256/${base.digest.slice(7)}`]: _, ...rest } = layout.files;
    await expect(open(archiveOf(rest))).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining(base.digest),
    });
  });

  it("shows foreign layers, and says so when one is opened", async () => {
    const windows = new LayoutFixture();
    const config = windows.add(fixtureConfig([base]), "application/vnd.oci.image.config.v1+json");
    const foreign = {
      mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
      digest: base.digest,
      size: 5,
      urls: ["https://example.com/l"],
    };
    windows.setIndex([windows.add(json({ config, layers: [foreign] }), "application/vnd.oci.image.manifest.v1+json")]);
    const layer = (await open(windows.tar())).images[0]!.layers[0]!;
    expect(layer.foreign).toEqual(["https://example.com/l"]);
    expect(() => layer.open()).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });

  it.each<[string, unknown, string]>([
    ["digests that climb", [{ digest: "sha256:../../x", size: 1 }], "CORRUPT_INPUT"],
    ["algorithms unknown", [{ digest: `md5:${"0".repeat(32)}`, size: 1 }], "CORRUPT_INPUT"],
    ["a list that is none", "x", "CORRUPT_INPUT"],
    ["nothing", [], "UNSUPPORTED"],
  ])("refuses %s", async (_, manifests, code) => {
    await expect(open(archiveOf({ "index.json": json({ manifests }) }))).rejects.toMatchObject({ code });
  });

  it("refuses an index that lists itself over and over", async () => {
    const bomb = new LayoutFixture();
    let level = bomb.addIndex([]);
    for (let depth = 0; depth < 12; depth++) level = bomb.addIndex(Array.from({ length: 8 }, () => level));
    bomb.setIndex([level]);
    await expect(open(bomb.tar())).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});

it("says what is no image archive", async () => {
  for (const bytes of [
    Buffer.from("#!/bin/sh\n".repeat(99)),
    archiveOf({ "notes.txt": json(1) }),
    new Uint8Array(0),
    new Uint8Array(1024),
  ]) {
    await expect(open(new Uint8Array(bytes))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      hint: expect.stringContaining("docker save"),
    });
  }
});

const images = sharedData("images");
const ok = "ok";
const cutDown = "the content has digest";
/** Archives whose layers their authors cut down are refused where the digest shows it. */
const expectations: Record<string, { format?: string; images?: number; layers?: string[]; refused?: string }> = {
  "alpine-3.11.5.docker.tar.gz": { format: "docker-archive", layers: [ok] },
  "containerd-archives/busybox-single-arch-with-attestation-manifest.tar": {
    format: "docker-archive-oci",
    layers: [ok],
  },
  "containerd-archives/busybox.amd64.tar": { format: "docker-archive-oci", layers: [ok] },
  "containerd-archives/busybox.armv7.tar": { format: "docker-archive-oci", layers: [ok] },
  "docker-archives/3-level-jar.tar": { format: "docker-archive", layers: [ok] },
  "docker-archives/busybox.tar": { format: "docker-archive", layers: [ok] },
  "docker-archives/centos-6.tar": { format: "docker-archive", layers: [cutDown] },
  "docker-archives/dockergoof.tar": { refused: "lists 4 layers" },
  "docker-archives/gemfile.tar": { format: "docker-archive", layers: [ok] },
  "docker-archives/hello-world.tar": { format: "docker-archive-oci", layers: [ok] },
  "docker-archives/java-windows.tar": { format: "docker-archive", layers: [cutDown] },
  "docker-archives/java.tar": { format: "docker-archive", layers: [cutDown] },
  "docker-archives/nginx-os-release-link.tar": { refused: "lists 1 layers" },
  "docker-archives/nginx-with-buildinfo.tar": { refused: "lists 1 layers" },
  "docker-archives/nginx.tar": { refused: "lists 1 layers" },
  "docker-archives/nodes-fake-multi.tar": { format: "docker-archive", layers: [ok, ok] },
  "docker-archives/nodes-fake.tar": { format: "docker-archive", layers: [ok] },
  "docker-archives/openjdk.tar": { format: "docker-archive", layers: [ok] },
  "docker-archives/poetry.tar": { format: "docker-archive", layers: [ok] },
  "docker-archives/sibling-uberjars-deepest-first.tar": { format: "docker-archive", layers: [ok, ok, ok] },
  "docker-archives/sibling-uberjars-shallowest-first.tar": { format: "docker-archive", layers: [ok, ok, ok] },
  "docker-archives/top-level.tar": { format: "docker-archive", layers: [ok] },
  "docker-oci-archives/busybox.armv7.tar": { format: "docker-archive-oci", layers: [ok] },
  "docker-oci-archives/unsupported-image.tar": { refused: "holds no manifest.json, index.json or repositories file" },
  "kaniko-archives/kaniko-busybox.tar": { format: "docker-archive", layers: [ok] },
  "layer-cases/layerscanning-image-basic.tar": { format: "docker-archive", layers: [ok, ok] },
  "layer-cases/layerscanning-image-empty.tar": { refused: "holds no manifest.json" },
  "layer-cases/layerscanning-image-multiple-files.tar": { format: "docker-archive", layers: [ok, ok] },
  "layer-cases/layerscanning-image-symlink-attack.tar": { format: "docker-archive", layers: [ok] },
  "layer-cases/layerscanning-image-symlink-basic.tar": { format: "docker-archive", layers: [ok] },
  "layer-cases/layerscanning-image-symlink-cycle.tar": { format: "docker-archive", layers: [ok] },
  "layer-cases/layerscanning-image-two-files.tar": { format: "docker-archive", layers: [ok, ok] },
  "layer-cases/tar-basic.tar": { format: "docker-archive", layers: [ok, ok] },
  "layer-cases/unpack-basic.tar": { format: "docker-archive", layers: [ok, ok] },
  "layer-cases/unpack-permissions.tar": { format: "docker-archive", layers: [ok] },
  "oci-archives/alpine-3.12.0.tar": { format: "oci-layout", layers: [cutDown] },
  "oci-archives/busybox-1.31.1.tar": { format: "oci-layout", layers: [ok] },
  "oci-archives/nginx.tar": { refused: cutDown },
  "oci-archives/oci-with-manifest.tar": { refused: "lists 1 layers" },
};

async function outcomes(image: ImageManifestInfo): Promise<string[]> {
  const results: string[] = [];
  for (const layer of image.layers) {
    try {
      for await (const entry of readTar(layer.open(), "layer")) expect(entry.escapes).toBe(false);
      results.push(ok);
    } catch (thrown) {
      results.push(messageOf(thrown).includes(cutDown) ? cutDown : messageOf(thrown));
    }
  }
  return results;
}

describe.skipIf(!images)(`real archives${images ? "" : " (shared data: images is missing)"}`, () => {
  it.each(Object.entries(expectations))("%s", async (name, expected) => {
    const opening = open(new Uint8Array(readFileSync(`${images}/${name}`)));
    if (expected.refused) {
      await expect(opening).rejects.toMatchObject({
        name: "AppError",
        message: expect.stringContaining(expected.refused),
      });
      return;
    }
    const archive = await opening;
    expect(archive.format).toBe(expected.format);
    expect(archive.images).toHaveLength(1);
    expect(await outcomes(archive.images[0]!)).toEqual(expected.layers);
  });

  it("alpine 3.11.5 is what its publisher built", async () => {
    const { images: found } = await open(new Uint8Array(readFileSync(`${images}/alpine-3.11.5.docker.tar.gz`)));
    expect(found[0]).toMatchObject({
      references: ["alpine:3.11"],
      configDigest: "sha256:a187dde48cd289ac374ad8539930628314bc581a481cdb41409c9289419ddb72",
      platform: { os: "linux", architecture: "amd64" },
      config: { cmd: ["/bin/sh"], rootfs: { diffIds: [expect.stringMatching(/^sha256:beee9f30/)] } },
    });
    const tree = await treeOf(found[0]!);
    expect(tree.resolve("bin/sh")?.path).toBe("bin/busybox");
    expect(tree.get("lib/apk/db/installed")?.type).toBe("file");
  });
});
