import { fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ArtifactRegistry } from "../../test/fakes/artifact-registry.ts";
import { AppError } from "../core/errors.ts";
import { scratchFolder, smallFeeds } from "./feed.fixture.ts";
import { registryReference } from "./file/artifact.ts";
import { type Build, buildAdvisories } from "./file/build.ts";
import { newKeyPair, readKey } from "./file/envelope.ts";
import { openPublication } from "./file/publication.ts";
import { type Disk, realDisk } from "./file/write.ts";
import { FileStore } from "./file-store.ts";
import { publishFolder } from "./publish.ts";
import { copyToRegistry, publishRegistry } from "./publish-registry.ts";
import { findFeeds } from "./sources/feed-source.ts";
import { updateFolder } from "./update.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const pair = newKeyPair();
const key = readKey(pair.privateKey, "private", "test");
const checking = readKey(pair.publicKey, "public", "test");
const stranger = readKey(newKeyPair().publicKey, "public", "test");

let old: Build;
let fresh: Build;
beforeAll(async () => {
  old = await built({ packages: 40, fixed: "2.0.0" });
  fresh = await built({ packages: 42, fixed: "3.0.0" });
  await publishFolder(old, join(scratch, "old"), { key });
});

let registry: ArtifactRegistry;
beforeEach(async () => {
  registry = await ArtifactRegistry.start();
  // In clear from the start saves the attempt over TLS in every test.
  process.env["PLIMSOLL_PLAIN_HTTP"] = registry.host;
});
afterEach(async () => {
  await registry.stop();
  delete process.env["PLIMSOLL_PLAIN_HTTP"];
  delete process.env["PLIMSOLL_REGISTRY_USER"];
  delete process.env["PLIMSOLL_REGISTRY_PASSWORD"];
});

let folders = 0;
async function built(more: { packages: number; fixed: string }): Promise<Build> {
  return buildAdvisories(await findFeeds(smallFeeds(join(scratch, `feeds-${folders++}`), more)));
}

function copyOfOld(): string {
  const folder = join(scratch, `folder-${folders++}`);
  cpSync(join(scratch, "old"), folder, { recursive: true });
  return folder;
}

const at = (tag = "1", repository = "security/advisories") => `registry:${registry.host}/${repository}:${tag}`;

function publish(build: Build, location = at(), more: object = {}) {
  return publishRegistry(build, registryReference(location)!, { key, ...more });
}

async function update(folder: string, more: object = {}, location = at()) {
  const publication = openPublication(location);
  try {
    return await updateFolder(publication, folder, { keys: [checking], ...more });
  } finally {
    publication.close();
  }
}

function fixOf(path: string): string | undefined {
  const store = FileStore.open(path, [checking]);
  store.verify();
  return store.records("npm", "package-1")[0]?.ranges[0]?.fixed;
}

async function failure(work: () => Promise<unknown>): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

describe("advisory data in a registry", () => {
  it("is one manifest with the files of the folder form as layers, and comes back the same", async () => {
    const { id, sent } = await publish(old);
    const manifest = JSON.parse(registry.manifests.get("security/advisories:1")!.toString()) as {
      artifactType: string;
      layers: { mediaType: string; annotations: Record<string, string> }[];
    };
    expect(manifest.artifactType).toBe("application/vnd.plimsoll.advisories.v2");
    const titles = manifest.layers.map(({ annotations }) => annotations["org.opencontainers.image.title"]);
    expect(titles[0]).toBe("index.json");
    expect(titles.slice(1).sort()).toEqual([...old.shards.keys()].map((root) => `shards/${root}`).sort());
    expect(sent).toBe(manifest.layers.length + 1);
    const folder = join(scratch, `folder-${folders++}`);
    const report = await update(folder);
    expect(report).toMatchObject({ status: "updated", id, fetched: old.shards.size });
    expect(fixOf(folder)).toBe("2.0.0");
    expect(await update(folder)).toMatchObject({ status: "unchanged", fetched: 0 });
  });

  it("is sent again only where it changed, and fetched only where it changed", async () => {
    await publish(old);
    registry.taken(/./);
    const { sent } = await publish(fresh);
    const puts = registry.taken(/^PUT .*digest=/);
    const changed = [...fresh.shards.keys()].filter((root) => !old.shards.has(root)).length;
    // The changed shards, the index and the delta.
    expect(puts).toHaveLength(changed + 2);
    expect(sent).toBe(changed + 2);
    expect((await publish(fresh)).sent).toBe(0);
    registry.taken(/./);
    const folder = copyOfOld();
    expect(await update(folder)).toMatchObject({ status: "updated", fetched: 0, patched: changed });
    expect(registry.taken(/GET .*blobs/)).toHaveLength(2);
    expect(fixOf(folder)).toBe("3.0.0");
  });

  it("is mounted, not sent, from another repository of the same registry", async () => {
    const { id } = await publish(old);
    const copy = (location: string) => {
      const from = openPublication(at());
      return copyToRegistry(from, registryReference(location)!).finally(() => from.close());
    };
    const target = at("prod", "production/advisories");
    expect(await copy(target)).toMatchObject({ id, mounted: old.shards.size + 2, sent: 0 });
    expect(await copy(target)).toMatchObject({ mounted: 0, sent: 0 });
    registry.behaviour = { withoutMount: true };
    expect(await copy(at("x", "other/advisories"))).toMatchObject({ id, mounted: 0, sent: old.shards.size + 2 });
    const folder = join(scratch, `folder-${folders++}`);
    await update(folder, {}, target);
    expect(fixOf(folder)).toBe("2.0.0");
    await publishFolder(fresh, join(scratch, "copied"), { key });
    const local = openPublication(join(scratch, "copied"));
    await copyToRegistry(local, registryReference(target)!);
    await update(folder, {}, target);
    expect(fixOf(folder)).toBe("3.0.0");
  });

  it.each(["basic", "bearer"] as const)("is pushed and pulled with credentials (%s), and not without", async (how) => {
    registry.behaviour = { authentication: how };
    const refused = await failure(() => publish(old));
    expect(refused.code).toBe("AUTH_FAILED");
    expect(registry.manifests.size).toBe(0);
    process.env["PLIMSOLL_REGISTRY_USER"] = "ann";
    process.env["PLIMSOLL_REGISTRY_PASSWORD"] = "secret";
    await publish(old);
    const folder = join(scratch, `folder-${folders++}`);
    expect(await update(folder)).toMatchObject({ status: "updated" });
    await publish(fresh);
    process.env["PLIMSOLL_REGISTRY_PASSWORD"] = "wrong";
    const error = await failure(() => update(folder));
    expect(error.code).toBe("AUTH_FAILED");
    expect(fixOf(folder)).toBe("2.0.0");
  });

  it("that nobody tagged, or that is an image, says so; an image is not overwritten", async () => {
    expect((await failure(() => update(copyOfOld()))).message).toMatch(/has no such artifact/);
    registry.manifests.set(
      "security/advisories:1",
      Buffer.from(JSON.stringify({ schemaVersion: 2, config: {}, layers: [] })),
    );
    expect((await failure(() => update(copyOfOld()))).message).toMatch(/is no advisory data/);
    expect(await failure(() => publish(old))).toMatchObject({ code: "CONFIG_INVALID" });
    await publish(old, at(), { force: true });
    expect(await update(copyOfOld())).toMatchObject({ status: "unchanged" });
    expect(() => registryReference("registry:Not A Reference")).toThrow(AppError);
  });

  it("that lost records is not published over what is there", async () => {
    await publish(old);
    const few = await built({ packages: 3, fixed: "9.0.0" });
    expect((await failure(() => publish(few))).message).toMatch(/has 3 records, and had 40/);
    expect(await update(copyOfOld())).toMatchObject({ status: "unchanged" });
  });

  it("stays as it was when the registry is full in the middle of a push", async () => {
    await publish(old);
    const before = registry.manifests.get("security/advisories:1");
    registry.behaviour = { fullAfter: registry.blobs.get("security/advisories")!.size + 1 };
    expect(await failure(() => publish(fresh))).toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringMatching(/quota exceeded/) as string,
    });
    expect(registry.manifests.get("security/advisories:1")).toBe(before);
  });
});

describe("faults of a registry leave the old data usable", () => {
  const isShard = (digest: string) =>
    [...fresh.shards].some(
      ([root]) => !old.shards.has(root) && titleOf(digest)?.startsWith("shards/") && titleOf(digest)!.endsWith(root),
    );

  function titleOf(digest: string): string | undefined {
    const { layers } = JSON.parse(registry.manifests.get("security/advisories:1")!.toString()) as {
      layers: { digest: string; annotations: Record<string, string> }[];
    };
    return layers.find((layer) => layer.digest === digest)?.annotations["org.opencontainers.image.title"];
  }

  beforeEach(async () => {
    // Without an earlier snapshot there is no delta, and whole shards are fetched.
    await publish(fresh);
  });

  it("a wrong signature", async () => {
    const folder = copyOfOld();
    expect((await failure(() => update(folder, { keys: [stranger] }))).message).toMatch(
      /no signature by the given key/,
    );
    expect(fixOf(folder)).toBe("2.0.0");
  });

  it.each<[string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    ["a truncated blob", (bytes) => bytes.subarray(0, bytes.length >> 1), /cut off or damaged/],
    ["a blob with more behind it", (bytes) => Buffer.concat([bytes, bytes]), /cut off or damaged/],
    ["a flipped bit", (bytes) => Buffer.from(bytes.map((byte, index) => (index === 20 ? byte ^ 4 : byte))), /digest/],
    ["a missing blob", () => undefined, /the registry does not have it/],
  ])("%s", async (_, spoil, message) => {
    registry.behaviour = { forge: (digest, bytes) => (isShard(digest) ? spoil(bytes) : bytes) };
    const folder = copyOfOld();
    const error = await failure(() => update(folder));
    expect(error).toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/old data of 2024-07-01 .* unchanged and in use/) as string,
    });
    expect(fixOf(folder)).toBe("2.0.0");
    registry.behaviour = {};
    await update(folder);
    expect(fixOf(folder)).toBe("3.0.0");
  });

  it("a layer that the manifest lacks, and a shard under another shard's name", async () => {
    const name = "security/advisories:1";
    const manifest = JSON.parse(registry.manifests.get(name)!.toString()) as {
      layers: { digest: string; annotations: Record<string, string> }[];
    };
    const changed = manifest.layers.filter(({ digest }) => isShard(digest));
    const without = { ...manifest, layers: manifest.layers.filter((layer) => layer !== changed[0]) };
    registry.manifests.set(name, Buffer.from(JSON.stringify(without)));
    const folder = copyOfOld();
    expect((await failure(() => update(folder))).message).toMatch(/lacks shard/);
    const other = manifest.layers.find(
      (layer) => !changed.includes(layer) && layer.digest !== manifest.layers[0]!.digest,
    )!;
    const swapped = manifest.layers.map((layer) =>
      layer === changed[0] ? { ...other, annotations: layer.annotations } : layer,
    );
    registry.manifests.set(name, Buffer.from(JSON.stringify({ ...manifest, layers: swapped })));
    expect((await failure(() => update(folder))).message).toMatch(/its hash differs/);
    expect(fixOf(folder)).toBe("2.0.0");
  });

  it("a registry that is busy for a while is waited for; one that stays busy is given up", async () => {
    const folder = copyOfOld();
    registry.behaviour = { refuses: { status: 429, times: 1_000 } };
    const error = await failure(() => update(folder));
    expect(error).toMatchObject({
      code: "UNREACHABLE",
      message: expect.stringMatching(/429/) as string,
      hint: expect.stringMatching(/limits how often.*old data/) as string,
    });
    expect(fixOf(folder)).toBe("2.0.0");
    registry.behaviour = { refuses: { status: 429, times: 3 } };
    await update(folder);
    expect(fixOf(folder)).toBe("3.0.0");
    registry.behaviour = { refuses: { status: 503, times: 2 } };
    expect((await publish(fresh)).sent).toBe(0);
  });

  it("a full disk, and two updates at once", async () => {
    const folder = copyOfOld();
    const disk: Disk = {
      ...realDisk,
      write: async (path, bytes) => {
        writeFileSync(path, bytes.subarray(0, 3));
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      },
    };
    expect((await failure(() => update(folder, { disk }))).hint).toMatch(/disk is full.*old data is unchanged/);
    expect(fixOf(folder)).toBe("2.0.0");
    const reader = FileStore.open(folder);
    await Promise.all([update(folder), update(folder)]);
    expect(fixOf(folder)).toBe("3.0.0");
    reader.verify();
  });

  it("an update that is killed in the middle", async () => {
    const script = fileURLToPath(new URL("./killed-update.fixture.ts", import.meta.url));
    const folder = copyOfOld();
    const child = fork(script, [at(), folder, "2"], { execArgv: ["--import", "tsx"], stdio: "ignore" });
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    expect(fixOf(folder)).toBe("2.0.0");
    const scraps = readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("unfinished"));
    expect(scraps.length).toBeGreaterThan(0);
    for (const name of scraps) utimesSync(join(folder, String(name)), new Date(0), new Date(0));
    await update(folder);
    expect(fixOf(folder)).toBe("3.0.0");
    expect(scraps.some((name) => existsSync(join(folder, String(name))))).toBe(false);
  }, 30_000);
});
