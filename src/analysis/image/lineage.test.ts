import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { derive } from "../../core/derivation.ts";
import { type Observation, Snapshot } from "../../core/snapshot.ts";
import type { KnownImage } from "../../facts/image/known-image.ts";
import { imageLineage } from "../../facts/image/lineage.ts";
import lineage, { chainIds } from "./lineage.ts";

type Lineage = z.output<typeof imageLineage.schema>;

interface Made {
  readonly name: string;
  readonly layers: readonly string[];
  readonly created?: string;
  readonly base?: string;
  readonly history?: readonly { createdBy: string; layer?: number }[];
  readonly reference?: string;
}

const subjectOf = (name: string) => `image/sha256:${name}`;

function observationsOf({ name, layers, created, base, history = [], reference }: Made): Observation[] {
  const subject = subjectOf(name);
  const identity = {
    name,
    references: [reference ?? name.split("@")[0]!],
    format: "test",
    manifestDigest: `sha256:${name}`,
    configDigest: `sha256:config-${name}`,
    platform: { os: "linux", architecture: "amd64" },
    created,
    size: 1,
    layers: layers.map((diffId) => ({ diffId, size: 1 })),
  };
  return [
    { fact: "image/identity", subject, source: "test", value: identity },
    { fact: "image/configuration", subject, source: "test", value: { history } },
    {
      fact: "image/base",
      subject,
      source: "test",
      value: base === undefined ? {} : { reference: "base", digest: `sha256:${base}`, shownBy: "label" },
    },
  ];
}

/** An image as an earlier run left it. */
function known({ name, layers, created }: Made): KnownImage {
  return {
    schema: "plimsoll.known-image/1",
    subject: subjectOf(name),
    name,
    references: [name.split("@")[0]!],
    configDigest: `sha256:config-${name}`,
    platform: { os: "linux", architecture: "amd64" },
    created,
    diffIds: [...layers],
    assessed: "2025-12-01T00:00:00Z",
  };
}

async function lineages(...images: Made[]): Promise<Map<string, Lineage>> {
  return lineagesWith([], ...images);
}

async function lineagesWith(earlier: readonly KnownImage[], ...images: Made[]): Promise<Map<string, Lineage>> {
  const snapshot = new Snapshot({
    tool: "test",
    created: "2026-01-01T00:00:00Z",
    targets: [],
    observations: images.flatMap(observationsOf),
  });
  const derived = await derive([lineage], snapshot, {
    knownImages: { images: earlier, inventoryOf: async () => undefined },
  });
  return new Map(
    [...derived.all(imageLineage)].map(({ subject, value }) => [subject.replace("image/sha256:", ""), value]),
  );
}

describe("lineage", () => {
  it("finds bases by their layers, the nearest first, and what is built on them", async () => {
    const found = await lineages(
      { name: "debian:12", layers: ["a"] },
      { name: "node:20", layers: ["a", "b", "c"] },
      { name: "shop:1", layers: ["a", "b", "c", "d"] },
      { name: "other:1", layers: ["x"] },
    );
    expect(found.get("shop:1")).toMatchObject({
      ancestors: [
        { name: "node:20", layers: 3 },
        { name: "debian:12", layers: 1 },
      ],
      baseLayers: 3,
      shownBy: "layers",
      rebuildStep: 2,
      derived: [],
    });
    expect(found.get("debian:12")).toMatchObject({
      ancestors: [],
      derived: [{ name: "node:20" }, { name: "shop:1" }],
      rebuildStep: 0,
    });
    expect(found.get("other:1")).toMatchObject({ ancestors: [], derived: [], needsRebuild: false });
    expect(found.get("other:1")).not.toHaveProperty("baseLayers");
  });
  it("says what must be rebuilt when a base has a newer build, all that is built on it included", async () => {
    const found = await lineages(
      { name: "debian:12", layers: ["a"], created: "2025-01-01T00:00:00Z" },
      { name: "debian:12@new", layers: ["a2"], created: "2025-06-01T00:00:00Z" },
      { name: "node:20", layers: ["a", "b"], created: "2025-02-01T00:00:00Z" },
      { name: "shop:1", layers: ["a", "b", "c"], created: "2025-03-01T00:00:00Z" },
      { name: "fresh:1", layers: ["a2", "c"], created: "2025-07-01T00:00:00Z" },
    );
    expect(found.get("node:20")).toMatchObject({
      newerBases: [{ name: "debian:12@new" }],
      needsRebuild: true,
      rebuildStep: 1,
    });
    expect(found.get("shop:1")).toMatchObject({ newerBases: [], needsRebuild: true, rebuildStep: 2 });
    expect(found.get("fresh:1")).toMatchObject({ newerBases: [], needsRebuild: false, rebuildStep: 1 });
  });
  it("knows images of earlier runs, an image of this run before what was kept of it", async () => {
    const base = { name: "debian:12", layers: ["a"], created: "2025-01-01T00:00:00Z" };
    const shop = { name: "shop:1", layers: ["a", "b"], created: "2025-02-01T00:00:00Z" };
    const newer = { name: "debian:12@new", layers: ["a2"], created: "2025-06-01T00:00:00Z" };
    const found = await lineagesWith([base, newer, shop].map(known), shop);
    expect([...found.keys()]).toEqual(["shop:1"]);
    expect(found.get("shop:1")).toMatchObject({
      ancestors: [{ name: "debian:12", layers: 1, assessed: "2025-12-01T00:00:00Z" }],
      derived: [],
      newerBases: [{ name: "debian:12@new", assessed: "2025-12-01T00:00:00Z" }],
      needsRebuild: true,
      renewable: { base: { name: "debian:12", layers: 1 }, newer: { name: "debian:12@new" }, through: [] },
    });
  });
  it("names what lies between a renewed base and the image, the nearest to the base first", async () => {
    const found = await lineages(
      { name: "debian:12", layers: ["a"], created: "2025-01-01T00:00:00Z" },
      { name: "debian:12@new", layers: ["a2"], created: "2025-06-01T00:00:00Z" },
      { name: "java:21", layers: ["a", "b"], created: "2025-01-02T00:00:00Z" },
      { name: "tomcat:11", layers: ["a", "b", "c"], created: "2025-01-03T00:00:00Z" },
      { name: "shop:1", layers: ["a", "b", "c", "d"], created: "2025-01-04T00:00:00Z" },
    );
    expect(found.get("shop:1")?.renewable).toMatchObject({
      base: { name: "debian:12", layers: 1 },
      newer: { name: "debian:12@new" },
      through: [{ name: "java:21" }, { name: "tomcat:11" }],
    });
    expect(found.get("debian:12")).not.toHaveProperty("renewable");
  });
  it("takes a newer build of the same tag before one of another", async () => {
    const shop = { name: "shop:1", layers: ["a", "b"], created: "2025-02-01T00:00:00Z" };
    const base = { name: "debian:12", layers: ["a"], created: "2025-01-01T00:00:00Z" };
    const sameTag = { name: "debian:12@new", layers: ["a2"], created: "2025-06-01T00:00:00Z" };
    const other = { name: "debian:13", layers: ["x"], created: "2025-08-01T00:00:00Z" };
    const newerOf = async (...images: Made[]) =>
      (await lineages(...images)).get("shop:1")?.newerBases.map(({ name }) => name);
    expect(await newerOf(shop, base, sameTag, other)).toEqual(["debian:12@new"]);
    expect(await newerOf(shop, base, other)).toEqual(["debian:13"]);
  });
  it("tells base layers by the history where no base is at hand", async () => {
    const history = [
      { createdBy: "ADD file:x in /", layer: 0 },
      { createdBy: '/bin/sh -c #(nop)  CMD ["bash"]' },
      { createdBy: "RUN /bin/sh -c apt-get update", layer: 1 },
      { createdBy: 'CMD ["node"]' },
    ];
    expect((await lineages({ name: "shop:1", layers: ["a", "b"], history })).get("shop:1")).toMatchObject({
      baseLayers: 1,
      shownBy: "history",
    });
    expect(
      (await lineages({ name: "shop:1", layers: ["a", "b"], history: history.slice(2) })).get("shop:1"),
    ).not.toHaveProperty("baseLayers");
  });
  it("holds labels against the layers", async () => {
    const found = await lineages(
      { name: "a", layers: ["a"] },
      { name: "b", layers: ["b"] },
      { name: "true", layers: ["a", "c"], base: "a" },
      { name: "false", layers: ["a", "c"], base: "b" },
      { name: "far", layers: ["a", "c"], base: "z" },
    );
    expect(["true", "false", "far"].map((name) => found.get(name)?.label?.state)).toEqual([
      "confirmed",
      "contradicted",
      "unseen",
    ]);
  });
  it("is what comparing every pair of images gives", async () => {
    const layers = fc.array(fc.constantFrom("a", "b"), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(layers, { maxLength: 8 }), async (lists) => {
        const images = lists.map((list, index) => ({ name: `i${index}`, layers: list }));
        const found = await lineages(...images);
        for (const one of images) {
          const expected = images.filter(
            (other) =>
              other.layers.length > 0 &&
              other.layers.length < one.layers.length &&
              other.layers.every((layer, index) => layer === one.layers[index]),
          );
          expect(
            found
              .get(one.name)
              ?.ancestors.map(({ name }) => name)
              .sort(),
          ).toEqual(expected.map(({ name }) => name).sort());
          expect(found.get(one.name)?.rebuildStep).toBe(new Set(expected.map((other) => other.layers.length)).size);
        }
      }),
    );
  });
});

it("chain ids are made as the specification says", () => {
  const next = createHash("sha256").update("sha256:a sha256:b").digest("hex");
  expect(chainIds(["sha256:a", "sha256:b"])).toEqual(["sha256:a", `sha256:${next}`]);
  expect(chainIds([])).toEqual([]);
});
