import { beforeAll, describe, expect, it } from "vitest";
import { openAdvisories } from "../../src/advisories/open.ts";
import { cpeNamesOf, programNamesOf } from "../../src/advisories/program-names.ts";
import type { AdvisoryStore } from "../../src/advisories/store.ts";
import { programRules } from "../../src/formats/binaries/classify.ts";
import { sharedData } from "../shared-data.ts";

/** Programs that the packed feeds say nothing about. NVD itself, which knows most of them, is not among them. */
const silent = [
  "auditbeat",
  "aws-lc",
  "bash",
  "blackbox-exporter",
  "bun",
  "dart",
  "dumb-init",
  "gcc",
  "ghc",
  "heartbeat",
  "julia",
  "libressl",
  "node-exporter",
  "packetbeat",
  "percona-xtrabackup",
  "pushgateway",
  "pypy",
  "qt",
  "sqlcipher",
  "swipl",
  "terraform",
  "tini",
  "vsftpd",
  "zstd",
];

const packed = sharedData("advisories");

describe.skipIf(!packed)(packed ? "programs and the packed feeds" : "programs (absent: data/advisories)", () => {
  let store: AdvisoryStore;
  beforeAll(async () => {
    store = await openAdvisories(packed as string);
    await store.prepare(["generic", "bitnami", "kubernetes", "cpe"]);
  }, 600_000);

  it("every classified program is known by some of them, or is listed as one that is not", () => {
    const names = [...new Set(programRules.map(({ name }) => name))];
    const questions = (name: string) => [
      ...programNamesOf(name),
      ...programRules
        .filter((rule) => rule.name === name && rule.cpe !== undefined)
        .flatMap(({ cpe }) => cpeNamesOf(cpe as string).map((known) => ["cpe", known] as const)),
    ];
    const without = names.filter((name) =>
      questions(name).every(([ecosystem, known]) => store.records(ecosystem, known).length === 0),
    );
    expect(without.sort()).toEqual(silent);
  });
});
