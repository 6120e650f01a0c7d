import { corrupt } from "../../core/errors.ts";
import { isProgramCpe } from "../program-names.ts";
import type { AdvisoryRecord, AffectedRange } from "../record.ts";
import { programVersion } from "../versions/program-order.ts";
import {
  dayOf,
  type Feed,
  type FeedFile,
  listOf,
  member,
  readJson,
  requireText,
  tableOf,
  textOf,
  textsOf,
} from "./feed.ts";

/** CPE ranges that NVD has not stated, in NVD's form (CC0). */
export const nvdOverrides: Feed = {
  id: "nvd-overrides",
  title: "NVD data overrides",
  names: ["nvd_overrides", "nvd-overrides", "nvd-data-overrides"],
  ecosystems: ["cpe"],
  mirror: { kind: "files", urls: ["https://github.com/anchore/nvd-data-overrides/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /CVE-[^/]*\.json$/.test(path),
  recognises: ({ text }) => text.includes('"cpeMatch"') && text.includes('"_annotation"'),
  read: (file) => ({ records: nvdRecords(file) }),
};

/** CPE ranges in the form of CVE records, with what NVD lacks (CC0). */
export const cveEnrichment: Feed = {
  id: "cve-enrichment",
  title: "CVE data enrichment",
  names: ["cve_enrich", "cve-data-enrichment", "cve-enrichment"],
  ecosystems: ["cpe"],
  mirror: { kind: "files", urls: ["https://github.com/anchore/cve-data-enrichment/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /CVE-[^/]*\.json$/.test(path),
  recognises: ({ text }) => text.includes('"additionalMetadata"') && text.includes('"adp"'),
  read: (file) => ({ records: enrichedRecords(file) }),
};

function nvdRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(member(document, "_annotation"), "cve_id"), file, "cve_id");
  const modified = dayOf(member(member(document, "_annotation"), "modified"));
  const collected = new Ranges();
  for (const configuration of listOf(member(member(document, "cve"), "configurations"))) {
    for (const node of listOf(member(configuration, "nodes"))) {
      for (const match of listOf(member(node, "cpeMatch")))
        if (member(match, "vulnerable") === true) collected.addMatch(match);
    }
  }
  return collected.records(id, "nvd-overrides", modified);
}

function enrichedRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(member(document, "additionalMetadata"), "cveId"), file, "cveId");
  if (tableOf(member(document, "adp")) === undefined) throw corrupt(file.path, "has no adp part");
  return affectedCpeRecords(listOf(member(member(document, "adp"), "affected")), id, "cve-enrichment", undefined);
}

/** Records of the known programs among the affected products of a CVE record (CVE record format 5, `affected[]`). */
export function affectedCpeRecords(
  products: readonly unknown[],
  id: string,
  source: string,
  modified: string | undefined,
): AdvisoryRecord[] {
  const collected = new Ranges();
  for (const affected of products) {
    const ranges = listOf(member(affected, "versions")).flatMap((version) => enrichedRange(version) ?? []);
    for (const cpe of textsOf(member(affected, "cpes"))) collected.add(cpe, ranges);
  }
  return collected.records(id, source, modified);
}

/** A version or range of a CVE record (CVE record format 5, `affected[].versions[]`). */
function enrichedRange(entry: unknown): AffectedRange | undefined {
  if (member(entry, "status") !== "affected") return undefined;
  const version = textOf(member(entry, "version"));
  const introduced = version === undefined || version === "*" || version === "0" ? "0" : version;
  const fixed = textOf(member(entry, "lessThan"));
  const last = textOf(member(entry, "lessThanOrEqual"));
  if (fixed !== undefined && fixed !== "*") return { introduced, fixed };
  if (last !== undefined && last !== "*") return { introduced, lastAffected: last };
  return fixed === "*" || last === "*" || introduced === "0"
    ? { introduced }
    : { introduced, lastAffected: introduced };
}

/** Gathers ranges by product. */
class Ranges {
  readonly #ranges = new Map<string, Map<string, AffectedRange>>();

  /** A match of NVD (NVD API 2.0, `cpeMatch`): a range, or the one version that the CPE names. */
  addMatch(match: unknown): void {
    const criteria = textOf(member(match, "criteria"));
    if (criteria === undefined) return;
    const start = textOf(member(match, "versionStartIncluding")) ?? textOf(member(match, "versionStartExcluding"));
    const fixed = textOf(member(match, "versionEndExcluding"));
    const last = textOf(member(match, "versionEndIncluding"));
    const exact = versionIn(criteria);
    const end =
      fixed !== undefined
        ? { fixed }
        : last !== undefined
          ? { lastAffected: last }
          : exact !== undefined
            ? { lastAffected: exact }
            : {};
    this.add(criteria, [{ introduced: start ?? exact ?? "0", ...end }]);
  }

  add(cpe: string, ranges: readonly AffectedRange[]): void {
    const [, , part, vendor, product] = cpe.split(/(?<!\\):/);
    const name = `${vendor}:${product}`.toLowerCase();
    if (part !== "a" || !isProgramCpe(name)) return;
    const known = this.#ranges.get(name) ?? new Map<string, AffectedRange>();
    for (const range of ranges) known.set(JSON.stringify(range), range);
    this.#ranges.set(name, known);
  }

  records(id: string, source: string, modified: string | undefined): AdvisoryRecord[] {
    return [...this.#ranges].map(([name, ranges]) => ({
      id,
      aliases: [],
      source,
      ecosystem: "cpe",
      package: name,
      ranges: [...ranges.values()],
      state: [...ranges.values()].some(({ fixed }) => fixed !== undefined) ? "fixed" : "unknown",
      ...(modified !== undefined && { modified }),
    }));
  }
}

/** The one version that a CPE names, its update included: `openssh:9.3:p1` is 9.3p1, `jre:1.8.0:update291` is 8.0.291, `php:8.0.0:rc1` is 8.0.0-rc1. */
function versionIn(cpe: string): string | undefined {
  const [, , , , product = "", version = "*", update = "*"] = cpe
    .split(/(?<!\\):/)
    .map((part) => part.replaceAll("\\", ""));
  if (version === "*" || version === "-") return undefined;
  if (update === "*" || update === "-") return programVersion(product, version);
  return programVersion(product, /^p\d/.test(update) ? `${version}${update}` : `${version}-${update}`);
}
