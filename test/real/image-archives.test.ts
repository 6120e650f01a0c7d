import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  createReadStream,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesSource } from "../../src/formats/byte-source.ts";
import { fixtureLayer, LayoutFixture } from "../../src/formats/image-archive/archive-fixture.ts";
import { digestOf } from "../../src/formats/image-archive/digest.ts";
import { type ImageManifestInfo, openImageArchive } from "../../src/formats/image-archive/image-archive.ts";
import { LayerTree } from "../../src/formats/layer-tree.ts";
import { type FixtureEntry, tarOf } from "../../src/formats/tar/tar-fixture.ts";
import { readTar, type TarEntry } from "../../src/formats/tar.ts";
import { sharedData } from "../shared-data.ts";

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

const folder = mkdtempSync(join(tmpdir(), "plimsoll-images-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a path is, in one line that a tree of ours and a folder can both be written as. */
function line(path: string, type: string, detail: string): string {
  return `${path} ${type} ${detail}`;
}

function contentDigest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** All paths below a folder; the recursive listing of Node 20 walks into linked directories. */
function walk(root: string, below = ""): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((item) => {
    const path = join(below, item.name);
    return item.isDirectory() ? [path, ...walk(root, path)] : [path];
  });
}

function folderLines(root: string): string[] {
  return walk(root)
    .map((path) => {
      const status = lstatSync(join(root, path));
      if (status.isSymbolicLink()) return line(path, "symlink", readlinkSync(join(root, path)));
      if (status.isDirectory()) return line(path, "directory", "");
      if (status.isFile()) return line(path, "file", contentDigest(readFileSync(join(root, path))));
      return line(path, "special", "");
    })
    .sort();
}

async function treeOf(image: ImageManifestInfo): Promise<LayerTree<string>> {
  const tree = new LayerTree<string>();
  for (const [index, layer] of image.layers.entries()) {
    for await (const entry of readTar(layer.open(), "layer")) {
      const data = entry.type === "file" ? contentDigest(await entry.bytes(1 << 28)) : undefined;
      tree.add(index, data === undefined ? entry : { ...fieldsOf(entry), data });
    }
  }
  return tree;
}

function fieldsOf({ path, type, size, mode, uid, gid, mtime }: TarEntry) {
  return { path, type, size, mode, uid, gid, mtime };
}

/** Directories that no layer lists exist in a folder all the same. */
function treeLines(tree: LayerTree<string>): string[] {
  const lines = new Set<string>();
  for (const { path, type, linkPath, data } of tree.entries()) {
    for (let above = dirname(path); above !== "."; above = dirname(above)) lines.add(line(above, "directory", ""));
    if (path === "") continue;
    if (type === "symlink") lines.add(line(path, type, linkPath ?? ""));
    else if (type === "file") lines.add(line(path, type, data ?? ""));
    else lines.add(line(path, type === "directory" ? type : "special", ""));
  }
  return [...lines].sort();
}

describe.skipIf(!has("tar"))(`GNU tar${has("tar") ? "" : " (not installed)"}`, () => {
  const root = join(folder, "tree");
  beforeAll(() => makeTree(root));

  it.each([
    ["--format=v7"],
    ["--format=oldgnu"],
    ["--format=gnu"],
    ["--format=ustar"],
    ["--format=posix"],
    ["--format=gnu", "--sparse"],
    ["--format=posix", "--sparse", "--sparse-version=0.0"],
    ["--format=posix", "--sparse", "--sparse-version=0.1"],
    ["--format=posix", "--sparse", "--sparse-version=1.0"],
  ])("%s %s %s is read as it was written", async (...options) => {
    const archive = join(folder, "gnu.tar");
    // Formats without long names leave those files out and say so by their exit code.
    const limited = options.some((option) => option === "--format=v7" || option === "--format=ustar");
    const made = spawnSync("tar", ["-C", root, ...options, "--hard-dereference", "-cf", archive, "."]);
    if (!limited) expect(made.stderr.toString()).toBe("");
    const listed = execFileSync("tar", ["-tf", archive, "--quoting-style=literal"]).toString().trim().split("\n");
    const kept = new Set(listed.map((path) => path.replace(/^\.\/|\/$/g, "")));
    const found: string[] = [];
    for await (const entry of readTar(createReadStream(archive), archive)) {
      if (entry.path === "") continue;
      const detail = entry.type === "file" ? contentDigest(await entry.bytes(1 << 28)) : (entry.linkPath ?? "");
      found.push(line(entry.path, entry.type, detail));
    }
    // They cut the target of a long link and store it all the same.
    const fits = (item: string) => kept.has(item.split(" ")[0]!) && !(limited && item.startsWith("d/longlink"));
    expect(found.filter(fits).sort()).toEqual(folderLines(root).filter(fits));
    expect(found.length).toBeGreaterThan(limited ? 5 : 9);
  });
});

function makeTree(root: string): void {
  mkdirSync(join(root, "d/e"), { recursive: true });
  writeFileSync(join(root, "d/e/small"), "small");
  writeFileSync(join(root, "d/empty"), "");
  writeFileSync(join(root, "d/naïve-名"), "name");
  writeFileSync(join(root, `d/${"n".repeat(180)}`), "long");
  mkdirSync(join(root, `deep/${"x".repeat(90)}/${"y".repeat(90)}/${"z".repeat(90)}`), { recursive: true });
  writeFileSync(join(root, `deep/${"x".repeat(90)}/${"y".repeat(90)}/${"z".repeat(90)}/f`), "deep");
  symlinkSync("e/small", join(root, "d/link"));
  symlinkSync(`${"t".repeat(150)}`, join(root, "d/longlink"));
  linkSync(join(root, "d/e/small"), join(root, "d/hard"));
  const sparse = openSync(join(root, "sparse"), "w");
  for (let index = 0; index < 60; index++) writeSync(sparse, `block ${index}`, index * 65_536 + 4_096);
  closeSync(sparse);
}

/** Numbers from 0 up to but not including 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A layer that a builder could have written: parents first, each path once, whiteouts of what the tree holds. */
function randomLayer(next: () => number, index: number): FixtureEntry[] {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  const entries: FixtureEntry[] = [];
  for (const top of ["a", "b", "c"]) {
    if (next() < 0.3) continue;
    if (index > 0 && next() < 0.2) {
      entries.push({ name: `.wh.${top}` });
      continue;
    }
    if (next() < 0.15) {
      entries.push({ name: top, content: `file ${index}` });
      continue;
    }
    entries.push({ name: `${top}/`, type: "5", mode: 0o755 });
    if (index > 0 && next() < 0.2) entries.push({ name: `${top}/.wh..wh..opq` });
    for (const name of ["1", "2", "3", "4"]) {
      const path = `${top}/${name}`;
      const kind = next();
      if (kind < 0.4) entries.push({ name: path, content: `${path} in ${index}` });
      else if (kind < 0.5) entries.push({ name: path, type: "2", link: pick(["../x", "/etc", "1", "..", "/nowhere"]) });
      else if (kind < 0.55 && index > 0) entries.push({ name: `${path}/through`, content: `through ${index}` });
      else if (kind < 0.6 && index > 0) entries.push({ name: `${top}/.wh.${name}` });
      else if (kind < 0.7)
        entries.push({ name: `${path}/`, type: "5", mode: 0o755 }, { name: `${path}/f`, content: "f" });
    }
    const target = entries.findLast(({ name, type }) => type === undefined && !name.includes(".wh."));
    if (target && next() < 0.5) entries.push({ name: `${top}/hard`, type: "1", link: target.name });
  }
  return entries;
}

describe.skipIf(!has("umoci"))(`umoci${has("umoci") ? "" : " (not installed)"}`, () => {
  /** Whether umoci unpacked it: it refuses a path below a file. What it unpacks is what we build. */
  async function compare(layout: LayoutFixture, name: string): Promise<boolean> {
    const at = join(folder, name);
    for (const [path, bytes] of Object.entries(layout.files)) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), bytes);
    }
    const rootfs = join(folder, `${name}-rootfs`);
    const unpacked = spawnSync("umoci", ["raw", "unpack", "--rootless", "--image", `${at}:t`, rootfs]);
    if (unpacked.status !== 0) {
      expect(unpacked.stderr.toString()).toContain("not a directory");
      return false;
    }
    const { images } = await openImageArchive(bytesSource(name, layout.tar()));
    expect(treeLines(await treeOf(images[0]!))).toEqual(folderLines(rootfs));
    return true;
  }

  it("unpacks random images to the trees that we build", async () => {
    let compared = 0;
    for (let seed = 0; seed < 60; seed++) {
      const next = random(seed);
      const layout = new LayoutFixture();
      const layers = Array.from({ length: 1 + Math.floor(next() * 4) }, (_, index) => {
        const tar = tarOf(randomLayer(next, index));
        const digest = digestOf(tar);
        return {
          ...fixtureLayer({}),
          tar,
          blob: tar,
          diffId: digest,
          digest,
          mediaType: "application/vnd.oci.image.layer.v1.tar",
        };
      });
      const annotations = { "org.opencontainers.image.ref.name": "t" };
      layout.setIndex([layout.addImage(layers, { descriptor: { annotations } })]);
      if (await compare(layout, `random-${seed}`)) compared += 1;
    }
    expect(compared).toBeGreaterThan(30);
  });
});

const images = sharedData("images");
const canCopy = images !== undefined && has("skopeo") && has("umoci");

describe.skipIf(!canCopy)(
  `skopeo and umoci${canCopy ? "" : " (a program or the shared data: images is missing)"}`,
  () => {
    it.each([
      ["docker-archive", "docker-archives/busybox.tar"],
      ["docker-archive", "docker-archives/nodes-fake-multi.tar"],
      ["docker-archive", "docker-archives/hello-world.tar"],
      ["docker-archive", "layer-cases/layerscanning-image-symlink-cycle.tar"],
      ["docker-archive", "layer-cases/layerscanning-image-two-files.tar"],
      ["docker-archive", "layer-cases/unpack-permissions.tar"],
      ["docker-archive", "docker-archives/sibling-uberjars-deepest-first.tar"],
      ["oci-archive", "oci-archives/busybox-1.31.1.tar"],
      ["docker-archive", "alpine-3.11.5.docker.tar.gz"],
    ])("%s:%s has the same configuration and files", async (transport, name) => {
      const { images: found } = await openImageArchive(
        bytesSource(name, new Uint8Array(readFileSync(`${images}/${name}`))),
      );
      const layout = join(folder, name.replaceAll("/", "-"));
      execFileSync("skopeo", ["--insecure-policy", "copy", `${transport}:${images}/${name}`, `oci:${layout}:t`], {
        stdio: "pipe",
      });
      const config = execFileSync("skopeo", ["inspect", "--raw", "--config", `${transport}:${images}/${name}`]);
      expect(found[0]!.configDigest).toBe(digestOf(config));
      const rootfs = `${layout}-rootfs`;
      execFileSync("umoci", ["raw", "unpack", "--rootless", "--image", `${layout}:t`, rootfs], { stdio: "pipe" });
      expect(treeLines(await treeOf(found[0]!))).toEqual(folderLines(rootfs));
    });
  },
);
