import { createHash } from "node:crypto";
import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deltaOf, idOf, packOf, treeOf } from "../git/pack.fixture.ts";
import { xxh32 } from "../lz4.ts";
import { isPacked } from "../opened-files.ts";
import { tarOf } from "../tar/tar-fixture.ts";
import { zipArchive } from "../zip.fixture.ts";
import { type MemberSecret, secretsOfFile } from "./archive-secrets.ts";

const properties = Buffer.from("spring.datasource.password=Summer2024-x\n");
/** One block of LZ4, stored as it is. */
const lz4Of = (bytes: Uint8Array) => {
  const [descriptor, length, end] = [Buffer.of(0x60, 0x70), Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32LE((bytes.length | 0x80000000) >>> 0);
  const check = Buffer.of((xxh32(descriptor) >>> 8) & 0xff);
  return Buffer.concat([Buffer.from("04224d18", "hex"), descriptor, check, length, bytes, end]);
};
const secretsOf = async (bytes: Uint8Array, path: string): Promise<readonly MemberSecret[]> =>
  (await secretsOfFile(bytes, path)).secrets;

describe("an archive", () => {
  const jar = zipArchive(
    { "BOOT-INF/classes/application.properties": properties, "a/B.class": properties },
    { deflated: true },
  );
  const tar = tarOf([
    { name: "etc/app.properties", content: properties },
    { name: "usr/share/doc/x/app.properties", content: properties },
  ]);
  it.each<[string, Uint8Array, string, string | undefined]>([
    ["a zip archive in its settings", jar, "app/app.jar", "BOOT-INF/classes/application.properties"],
    ["a zip archive of any name", jar, "app/blob", "BOOT-INF/classes/application.properties"],
    [
      "a jar in a war",
      zipArchive({ "WEB-INF/lib/own.jar": jar }),
      "app/app.war",
      "WEB-INF/lib/own.jar!/BOOT-INF/classes/application.properties",
    ],
    ["a tar archive", tar, "srv/backup.tar", "etc/app.properties"],
    ["a tar archive in gzip", gzipSync(tar), "srv/backup.tgz", "etc/app.properties"],
    ["gzip", gzipSync(properties), "etc/app.properties.gz", undefined],
    ["lz4", lz4Of(properties), "etc/app.properties.lz4", undefined],
    [
      "gzip in a tar archive in gzip",
      gzipSync(tarOf([{ name: "a/app.properties.gz", content: gzipSync(properties) }])),
      "srv/b.tar.gz",
      "a/app.properties.gz",
    ],
    [
      "a loose object of git",
      deflateSync(Buffer.concat([Buffer.from(`blob ${properties.length}\0`), properties])),
      `app/.git/objects/ab/${"0".repeat(38)}`,
      undefined,
    ],
  ])("is searched: %s", async (_, bytes, path, member) => {
    const found = await secretsOf(bytes, path);
    expect(found).toMatchObject([{ kind: "assigned-secret" }]);
    expect(found[0]!.member).toBe(member);
  });

  it("of a repository's history is searched in every version, and tells each secret once", async () => {
    const newer = Buffer.concat([properties, Buffer.from("spring.mail.password=Winter2025-y\n")]);
    const id = idOf("blob", newer);
    const pack = packOf([
      { type: "commit", content: Buffer.from("tree 0\n\nnothing\n") },
      { type: "tree", content: treeOf({ "app.properties": id }) },
      { type: "blob", content: newer },
      { delta: deltaOf(newer.length, properties.length, Buffer.alloc(0)), back: 1 },
    ]);
    const path = "app/.git/objects/pack/pack-1.pack";
    const { secrets, skipped } = await secretsOfFile(pack, path);
    expect(skipped).toBeUndefined();
    expect(secrets.map(({ kind, line, member }) => [kind, line, member])).toEqual([
      ["assigned-secret", 1, `${id.slice(0, 12)}:app.properties`],
      ["assigned-secret", 2, `${id.slice(0, 12)}:app.properties`],
    ]);
    expect(await secretsOfFile(pack.subarray(0, pack.length - 30), path)).toMatchObject({
      secrets: [{ line: 1 }, { line: 2 }],
      skipped: "damaged archive, searched in part",
    });
    const elsewhere = packOf([{ delta: deltaOf(4, 4, properties), on: "1".repeat(40) }]);
    expect(await secretsOfFile(elsewhere, path)).toEqual({ secrets: [], skipped: "damaged archive, searched in part" });
  });

  it.each<[string, Uint8Array]>([
    ["zip", zipArchive({ "a.properties": properties })],
    ["tar", tarOf([{ name: "a.properties", content: properties }])],
    ["gzip", gzipSync(properties)],
    ["lz4", lz4Of(properties)],
  ])("that is damaged never ends in another error: %s", async (_, bytes) => {
    for (let length = 0; length < bytes.length; length += 7) await secretsOf(bytes.subarray(0, length), "app/x");
    for (let at = 0; at < Math.min(bytes.length, 700); at += 3) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = damaged[at]! ^ 0xff;
      await secretsOf(damaged, "app/x");
    }
  });

  it("that is cut off is searched as far as it goes, and says so", async () => {
    const noise = Buffer.concat(
      Array.from({ length: 20_000 }, (_, index) => createHash("sha256").update(String(index)).digest()),
    );
    const whole = gzipSync(Buffer.concat([properties, Buffer.from(noise.toString("hex"))]));
    const { secrets, skipped } = await secretsOfFile(whole.subarray(0, whole.length - 1_000), "etc/app.properties.gz");
    expect(secrets).toMatchObject([{ kind: "assigned-secret" }]);
    expect(skipped).toBe("damaged archive, searched in part");
  });

  it("that is a bomb is left where the limit is, and says so", async () => {
    const bomb = gzipSync(Buffer.alloc(600 * 1024 ** 2), { level: 9 });
    expect(await secretsOfFile(bomb, "app/x.gz")).toMatchObject({
      secrets: [],
      skipped: expect.stringMatching(/too large/),
    });
  }, 30_000);

  it("in an archive in an archive is opened four deep and no deeper", async () => {
    let bytes: Uint8Array = properties;
    for (let depth = 0; depth < 4; depth++) bytes = gzipSync(bytes);
    expect(await secretsOf(bytes, "app/x.gz")).toHaveLength(1);
    expect(await secretsOf(gzipSync(bytes), "app/x.gz")).toHaveLength(0);
  });

  it("of a library is searched as a library is", async () => {
    expect(await secretsOf(jar, "usr/share/java/x.jar")).toEqual([]);
  });

  it("of another form is not opened, and says so", async () => {
    const picture = Buffer.from("89504e470d0a1a0a", "hex");
    expect(isPacked(picture)).toBe(true);
    expect(isPacked(Buffer.from("text"))).toBe(false);
    expect(isPacked(new Uint8Array())).toBe(false);
    expect(await secretsOfFile(picture, "app/x.png")).toEqual({ secrets: [], skipped: "compressed, not opened" });
  });

  it("may be any bytes", async () => {
    const magic = fc.constantFrom(
      "1f8b08",
      "504b0304",
      "425a6839314159265359",
      "28b52ffd",
      "fd377a585a00",
      "789c",
      "5041434b00000002",
    );
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 400 }), async (head, rest) => {
        await secretsOfFile(Buffer.concat([Buffer.from(head, "hex"), rest]), "app/x");
      }),
      { numRuns: 150 },
    );
  });
});
