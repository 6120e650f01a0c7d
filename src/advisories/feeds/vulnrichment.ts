import { corrupt } from "../../core/errors.ts";
import type { VulnerabilityFacts } from "../record.ts";
import { affectedCpeRecords } from "./cpe-ranges.ts";
import {
  dayOf,
  type Feed,
  type FeedContent,
  type FeedFile,
  listOf,
  member,
  readJson,
  requireText,
  tableOf,
  textOf,
} from "./feed.ts";

/** CISA's enrichment of CVE records (CC0): SSVC decision points, CVSS vectors and, for some, the CPEs and versions that are affected. */
export const vulnrichment: Feed = {
  id: "vulnrichment",
  large: true,
  title: "CISA Vulnrichment (SSVC, CVSS, CPE)",
  names: ["vulnrichment", "vulnrichment-develop", "cisa-vulnrichment"],
  ecosystems: ["cpe"],
  eager: true,
  mirror: { kind: "files", urls: ["https://github.com/cisagov/vulnrichment/archive/refs/heads/develop.tar.gz"] },
  wants: (path) => /(^|\/)CVE-\d{4}-\d{4,}\.json$/.test(path),
  recognises: ({ text }) => /"dataType":\s*"CVE_RECORD"/.test(text) && /"shortName":\s*"CISA-ADP"/.test(text),
  read: (file) => enriched(file),
};

function enriched(file: FeedFile): FeedContent {
  const document = readJson(file);
  if (member(document, "dataType") !== "CVE_RECORD") throw corrupt(file.path, "is no CVE record");
  const metadata = member(document, "cveMetadata");
  const id = requireText(member(metadata, "cveId"), file, "cveId");
  if (!/^CVE-\d{4}-\d{4,}$/.test(id)) throw corrupt(file.path, `is about ${id.slice(0, 60)}, which is no CVE`);
  if (textOf(member(metadata, "state")) === "REJECTED") return {};
  const containers = member(document, "containers");
  const cisa = listOf(member(containers, "adp")).filter((container) => publisherOf(container) === "CISA-ADP");
  const vectors = [member(containers, "cna"), ...cisa].flatMap(vectorsOf);
  const points = Object.assign({}, ...cisa.map(decisionPoints)) as Record<string, string>;
  const facts: VulnerabilityFacts = {
    ...(vectors.length > 0 && { cvss: vectors }),
    ...(Object.keys(points).length > 0 && { ssvc: points }),
  };
  const affected = cisa.flatMap((container) => listOf(member(container, "affected")));
  return {
    ...(Object.keys(facts).length > 0 && { facts: [[id, facts]] }),
    records: affectedCpeRecords(affected, id, "vulnrichment", dayOf(member(metadata, "dateUpdated"))),
  };
}

function publisherOf(container: unknown): string | undefined {
  return textOf(member(member(container, "providerMetadata"), "shortName"));
}

/** Metrics of a container (CVE record format 5.1, `metrics[]`): each names its version of CVSS by its member. */
function vectorsOf(container: unknown): { vector: string; source: string }[] {
  const source = publisherOf(container) === "CISA-ADP" ? "cisa-adp" : (publisherOf(container) ?? "cna");
  const found = new Set<string>();
  for (const metric of listOf(member(container, "metrics")))
    for (const version of ["cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"]) {
      const vector = textOf(member(member(metric, version), "vectorString"));
      if (vector !== undefined && /^(CVSS:[34]\.\d\/|AV:)[A-Za-z:/]+$/.test(vector)) found.add(vector);
    }
  return [...found].map((vector) => ({ vector, source }));
}

/** `{"Technical Impact": "total"}` is `technical-impact: total` (CISA SSVC, decision points Exploitation, Automatable, Technical Impact). */
function decisionPoints(container: unknown): Record<string, string> {
  const points: Record<string, string> = {};
  for (const metric of listOf(member(container, "metrics"))) {
    const other = member(metric, "other");
    if (member(other, "type") !== "ssvc") continue;
    for (const option of listOf(member(member(other, "content"), "options")))
      for (const [name, value] of Object.entries(tableOf(option) ?? {})) {
        const word = textOf(value);
        const point = name.trim().toLowerCase().replace(/\s+/g, "-");
        if (word !== undefined && /^(exploitation|automatable|technical-impact)$/.test(point)) points[point] = word;
      }
  }
  return points;
}
