import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCollector } from "../core/collector.ts";
import manifestContainer from "./container/manifest-container.ts";
import { ManifestSet, openManifests } from "./manifest-set.ts";

const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };
const pod = (name: string, more = "") =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {containers: [{name: c, image: i}]${more}}\n`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "manifests-"));
  await mkdir(join(folder, "set/deep/er"), { recursive: true });
  await mkdir(join(folder, "set/.git"));
  await mkdir(join(folder, "outside"));
  const files: Record<string, string> = {
    "set/a.yaml": `${pod("a")}---\n${pod("b")}---\na: {\n---\n${pod("c")}`,
    "set/deep/er/d.yml": pod("d"),
    "set/e.json": JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "e", namespace: "shop" },
          spec: { containers: [{ name: "c" }] },
        },
      ],
    }),
    "set/compose.yml": "services: {web: {image: nginx}}",
    "set/values.yaml": "replicas: 2",
    "set/README.md": pod("never"),
    "set/.git/f.yaml": pod("never"),
    "set/chart.yaml": "image: {{ .Values.image }}\n",
    "set/same.yaml": pod("a"),
    "set/wrong.yaml": pod("wrong", ", hostNetwork: 7"),
    "outside/g.yaml": pod("never"),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await symlink(join(folder, "outside"), join(folder, "set/out"));
  await symlink(join(folder, "outside/g.yaml"), join(folder, "set/g.yaml"));
  await symlink("..", join(folder, "set/deep/up"));
  await symlink("nowhere", join(folder, "set/dangling.yaml"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a folder of manifests", () => {
  it("is read whole, links out of it left alone", async () => {
    const set = await openManifests(join(folder, "set"), "test");
    expect(set.objects.map((object) => object.name).sort()).toEqual(["a", "a", "b", "c", "d", "e", "wrong"]);
    expect(set.compose).toHaveLength(1);
    expect(set.ignored).toBe(1);
  });

  it("hides nothing that could not be read", async () => {
    const set = await openManifests(join(folder, "set"), "test");
    expect(set.unread.map(({ subject, hint }) => [subject, hint?.slice(0, 11)])).toEqual([
      ["cluster/test/file/a.yaml", undefined],
      ["cluster/test/file/chart.yaml", "render it f"],
    ]);
    const observations = await runCollector(manifestContainer, set, set.subject, context);
    const unavailable = observations
      .filter((observation) => "unavailable" in observation)
      .map((observation) => observation.subject);
    expect(unavailable.sort()).toEqual([
      "cluster/test/file/a.yaml",
      "cluster/test/file/chart.yaml",
      "cluster/test/namespace/shop/pod/wrong",
    ]);
  });

  it("tells objects of one name apart", async () => {
    const set = await openManifests(join(folder, "set"), "test");
    const observations = await runCollector(manifestContainer, set, set.subject, context);
    const subjects = observations.map((observation) => observation.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects).toContain("cluster/test/namespace/shop/pod/a/container/c");
    expect(subjects).toContain("cluster/test/namespace/shop/pod/a in same.yaml/container/c");
  });

  it("may be one file", async () => {
    const set = await openManifests(join(folder, "set/deep/er/d.yml"), "one");
    expect(set.objects.map((object) => object.name)).toEqual(["d"]);
  });

  it("must exist", async () => {
    await expect(openManifests(join(folder, "none"), "x")).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });
});

it("takes objects that came over the network", async () => {
  const set = new ManifestSet("live");
  set.addValue({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", namespace: "shop" },
    spec: { containers: [{ name: "c", image: "i" }] },
  });
  const [found] = await runCollector(manifestContainer, set, set.subject, context);
  expect(found).toMatchObject({ subject: "cluster/live/namespace/shop/pod/a/container/c", source: "API" });
});
