import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LayerEntry, LayerTree } from "./layer-tree.ts";
import { tarOf } from "./tar/tar-fixture.ts";
import { readTar } from "./tar.ts";

const common = { size: 0, mode: 0o644, uid: 0, gid: 0, mtime: 0 };

function file(path: string, data?: string): LayerEntry<string> {
  return { ...common, path, type: "file", size: data?.length ?? 0, ...(data === undefined ? {} : { data }) };
}

function directory(path: string): LayerEntry<string> {
  return { ...common, path, type: "directory" };
}

function symlink(path: string, linkPath: string): LayerEntry<string> {
  return { ...common, path, type: "symlink", linkPath };
}

function hardlink(path: string, linkPath: string): LayerEntry<string> {
  return { ...common, path, type: "hardlink", linkPath };
}

function treeOf(...layers: LayerEntry<string>[][]): LayerTree<string> {
  const tree = new LayerTree<string>();
  for (const [layer, entries] of layers.entries()) {
    for (const entry of entries) tree.add(layer, entry);
  }
  return tree;
}

function paths(tree: LayerTree<string>): string[] {
  return [...tree.entries()].map(({ path, layer }) => `${path}@${layer}`);
}

describe("changesets", () => {
  it.each<[string, LayerEntry<string>[][], string[], string[]]>([
    ["a file of a lower layer stays", [[file("a")], [file("b")]], ["a@0", "b@1"], []],
    ["a whiteout hides a file", [[file("d/a"), file("d/b")], [file("d/.wh.a")]], ["d/b@0"], ["d/a whiteout in 1"]],
    ["a whiteout hides a directory", [[directory("d"), file("d/a")], [file(".wh.d")]], [], ["d/a whiteout in 1"]],
    [
      "a whiteout spares its own layer, whatever the order",
      [[file("d/a")], [file("d/b"), file(".wh.d"), file("d/c")]],
      ["d/b@1", "d/c@1"],
      ["d/a whiteout in 1"],
    ],
    [
      "what was hidden can come back",
      [[file("d/a")], [file(".wh.d")], [file("d/a")]],
      ["d/a@2"],
      ["d/a whiteout in 1"],
    ],
    [
      "an opaque directory hides all below",
      [
        [directory("d"), file("d/a"), file("d/e/f")],
        [directory("d"), file("d/b"), file("d/.wh..wh..opq")],
      ],
      ["d@1", "d/b@1"],
      ["d/a opaque in 1", "d/e/f opaque in 1"],
    ],
    ["a file replaces a file", [[file("a")], [file("a")]], ["a@1"], ["a replaced in 1"]],
    ["a file replaces a directory", [[directory("d"), file("d/a")], [file("d")]], ["d@1"], ["d/a replaced in 1"]],
    [
      "a directory replaces a file",
      [[file("d")], [directory("d"), file("d/a")]],
      ["d@1", "d/a@1"],
      ["d replaced in 1"],
    ],
    ["a path below a file replaces it", [[file("d")], [file("d/a")]], ["d/a@1"], ["d replaced in 1"]],
    [
      "a directory over a directory keeps its files",
      [[directory("d"), file("d/a")], [directory("d")]],
      ["d@1", "d/a@0"],
      [],
    ],
    [
      "AUFS metadata is no file",
      [[file("a")], [file(".wh..wh.plnk/1"), file(".wh..wh.orph")]],
      [".wh..wh.plnk/1@1", "a@0"],
      [],
    ],
    ["a whiteout of nothing does nothing", [[file(".wh.x"), file("x/.wh.y")]], [], []],
  ])("%s", (_, layers, expected, removed) => {
    const tree = treeOf(...layers);
    expect(paths(tree)).toEqual(expected);
    expect(tree.removed().map(({ path, how, removedIn }) => `${path} ${how} in ${removedIn}`)).toEqual(removed);
  });

  it("refuses a whiteout of no file or of its own directory", () => {
    const tree = treeOf([file("d/a")], [file("d/.wh."), file("d/.wh.."), file("d/.wh...")]);
    expect(paths(tree)).toEqual(["d/a@0"]);
    expect(tree.problems()).toHaveLength(3);
  });

  it("remembers what a removed file held", () => {
    expect(treeOf([file("key", "secret")], [file(".wh.key")]).removed()[0]?.entry.data).toBe("secret");
  });
});

describe("links", () => {
  it("a hard link takes over what its target is, in its layer or below", () => {
    const tree = treeOf([file("a", "one")], [hardlink("b", "a"), hardlink("c", "b")], [file("a", "two")]);
    expect(tree.get("b")).toMatchObject({ type: "file", data: "one", size: 3, layer: 1, hardLinkTo: "a" });
    expect(tree.get("c")).toMatchObject({ data: "one", hardLinkTo: "a" });
    expect(tree.get("a")).toMatchObject({ data: "two" });
  });

  it("a hard link to nothing, to a directory or to itself is a problem, not a file", () => {
    const tree = treeOf([directory("d"), hardlink("a", "none"), hardlink("b", "d"), hardlink("c", "c")]);
    expect(tree.problems().map(({ path }) => path)).toEqual(["a", "b", "c"]);
    expect(tree.get("a")?.type).toBe("hardlink");
  });

  it("an entry below a linked directory lands where the link leads", () => {
    const tree = treeOf([directory("usr/lib"), symlink("lib", "usr/lib")], [file("lib/x"), file("lib/.wh.y")]);
    expect(tree.get("usr/lib/x")).toMatchObject({ path: "usr/lib/x", layer: 1 });
    expect(tree.get("lib")?.type).toBe("symlink");
    const made = treeOf([symlink("var/run", "/run")], [file("var/run/pid")]);
    expect(made.get("run/pid")?.path).toBe("run/pid");
  });

  it("a whiteout reaches through a linked directory", () => {
    const tree = treeOf([directory("usr/lib"), file("usr/lib/y"), symlink("lib", "usr/lib")], [file("lib/.wh.y")]);
    expect(tree.get("usr/lib/y")).toBeUndefined();
    expect(tree.get("lib")?.type).toBe("symlink");
  });

  it("no link leads out of the root", () => {
    const tree = treeOf([symlink("out", "../../../etc"), file("out/passwd", "x"), symlink("abs", "/etc/passwd")]);
    expect(tree.get("etc/passwd")?.data).toBe("x");
    expect(tree.resolve("abs")?.path).toBe("etc/passwd");
    expect(tree.resolve("../../out/../out/passwd")?.path).toBe("etc/passwd");
    expect(tree.resolve("../../out/passwd")?.path).toBe("etc/passwd");
  });

  it.each<[string, string | undefined]>([
    ["etc/os-release", "usr/lib/os-release"],
    ["/etc/./os-release", "usr/lib/os-release"],
    ["bin/sh", "usr/bin/dash"],
    ["bin", "usr/bin"],
    ["a", undefined],
    ["self", undefined],
    ["dangling", undefined],
    ["usr/bin/dash/x", undefined],
    ["chain0", undefined],
    ["chain5", "usr/bin/dash"],
  ])("resolve %s → %s", (path, expected) => {
    const chain = Array.from({ length: 42 }, (_, index) => symlink(`chain${index}`, `chain${index + 1}`));
    const tree = treeOf([
      directory("usr"),
      directory("usr/bin"),
      file("usr/bin/dash"),
      symlink("usr/bin/sh", "dash"),
      symlink("bin", "usr/bin"),
      file("usr/lib/os-release"),
      symlink("etc/os-release", "../usr/lib/os-release"),
      symlink("a", "b"),
      symlink("b", "a"),
      symlink("self", "self/self"),
      symlink("dangling", "nowhere"),
      ...chain,
      symlink("chain42", "bin/sh"),
    ]);
    expect(tree.resolve(path)?.path).toBe(expected);
  });

  it("lists a directory through links", () => {
    const tree = treeOf([file("usr/bin/a"), file("usr/bin/b"), symlink("bin", "usr/bin")]);
    expect(tree.list("bin").map(({ path }) => path)).toEqual(["usr/bin/a", "usr/bin/b"]);
    expect(tree.list("none")).toEqual([]);
  });
});

it("reads a tar's entries as they come", async () => {
  async function* source() {
    yield tarOf([
      { name: "./", type: "5", mode: 0o755 },
      { name: "./a", content: "x" },
    ]);
  }
  const tree = new LayerTree();
  await tree.apply(0, readTar(source(), "layer"));
  expect([...tree.entries()].map(({ path }) => path)).toEqual(["", "a"]);
  expect(tree.get("")?.mode).toBe(0o755);
});

it("does not recurse: paths may be two thousand directories deep", () => {
  const deep = "d/".repeat(2_000);
  const tree = treeOf([file(`${deep}f`), symlink("l", deep)], [file(".wh.d")]);
  expect(paths(tree)).toEqual(["l@0"]);
});

it("repeated whiteouts of a full directory cost no more than one", () => {
  const many = 20_000;
  const files = Array.from({ length: many }, (_, index) => file(`d/e/${index}`));
  const whiteouts = Array.from({ length: many }, (_, index) =>
    file(["d/.wh..wh..opq", ".wh.d", "d/.wh.e"][index % 3]!),
  );
  const tree = treeOf([file("d/old")], [...files, ...whiteouts]);
  expect(paths(tree)).toHaveLength(many);
  expect(tree.get("d/old")).toBeUndefined();
});

it("bounds the walking along links", () => {
  const target = `${"a/../".repeat(800)}a`;
  const tree = treeOf([directory("a"), ...Array.from({ length: 40 }, (_, index) => symlink(`l${index}`, target))]);
  const walk = () => {
    for (let count = 0; count < 30_000; count++) tree.resolve(`l${count % 40}`);
  };
  expect(walk).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
});

it("bounds the memory that paths, attributes and problems take", () => {
  const xattrs = { "user.a": new Uint8Array(2 ** 20) };
  const large = () => treeOf(Array.from({ length: 1_100 }, () => ({ ...file("a"), xattrs })));
  expect(large).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  const problems = () => treeOf(Array.from({ length: 10_001 }, (_, index) => hardlink(`h${index}`, "none")));
  expect(problems).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
});

it("leaves out paths that no kernel can make", () => {
  const tree = treeOf([file(`${"d/".repeat(2_100)}f`)]);
  expect(paths(tree)).toEqual([]);
  expect(tree.problems()).toHaveLength(1);
});

/** The specification by the letter: what a layer whites out goes from the layers below, then what it holds is laid on top. */
function model(layers: readonly LayerEntry<string>[][]): string[] {
  const state = new Map<string, { type: string; layer: number }>();
  const dropBelow = (path: string) => {
    for (const key of [...state.keys()]) if (key.startsWith(`${path}/`)) state.delete(key);
  };
  for (const [layer, entries] of layers.entries()) {
    for (const { path } of entries) {
      const [, parent = "", name = ""] = /^(?:(.*)\/)?\.wh\.(.*)$/.exec(path) ?? [];
      if (name === ".wh..opq") dropBelow(parent);
      else if (name !== "") {
        const hidden = parent === "" ? name : `${parent}/${name}`;
        state.delete(hidden);
        dropBelow(hidden);
      }
    }
    for (const { path, type } of entries.filter((entry) => !entry.path.includes(".wh."))) {
      const parts = path.split("/");
      for (let length = 1; length < parts.length; length++) {
        const above = parts.slice(0, length).join("/");
        if (state.get(above)?.type === "file") state.delete(above);
      }
      if (type === "file") dropBelow(path);
      state.set(path, { type, layer });
    }
  }
  return [...state].map(([path, { type, layer }]) => `${path} ${type} ${layer}`).sort();
}

describe("properties", () => {
  const name = fc.constantFrom("a", "b", "c");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const entry = fc.oneof(
    { weight: 4, arbitrary: path.map((at) => file(at)) },
    { weight: 3, arbitrary: path.map((at) => directory(at)) },
    { weight: 2, arbitrary: path.map((at) => file(at.replace(/[^/]+$/, ".wh.$&"))) },
    { weight: 1, arbitrary: path.map((at) => file(`${at}/.wh..wh..opq`)) },
  );
  const layers = fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 1, maxLength: 5 });

  it("any layers give the tree that the specification gives", () => {
    fc.assert(
      fc.property(layers, (generated) => {
        const found = [...treeOf(...generated).entries()].map(({ path: at, type, layer }) => `${at} ${type} ${layer}`);
        expect(found.sort()).toEqual(model(generated));
      }),
      { numRuns: 2_000 },
    );
  });

  it("every file is in the tree or among the removed", () => {
    fc.assert(
      fc.property(layers, (generated) => {
        const tree = treeOf(...generated);
        const files = generated.flat().filter(({ type, path: at }) => type === "file" && !at.includes(".wh."));
        const kept = [...tree.entries()].filter(({ type }) => type === "file");
        expect(kept.length + tree.removed().length).toBe(files.length);
      }),
      { numRuns: 500 },
    );
  });
});
