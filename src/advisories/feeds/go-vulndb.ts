import { packageKey } from "../package-name.ts";
import type { AdvisoryRecord } from "../record.ts";
import { readDocument } from "./document.ts";
import { type Feed, type FeedFile, listOf, member, requireText, textOf, textsOf } from "./feed.ts";
import { defineOsvFeed } from "./osv-feeds.ts";

const excludedPath = /(^|\/)excluded\/GO-[^/]*\.ya?ml$/;
const reportPath = /(^|\/)reports\/GO-[^/]*\.ya?ml$/;

const osv = defineOsvFeed({
  id: "govulndb",
  title: "Go vulnerability database",
  names: ["govulndb", "go-vulndb", "vulndb"],
  ecosystems: ["golang"],
  core: true,
  // The published archive (vuln.go.dev/vulndb.zip) lacks what the team excluded and why.
  mirror: { kind: "files", urls: ["https://github.com/golang/vulndb/archive/refs/heads/master.tar.gz"] },
  wants: (path) =>
    /(^|\/)(osv|ID)\/GO-[^/]*\.json$/.test(path) ||
    /^GO-[^/]*\.json$/.test(path) ||
    excludedPath.test(path) ||
    reportPath.test(path),
  recognises: ({ text }) => /"id":\s*"GO-\d/.test(text),
  reading: { source: "govulndb", keeps: (ecosystem) => ecosystem === "golang", refine },
});

/**
 * The Go team's database, with the packages and symbols that are at fault, and what the team found to be out of reach of programs that use a module as a
 * library: files of `data/excluded`, and since 2024 reports that name the reason for which they were once excluded (CC-BY-4.0).
 */
export const goVulndb: Feed = {
  ...osv,
  read(file) {
    if (excludedPath.test(file.path)) return { records: excludedRecords(file, "excluded") };
    if (!reportPath.test(file.path)) return osv.read(file);
    return { records: /^unexcluded:/m.test(file.text) ? excludedRecords(file, "unexcluded") : [] };
  },
};

function refine(record: AdvisoryRecord, affected: unknown): AdvisoryRecord {
  const systems = otherSystems(affected);
  const own = withSymbols(record, affected);
  return systems === undefined ? own : { ...own, notAffected: true, state: "fixed", status: `only on ${systems}` };
}

/** The operating systems that a vulnerability is limited to (`imports[].goos`), where Linux is not among them. */
function otherSystems(affected: unknown): string | undefined {
  const imports = listOf(member(member(affected, "ecosystem_specific"), "imports"));
  const systems = imports.map((entry) => textsOf(member(entry, "goos")));
  const isLimited = systems.length > 0 && systems.every((named) => named.length > 0 && !named.includes("linux"));
  return isLimited ? [...new Set(systems.flat())].sort().join(", ") : undefined;
}

/** `ecosystem_specific.imports`: packages, each with the symbols at fault or, without symbols, whole (go.dev/security/vuln/database). */
function withSymbols(record: AdvisoryRecord, affected: unknown): AdvisoryRecord {
  const imports = listOf(member(member(affected, "ecosystem_specific"), "imports"));
  const symbols = imports.flatMap((entry) => {
    const path = textOf(member(entry, "path"));
    if (path === undefined) return [];
    const names = textsOf(member(entry, "symbols"));
    return names.length === 0 ? [path] : names.map((name) => `${path}#${name}`);
  });
  return symbols.length === 0
    ? record
    : { ...record, conditions: { ...record.conditions, symbols: [...new Set(symbols)].sort() } };
}

/** Reasons for an exclusion that speak for every program which uses the module as a library (golang/vulndb, doc/triage.md). The others say nothing about a module. */
const reasons: Readonly<Record<string, string>> = {
  NOT_IMPORTABLE: "not importable",
  EFFECTIVELY_PRIVATE: "effectively private",
  NOT_GO_CODE: "not Go code",
  LEGACY_FALSE_POSITIVE: "false positive",
};

/** What a file of `data/excluded` or `data/reports` says: the reason, and the modules and ids that it is about. */
function excludedRecords(file: FeedFile, field: "excluded" | "unexcluded"): AdvisoryRecord[] {
  const document = readDocument(file);
  const id = requireText(member(document, "id"), file, "id");
  const status = reasons[requireText(member(document, field), file, field)];
  if (status === undefined) return [];
  const aliases = [...textsOf(member(document, "cves")), ...textsOf(member(document, "ghsas"))];
  const modules = listOf(member(document, "modules")).flatMap((entry) => textOf(member(entry, "module")) ?? []);
  const keys = new Set(modules.map((module) => packageKey("golang", module)));
  return [...keys].map((module) => ({
    id,
    aliases,
    source: "govulndb",
    ecosystem: "golang",
    package: module,
    ranges: [],
    notAffected: true,
    state: "fixed",
    status,
  }));
}
