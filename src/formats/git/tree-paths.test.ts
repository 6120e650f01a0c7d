import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idOf, treeOf } from "./pack.fixture.ts";
import { TreePaths } from "./tree-paths.ts";

describe("paths of objects", () => {
  const file = "a".repeat(40);
  it("are put together from the trees that hold each other", () => {
    const inner = treeOf({ "app.env": file });
    const folder = treeOf({ config: idOf("tree", inner), "read me": "b".repeat(40) });
    const paths = new TreePaths(20);
    for (const tree of [folder, inner]) paths.add(idOf("tree", tree), tree);
    expect(paths.of(file)).toBe("config/app.env");
    expect(paths.of("b".repeat(40))).toBe("read me");
    expect(paths.of("c".repeat(40))).toBeUndefined();
  });
  it("end where trees hold each other in a circle", () => {
    const paths = new TreePaths(20);
    paths.add("1".repeat(40), treeOf({ one: "2".repeat(40) }));
    paths.add("2".repeat(40), treeOf({ two: "1".repeat(40) }));
    expect(paths.of("1".repeat(40))?.split("/")).toHaveLength(64);
  });
  it("are kept of a million objects, and of names that can be", () => {
    const paths = new TreePaths(20);
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`n${index}`, index.toString(16).padStart(40, "0")]),
    );
    for (let round = 0; round < 101; round++)
      paths.add(
        "f".repeat(40),
        treeOf(
          Object.fromEntries(
            Object.entries(many).map(([name, id]) => [name, `${round.toString(16).padStart(4, "0")}${id.slice(4)}`]),
          ),
        ),
      );
    expect(paths.of(`0000${"0".repeat(36)}`)).toBe("n0");
    expect(paths.of(`0064${"0".repeat(36)}`)).toBeUndefined();
    const long = new TreePaths(20);
    long.add("1".repeat(40), treeOf({ ["x".repeat(5_000)]: file, short: "b".repeat(40) }));
    expect([long.of(file), long.of("b".repeat(40))]).toEqual([undefined, "short"]);
  });
  it("take any bytes for a tree", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const paths = new TreePaths(20);
        paths.add("1".repeat(40), bytes);
        const tree = treeOf({ x: file });
        paths.add("3".repeat(40), Buffer.concat([tree, Buffer.from(bytes.subarray(0, 20))]));
        expect(paths.of(file)).toBeDefined();
      }),
    ));
});
