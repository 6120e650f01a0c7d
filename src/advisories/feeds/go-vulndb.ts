import { packageKey } from "../package-name.ts";
import type { AdvisoryRecord } from "../record.ts";
import { readDocument } from "./document.ts";
import { type Feed, type FeedFile, listOf, member, requireText, textOf, textsOf } from "./feed.ts";
import { defineOsvFeed } from "./osv-feeds.ts";

const excludedPath = /(^|\/)excluded\/GO-[^/]*\.ya?ml$/;

const osv = defineOsvFeed({
  id: "govulndb",
  title: "Go vulnerability database",
  names: ["govulndb", "go-vulndb", "vulndb"],
  ecosystems: ["golang"],
  core: true,
  // The published archive (vuln.go.dev/vulndb.zip) lacks what the team excluded.
  mirror: { kind: "files", urls: ["https://github.com/golang/vulndb/archive/refs/heads/master.tar.gz"] },
  wants: (path) =>
    /(^|\/)(osv|ID)\/GO-[^/]*\.json$/.test(path) || /^GO-[^/]*\.json$/.test(path) || excludedPath.test(path),
  recognises: ({ text }) => /"id":\s*"GO-\d/.test(text),
  reading: { source: "govulndb", keeps: (ecosystem) => ecosystem === "golang", refine: withSymbols },
});

/**
 * The Go team's database, with the packages and symbols that are at fault, and what the team left out of it as out of reach of programs that use a
 * module as a library (CC-BY-4.0).
 */
export const goVulndb: Feed = {
  ...osv,
  read: (file) => (excludedPath.test(file.path) ? { records: excludedRecords(file) } : osv.read(file)),
};

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

/** A file of `data/excluded`: the reason, and the modules and ids that it is about. */
function excludedRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readDocument(file);
  const id = requireText(member(document, "id"), file, "id");
  const status = reasons[requireText(member(document, "excluded"), file, "excluded")];
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
