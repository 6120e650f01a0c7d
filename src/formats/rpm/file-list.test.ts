import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { madeNdb, madeRpmHeader, madeRpmPackage } from "../../../test/rpm-database.ts";
import { sharedData } from "../../../test/shared-data.ts";
import { AppError } from "../../core/errors.ts";
import { parseRpmDatabase, rpmHeaderBlobs } from "./database.ts";
import { parseRpmFiles } from "./file-list.ts";

const blob = madeRpmPackage("tool", {
  "/usr/bin/tool": { digest: "ab", mode: 0o104755 },
  "/etc/tool.conf": { digest: "cd", flags: 1 | 16 },
  "/usr/share/doc/tool": { digest: "ef", flags: 2 },
  "/run/tool": { flags: 64 },
  "/usr/lib/gone": { digest: "00", state: 2 },
  "/usr/bin/t": { mode: 0o120777, target: "tool" },
  "/var/lib/tool.state": { digest: "11", verify: 0xffff_ffff & ~(1 | 64) },
});

describe("parseRpmFiles", () => {
  it("gives what rpm -V would compare, ghosts and files that were not installed left out", () => {
    const list = parseRpmFiles(blob, "header")!;
    expect([list.package, list.algorithm]).toEqual(["tool", "sha256"]);
    expect(
      list.files.map(({ path, digest, configuration, dispensable }) => [path, digest, configuration, dispensable]),
    ).toEqual([
      ["/usr/bin/tool", "ab", false, false],
      ["/etc/tool.conf", "cd", true, false],
      ["/usr/share/doc/tool", "ef", false, true],
      ["/usr/bin/t", undefined, false, false],
      ["/var/lib/tool.state", undefined, false, false],
    ]);
    expect(list.files[3]).toMatchObject({ target: "tool" });
    expect(list.files[4]!.compared).toEqual({ mode: false, owner: true, target: true });
  });

  it("counts MD5 where no algorithm is named, and knows no other number", () => {
    const files = { 1116: [0], 1117: ["x"], 1118: ["/"], 1030: [0o100644], 1035: ["ab"] };
    expect(parseRpmFiles(madeRpmHeader({ 1000: "a", ...files }), "h")).toMatchObject({ algorithm: "md5" });
    expect(parseRpmFiles(madeRpmHeader({ 1000: "a", ...files, 5011: [77] }), "h")!.algorithm).toBeUndefined();
  });

  it("leaves keys out and refuses a header without a name", () => {
    expect(parseRpmFiles(madeRpmHeader({ 1000: "gpg-pubkey" }), "h")).toBeUndefined();
    expect(() => parseRpmFiles(madeRpmHeader({ 1001: "1" }), "h")).toThrow(AppError);
  });

  it("survives any bytes", () => {
    survivesAnyBytes((bytes) => parseRpmFiles(bytes, "h"), blob);
    const database = madeNdb([blob, madeRpmPackage("other")]);
    survivesAnyBytes((bytes) => [...rpmHeaderBlobs(bytes, "db")].map((header) => parseRpmFiles(header, "h")), database);
  });
});

describe.each(["rpmdb/cbl-mariner-2.0/rpmdb.sqlite", "rpmdb/sle15-bci/Packages.db", "rpmdb/libuuid/Packages"])(
  "the files of %s (skipped where rpmdb is absent)",
  (path) => {
    const file = sharedData(path);

    it.skipIf(!file)("are as many packages as the inventory has, each with digests of one algorithm", () => {
      const bytes = readFileSync(file!);
      const lists = [...rpmHeaderBlobs(bytes, path)].flatMap((header) => parseRpmFiles(header, path) ?? []);
      expect(lists.map((list) => list.package).sort()).toEqual(
        parseRpmDatabase(bytes, path)
          .packages.map(({ name }) => name)
          .sort(),
      );
      const digests = lists.flatMap(({ files }) => files.flatMap(({ digest }) => digest ?? []));
      expect(digests.length).toBeGreaterThan(0);
      expect(digests.every((digest) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
      expect(lists.filter(({ files }) => files.length > 0).every(({ algorithm }) => algorithm === "sha256")).toBe(true);
    });
  },
);
