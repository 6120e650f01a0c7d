import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { sharedData } from "../../test/shared-data.ts";
import { defineFact } from "../core/fact.ts";
import { bytesSource } from "../formats/byte-source.ts";
import { type FixtureLayer, fixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { type ImageManifestInfo, openImageArchive } from "../formats/image-archive/image-archive.ts";
import { imageCollectors } from "./image/index.generated.ts";
import { defineImageCollector, type ImageCollector } from "./image-collector.ts";
import { readImage } from "./image-reader.ts";
import { openImageSource } from "./image-sources.ts";
import { LayerCache, LayerRecorder, layerCacheFolder, layerKey, purgeLayerCache } from "./layer-cache.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-cache-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const base = fixtureLayer({ "etc/os-release": "ID=debian\nVERSION_ID=12\n", "etc/a": "1" });
const middle = fixtureLayer({ "etc/b": "2", "etc/.wh.a": "" });
const upper = fixtureLayer({ "etc/c": "3" });

async function imageOf(layers: readonly FixtureLayer[]): Promise<ImageManifestInfo> {
  const layout = new LayoutFixture();
  layout.setIndex([layout.addImage(layers)]);
  return (await openImageArchive(bytesSource("image.tar", layout.tar()))).images[0]!;
}

/** The image with a count of the layers that are opened. */
function counted(image: ImageManifestInfo): { image: ImageManifestInfo; opened: string[] } {
  const opened: string[] = [];
  const layers = image.layers.map((layer) => ({
    ...layer,
    open: () => {
      opened.push(layer.diffId);
      return layer.open();
    },
  }));
  return { image: { ...image, layers }, opened };
}

/** Counts the bytes of every file under etc and says which are visible. */
function collectors(version = 1): ReadonlyMap<string, ImageCollector> {
  const provides = defineFact({ id: "test/etc", summary: "", obtain: "", schema: z.array(z.string()) });
  const etc = defineImageCollector<{ size: number }, typeof provides.schema>({
    provides,
    version,
    wants: ({ path }) => path.startsWith("etc/"),
    analyse: (_file, content) => ({ size: content.length }),
    *collect(image, items) {
      const value = items.map(({ path, layer, visible, item }) => `${path} ${layer} ${visible} ${item.size}`);
      yield { subject: image.subject, source: image.source, value };
    },
  });
  return new Map([["etc", etc]]) as unknown as ReadonlyMap<string, ImageCollector>;
}

async function scan(image: ImageManifestInfo, cache?: LayerCache, version = 1) {
  const { image: watched, opened } = counted(image);
  const read = await readImage(watched, { name: "image.tar", format: "test", cache }, collectors(version));
  await cache?.close();
  return { observations: read.observations, opened };
}

async function purgeLayersOnly(): Promise<void> {
  for (const name of await readdir(folder)) if (!name.startsWith("image-")) await rm(join(folder, name));
}

describe("kept layers", () => {
  it("give the same result as reading them", async () => {
    const image = await imageOf([base, middle, upper]);
    const without = await scan(image);
    const first = await scan(image, new LayerCache({ folder }));
    const second = await scan(image, new LayerCache({ folder }));
    expect(first).toEqual(without);
    expect(second.observations).toEqual(without.observations);
    expect([first.opened.length, second.opened.length]).toEqual([3, 0]);
  });

  it("are not even read where the whole image is known, and the image is known by all that goes into it", async () => {
    const image = await imageOf([base, upper]);
    await scan(image, new LayerCache({ folder }));
    await purgeLayersOnly();
    expect((await scan(image, new LayerCache({ folder }))).opened).toEqual([]);
    const others = [
      { ...image, references: ["example/other:1"] },
      { ...image, platform: { os: "linux", architecture: "arm64" } },
      { ...image, config: { ...image.config, user: "65532" } },
      { ...image, annotations: { note: "other" } },
    ];
    for (const other of others) {
      await purgeLayersOnly();
      expect((await scan(other, new LayerCache({ folder }))).opened).toHaveLength(2);
    }
  });

  it("are judged anew by what collectors look at besides the image", async () => {
    const image = await imageOf([base]);
    let looked = 0;
    const collector: ImageCollector = {
      ...[...collectors().values()][0]!,
      isRepeatable: false,
      *collect(opened) {
        yield { subject: opened.subject, source: opened.source, value: [`time ${++looked}`] };
      },
    };
    const read = async () => {
      const { observations } = await readImage(
        image,
        { name: "image.tar", format: "test", cache: new LayerCache({ folder }) },
        new Map([["test", collector]]),
      );
      return observations.map((one) => ("value" in one ? one.value : undefined));
    };
    expect([await read(), await read()]).toEqual([[["time 1"]], [["time 2"]]]);
  });

  it("leave only new layers to be read of a derived image", async () => {
    await scan(await imageOf([base, middle]), new LayerCache({ folder }));
    const { opened } = await scan(await imageOf([base, middle, upper]), new LayerCache({ folder }));
    expect(opened).toEqual([upper.diffId]);
  });

  it("are read anew by another version of an analyser", async () => {
    const image = await imageOf([base]);
    await scan(image, new LayerCache({ folder }));
    expect((await scan(image, new LayerCache({ folder }), 2)).opened).toHaveLength(1);
    const key = (analysers: [string, number][], build = "") => layerKey("sha256:1", analysers, build);
    expect(
      key([
        ["a", 1],
        ["b", 1],
      ]),
    ).toBe(
      key([
        ["b", 1],
        ["a", 1],
      ]),
    );
    expect(new Set([key([["a", 1]]), key([["a", 2]]), key([["b", 1]]), key([["a", 1]], "x")]).size).toBe(4);
  });

  it("are passed over and replaced where they are damaged", async () => {
    const image = await imageOf([base, upper]);
    const { observations } = await scan(image, new LayerCache({ folder }));
    // Two layers and the image: whichever comes first is cut off, the others are no records at all.
    const [first, ...others] = (await readdir(folder)).map((name) => join(folder, name));
    expect(others).toHaveLength(2);
    await truncate(first!, 40);
    for (const path of others) await writeFile(path, "not gzip at all");
    const again = await scan(image, new LayerCache({ folder }));
    expect(again).toEqual({ observations, opened: [base.diffId, upper.diffId] });
    expect((await scan(image, new LayerCache({ folder }))).opened).toEqual([]);
  });

  it("are never of a layer whose digest was wrong", async () => {
    const image = await imageOf([base]);
    const [layer] = image.layers;
    const forged = { ...image, layers: [{ ...layer!, open: () => cut(layer!.open()) }] };
    await expect(scan(forged, new LayerCache({ folder }))).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
    expect(await readdir(folder).catch(() => [])).toEqual([]);
  });

  it("may be written by several runs at once", async () => {
    const image = await imageOf([base, middle, upper]);
    const runs = await Promise.all(Array.from({ length: 8 }, () => scan(image, new LayerCache({ folder }))));
    for (const { observations } of runs) expect(observations).toEqual(runs[0]!.observations);
    expect((await readdir(folder)).filter((name) => !name.endsWith(".json.gz"))).toEqual([]);
    expect((await scan(image, new LayerCache({ folder }))).opened).toEqual([]);
  });

  it("stay within their size, the least recently used going first", async () => {
    await scan(await imageOf([base, middle]), new LayerCache({ folder }));
    const old = await readdir(folder);
    for (const name of old) await utimes(join(folder, name), new Date(1_000_000), new Date(1_000_000));
    await scan(await imageOf([base, upper]), new LayerCache({ folder }));
    const files = await Promise.all(
      (await readdir(folder)).map(async (name) => ({ name, ...(await stat(join(folder, name))) })),
    );
    const recent = files.filter(({ mtimeMs }) => mtimeMs > 1_000_000);
    // The lower layer, the new one and the new image.
    expect([old.length, recent.length]).toEqual([3, 3]);
    const maxBytes = recent.reduce((sum, { size }) => sum + size, 10);
    const cache = new LayerCache({ folder, maxBytes });
    await cache.write("f".repeat(64), new Uint8Array(10));
    await cache.close();
    expect((await readdir(folder)).sort()).toEqual(
      [...recent.map(({ name }) => name), `${"f".repeat(64)}.json.gz`].sort(),
    );
    const { opened } = await scan(await imageOf([base, middle, upper]), new LayerCache({ folder }));
    expect(opened).toEqual([middle.diffId]);
  });

  it("do without a folder that cannot be written, and say so", async () => {
    await writeFile(join(folder, "file"), "");
    const cache = new LayerCache({ folder: join(folder, "file", "layers") });
    const image = await imageOf([base]);
    expect((await scan(image, cache)).observations).toEqual((await scan(image)).observations);
    expect(cache.problem).toContain("layers are not kept in");
  });

  it("can be removed", async () => {
    await scan(await imageOf([base, upper]), new LayerCache({ folder }));
    await mkdir(join(folder, "else"));
    await writeFile(join(folder, "notes.txt"), "stays");
    expect(await purgeLayerCache(folder)).toMatchObject({ layers: 2 });
    expect((await readdir(folder)).sort()).toEqual(["else", "notes.txt"]);
  });

  it("lie where the environment says", () => {
    expect(layerCacheFolder({ PLIMSOLL_CACHE: "off" })).toBeUndefined();
    expect(layerCacheFolder({ PLIMSOLL_CACHE: "/c" })).toBe("/c/layers");
    expect(layerCacheFolder({ XDG_CACHE_HOME: "/x" })).toBe("/x/plimsoll/layers");
    expect(layerCacheFolder({ HOME: "/h" })).toBe("/h/.cache/plimsoll/layers");
  });

  it("are shared by the platforms of one run even without a folder", async () => {
    const layout = new LayoutFixture();
    const images = [
      layout.addImage([base, middle]),
      layout.addImage([base, upper], { config: { architecture: "arm64" } }),
    ];
    layout.setIndex(images);
    const path = join(folder, "image.tar");
    await writeFile(path, layout.tar());
    const source = await openImageSource(path, { cache: false });
    const opened: string[] = [];
    for (const image of source.images) {
      const watched = counted(image);
      await readImage(watched.image, source, collectors());
      opened.push(...watched.opened);
    }
    await source.close();
    expect(opened).toEqual([base.diffId, middle.diffId, upper.diffId]);
  });
});

async function* cut(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) yield piece;
  throw Object.assign(new Error("digest"), { code: "CORRUPT_INPUT" });
}

describe("a layer's record", () => {
  const entry = fc.record({
    path: fc.string({ unit: "binary" }),
    type: fc.constantFrom("file" as const, "directory" as const, "symlink" as const, "character" as const),
    size: fc.nat(),
    mode: fc.nat(0o7777),
    uid: fc.nat(),
    gid: fc.nat(),
    mtime: fc.integer(),
    linkPath: fc.option(fc.string({ unit: "binary" }), { nil: undefined }),
    xattrs: fc.option(fc.dictionary(fc.string(), fc.uint8Array()), { nil: undefined }),
  });

  it("gives back every entry", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 20 }), fc.jsonValue(), async (entries, item) => {
        const recorder = new LayerRecorder();
        const analysed = entries.map((one, index) => ({
          entry: JSON.parse(JSON.stringify({ ...one, xattrs: undefined })),
          items: index % 2 === 0 ? { one: item } : undefined,
        }));
        for (const [index, one] of analysed.entries())
          if (entries[index]!.xattrs !== undefined) one.entry.xattrs = { ...entries[index]!.xattrs };
        for (const one of analysed) await recorder.add(one);
        const cache = new LayerCache({ shared: new Set(["x"]) });
        await cache.write("key", (await recorder.finish())!);
        const plain = (value: unknown) => JSON.stringify(value);
        expect(plain(await cache.read("key"))).toBe(plain(analysed));
      }),
      { numRuns: 60 },
    );
  });
});

const alpine = sharedData("images/alpine-3.11.5.docker.tar.gz");
describe.skipIf(!alpine)(`a real image${alpine ? "" : " (needs the shared images)"}`, () => {
  it("gives all facts alike from kept layers", async () => {
    const scanWith = async (cache: string | false) => {
      const source = await openImageSource(alpine!, { cache });
      try {
        const results = [];
        for (const image of source.images) {
          const { target, observations } = await readImage(image, source, imageCollectors);
          results.push({ target, observations });
        }
        return results;
      } finally {
        await source.close();
      }
    };
    const without = await scanWith(false);
    await scanWith(folder);
    expect(await readdir(folder)).not.toEqual([]);
    expect(await scanWith(folder)).toEqual(without);
  });
});
