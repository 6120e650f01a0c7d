import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { scratchFolder } from "../feed.fixture.ts";
import { changedCount, changedDocuments, changesFolders, newChanges, putChanges } from "./changed-documents.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let root: string;
let staging: string;
let count = 0;
beforeEach(() => {
  root = join(scratch, `feed-${count}`);
  staging = join(scratch, `.feed-${count++}.part`);
  mkdirSync(root);
});

/** Puts documents in place; an empty text says that one was deleted. */
async function put(documents: Readonly<Record<string, string>>): Promise<void> {
  const staged = await newChanges(staging);
  for (const [name, text] of Object.entries(documents)) writeFileSync(join(staged, name), text);
  await putChanges(staged, root);
}

const changed = async () => [...(await changedDocuments(root, await changesFolders(root)))].sort();

describe("changed documents", () => {
  it("are none in a feed that never changed, or that is not there", async () => {
    expect(await changesFolders(root)).toEqual({ current: undefined, earlier: [], next: "changes-1" });
    expect(await changesFolders(join(root, "none"))).toMatchObject({ current: undefined });
    expect([await changedCount(root), await changed()]).toEqual([0, []]);
  });

  it("are added to those before, the newer in place of the older, and tell what was deleted", async () => {
    await put({ "a.json": "1", "b.json": "1" });
    await put({ "b.json": "2", "c.json": "" });
    expect(await changed()).toEqual([
      ["a.json", false],
      ["b.json", false],
      ["c.json", true],
    ]);
    expect(await changedCount(root)).toBe(3);
    expect(readFileSync(join(root, "changes-2", "b.json"), "utf8")).toBe("2");
    // Whoever is reading the folder before still has it.
    expect(readFileSync(join(root, "changes-1", "b.json"), "utf8")).toBe("1");
  });

  it("stand in the folder of the highest number, and only the one before it stays", async () => {
    mkdirSync(join(root, "changes"));
    writeFileSync(join(root, "changes", "a.json"), "0");
    for (const name of ["changes-0", "changes-x", "changes-1.part", "archive"]) mkdirSync(join(root, name));
    for (let round = 1; round <= 11; round++) await put({ "b.json": String(round) });
    expect(readdirSync(root).filter((name) => /^changes(-[1-9]\d*)?$/.test(name))).toEqual([
      "changes-10",
      "changes-11",
    ]);
    expect(await changed()).toEqual([
      ["a.json", false],
      ["b.json", false],
    ]);
  });

  it("of an attempt that failed are not taken with the next", async () => {
    writeFileSync(join(await newChanges(staging), "left.json"), "1");
    await put({ "a.json": "1" });
    expect(await changed()).toEqual([["a.json", false]]);
  });
});
