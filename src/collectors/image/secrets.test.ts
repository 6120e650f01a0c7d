import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { sharedData } from "../../../test/shared-data.ts";
import type { imageSecrets } from "../../facts/image/secrets.ts";
import { bytesSource } from "../../formats/byte-source.ts";
import { openImageArchive } from "../../formats/image-archive/image-archive.ts";
import type { ImageCollector } from "../image-collector.ts";
import { foundBy, imageOf } from "./image.fixture.ts";
import secrets from "./secrets.ts";

type Secrets = z.output<typeof imageSecrets.schema>;
const collector = secrets as ImageCollector;
const settings = "DB_PASSWORD=tr0ub4dor&3\n";

describe("the secrets of an image", () => {
  it("are found in visible, removed and replaced files", async () => {
    const image = await imageOf([
      { "app/.env": settings, "app/old.env": "API_PASSWORD=k3Jx9aQ2\n" },
      { "app/.wh.old.env": "", "app/other.env": settings },
    ]);
    const { secrets: found, filesSearched } = await foundBy<Secrets>(collector, image);
    expect(found.map(({ at, layer, removed, line }) => [at, layer, removed, line])).toEqual([
      ["/app/.env", 0, false, 1],
      ["/app/old.env", 0, true, 1],
      ["/app/other.env", 1, false, 1],
    ]);
    expect(found[0]?.hash).toBe(found[2]?.hash);
    expect(filesSearched).toBe(3);
  });
  it("are found in environment, labels and history, masked", async () => {
    const image = await imageOf(
      [{ a: "x" }],
      { Env: ["DB_PASSWORD=correct-horse"], Labels: { note: "postgres://app:xK9vq27Lm@db/x" } },
      [{ created_by: "|1 NPM_TOKEN=s3cr3t-value /bin/sh -c npm ci" }],
    );
    const { secrets: found } = await foundBy<Secrets>(collector, image);
    expect(found.map(({ source, at, layer }) => [source, at, layer])).toEqual([
      ["env", "DB_PASSWORD", undefined],
      ["label", "note", undefined],
      ["build-argument", "NPM_TOKEN", 0],
    ]);
    expect(JSON.stringify(found)).not.toMatch(/correct-horse|xK9vq27Lm|s3cr3t-value/);
  });
  it("count what was not searched and why", async () => {
    const image = await imageOf([
      {
        "usr/share/doc/x/README": settings,
        "app/x.png": Buffer.from("89504e470d0a1a0a", "hex"),
        "app/empty": "",
        "app/a": "text",
      },
    ]);
    expect(await foundBy<Secrets>(collector, image)).toEqual({
      secrets: [],
      filesSearched: 1,
      bytesSearched: 12,
      seen: "files",
      skipped: { "documentation and tests of packages": 1, "compressed, not opened": 1 },
    });
  });
  const alpine = sharedData("images/alpine-3.11.5.docker.tar.gz");
  it.skipIf(!alpine)(`are none in Alpine 3.11.5${alpine ? "" : " (shared data absent)"}`, async () => {
    const archive = await openImageArchive(bytesSource("alpine", readFileSync(alpine!)));
    for (const image of archive.images) {
      const found = await foundBy<Secrets>(collector, image);
      expect(found.secrets).toEqual([]);
      expect(found.filesSearched).toBeGreaterThan(50);
    }
  });
});
