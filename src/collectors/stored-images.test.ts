import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type StoredImage, StoredImages, storedImagesFolder } from "./stored-images.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-stored-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function image(name: string, failures: string[] = []): Omit<StoredImage, "schema"> {
  const subject = `image/sha256:${name}`;
  return {
    target: { kind: "image", name, subject, identity: `image/${name}` },
    assessed: "2026-01-01T00:00:00.000Z",
    history: ["2026-01-01T00:00:00.000Z"],
    ruleVersion: 1,
    layers: [{ diffId: "sha256:1", key: "k" }],
    observations: [{ fact: "image/x", subject, source: "test", value: { a: 1 } }],
    failures,
  };
}
const pathOf = (index: number) => join(folder, readdirSync(folder)[index]!);

describe("stored images", () => {
  it("come back as they were, by name, for their owner alone", async () => {
    const shelf = new StoredImages(folder);
    await shelf.write(image("b", ["f"]));
    await shelf.write(image("a"));
    const { images, damaged } = await shelf.read();
    expect(images).toEqual(
      [image("a"), image("b", ["f"])].map((one) => ({ schema: "plimsoll.stored-image/1", ...one })),
    );
    expect(damaged).toBe(0);
    expect(await shelf.status()).toMatchObject({ images: 2 });
  });
  it("tell when an image was assessed", async () => {
    const shelf = new StoredImages(folder);
    const now = "2026-01-02T00:00:00.000Z";
    expect(await shelf.historyOf("image/sha256:a", now)).toEqual([now]);
    await shelf.write(image("a"));
    expect(await shelf.historyOf("image/sha256:a", now)).toEqual(["2026-01-01T00:00:00.000Z", now]);
  });
  it("are replaced by what is found later", async () => {
    const shelf = new StoredImages(folder);
    await shelf.write(image("a", ["old"]));
    await shelf.write(image("a", ["new"]));
    expect((await shelf.read()).images.map(({ failures }) => failures)).toEqual([["new"]]);
  });
  it("beyond their number go, those of longest ago first", async () => {
    const shelf = new StoredImages(folder, 2);
    await shelf.write(image("a"));
    utimesSync(pathOf(0), new Date(0), new Date(0));
    await shelf.write(image("b"));
    await shelf.write(image("c"));
    expect((await shelf.read()).images.map(({ target }) => target.name)).toEqual(["b", "c"]);
  });
  it("of which a folder cannot hold any say so", async () => {
    writeFileSync(join(folder, "file"), "");
    const shelf = new StoredImages(join(folder, "file", "below"));
    await shelf.write(image("a"));
    expect(shelf.problem).toMatch(/images are not kept in .*ENOTDIR/);
    expect(await shelf.read()).toEqual({ images: [], damaged: 0 });
  });
  it("that are damaged or of another form are counted", async () => {
    const shelf = new StoredImages(folder);
    await shelf.write(image("a"));
    const whole = readFileSync(pathOf(0));
    const document = JSON.parse(gunzipSync(whole).toString("utf8")) as object;
    const damage = fc.oneof(
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.json().map((text) => gzipSync(text)),
      fc
        .constantFrom("schema", "target", "assessed", "layers", "observations", "failures", "ruleVersion")
        .map((key) => gzipSync(JSON.stringify({ ...document, [key]: key === "ruleVersion" ? "x" : 7 }))),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (bytes) => {
        writeFileSync(pathOf(0), bytes);
        expect(await shelf.read()).toEqual({ images: [], damaged: 1 });
      }),
      { numRuns: 100 },
    );
  });
  it("lie beside the layers", () => expect(storedImagesFolder("/c/plimsoll/layers")).toBe("/c/plimsoll/images"));
});
