import { z } from "zod";
import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { imageContents } from "../../facts/image/contents.ts";
import { imagePackages } from "../../facts/image/packages.ts";

const distributionTypes = new Set(["deb", "apk", "rpm", "alpm", "opkg", "ebuild"]);

export default defineCheck({
  title: "Image carries a whole distribution",
  severity: "low",
  clauses: ["4.1.2-h"],
  why: "Every package is something to patch and something to attack; a minimal base leaves both out.",
  fix: "Build on a minimal base: distroless, Alpine, Wolfi, a -slim variant, or scratch.",
  references: ["CIS Docker 1.6.0 4.3"],
  needs: { inventory: imagePackages, contents: imageContents },
  params: z.object({ maxPackages: z.number().int().positive().default(100) }),
  evaluate({ inventory, contents }, { params }) {
    const count = inventory.packages.filter(({ type }) => distributionTypes.has(type)).length;
    if (count === 0 && inventory.unread.length > 0)
      return unknown("the package database could not be read", "repair the package database of the image");
    const shells = contents.programs.filter(({ purpose }) => purpose === "shell").length;
    const found = `${count} packages of a distribution, ${shells === 0 ? "no shell" : `${shells} shells`}, ${contents.entries} entries, ${(contents.bytes / 1e6).toFixed(0)} MB`;
    const evidence = {
      at: "package databases and file system",
      found,
      expected: `at most ${params.maxPackages} packages`,
    };
    return count > params.maxPackages ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      { inventory: { packages: [], databases: [] }, contents: { programs: [], caches: [], entries: 40, bytes: 2e7 } },
    ],
    fail: [
      {
        inventory: { packages: [one("musl"), one("zlib")], databases: [] },
        contents: { programs: [], caches: [], entries: 40, bytes: 2e7 },
        context: { params: { maxPackages: 1 } },
      },
    ],
    unknown: [
      {
        inventory: {
          packages: [],
          databases: [],
          unread: [{ path: "/var/lib/rpm/Packages", reason: "ends at byte 4096" }],
        },
        contents: { programs: [], caches: [], entries: 40, bytes: 2e7 },
      },
    ],
  },
});

function one(name: string) {
  return {
    name,
    version: "1.2.5-r0",
    type: "apk",
    purl: `pkg:apk/alpine/${name}@1.2.5-r0`,
    foundIn: ["/lib/apk/db/installed"],
    layer: 0,
  };
}
