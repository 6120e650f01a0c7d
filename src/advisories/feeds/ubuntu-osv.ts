import type { AdvisoryRecord } from "../record.ts";
import { listOf, member, textOf } from "./feed.ts";
import { defineOsvFeed, osvArchive } from "./osv-feeds.ts";
import { severityOf } from "./osv-record.ts";
import { firstSentence } from "./title.ts";

/** Ubuntu's CVE records and security notices as OSV documents (documentation.ubuntu.com/security, "Ubuntu OSV data"), with the builds of Ubuntu Pro as flavours. */
export const ubuntuOsv = defineOsvFeed({
  id: "ubuntu-osv",
  title: "Ubuntu CVE records and notices (OSV)",
  names: ["ubuntu_osv", "ubuntu-osv"],
  ecosystems: ["ubuntu"],
  mirror: { kind: "osv", urls: [osvArchive("Ubuntu")] },
  // Notices of Livepatch (LSN) are about patches of a running kernel, which no package tells of.
  wants: (path) => /(^|\/)((UBUNTU-)?CVE|USN)-[^/]*\.json$/.test(path),
  recognises: ({ text }) => /"id":\s*"(UBUNTU-CVE|USN)-/.test(text),
  reading: {
    source: "ubuntu-osv",
    keeps: (ecosystem) => ecosystem.startsWith("ubuntu:"),
    cvssSource: "nvd",
    refine,
  },
});

/** A record is named for its CVE, as everybody else's are; Ubuntu's own rating stands among the scores. */
function refine(record: AdvisoryRecord, _: unknown, document: unknown): AdvisoryRecord {
  const rated = listOf(member(document, "severity")).find((entry) => textOf(member(entry, "type")) === "Ubuntu");
  const severity = severityOf(member(rated, "score"));
  const cve = /^UBUNTU-(CVE-\d{4}-\d+)$/.exec(record.id)?.[1];
  const title = record.title ?? firstSentence(textOf(member(document, "details")));
  const { related, ...rest } = record;
  return {
    ...rest,
    ...(cve === undefined ? related !== undefined && { related } : { id: cve }),
    aliases: record.aliases.filter((alias) => alias !== cve),
    ...(severity && { severity }),
    ...(title !== undefined && { title }),
  };
}
