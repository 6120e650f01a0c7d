import type { AdvisoryRecord } from "../record.ts";
import { member, textOf } from "./feed.ts";
import { defineOsvFeed } from "./osv-feeds.ts";
import { firstSentence } from "./title.ts";

/** Debian's security tracker as OSV documents: CVE records of the supported releases, and the advisories (DSA, DLA, DTSA) of all. */
export const debianOsv = defineOsvFeed({
  id: "debian-osv",
  title: "Debian security tracker (OSV)",
  names: ["debian_osv", "debian-osv", "debian"],
  ecosystems: ["debian"],
  core: true,
  mirror: { kind: "osv", urls: ["https://osv-vulnerabilities.storage.googleapis.com/Debian/all.zip"] },
  recognises: ({ text }) => /"ecosystem":\s*"Debian:/.test(text),
  reading: { source: "debian-osv", keeps: (ecosystem) => ecosystem.startsWith("debian:"), cvssSource: "nvd", refine },
});

/** The tracker's urgency is a rating, or the team's answer to whether it will be fixed (security-team.debian.org, "Severity levels"). */
function refine(record: AdvisoryRecord, affected: unknown, document: unknown): AdvisoryRecord {
  const urgency = textOf(member(member(affected, "ecosystem_specific"), "urgency"));
  const { title, ...untitled } = record;
  // Advisories are titled "package - what is wrong": the package is known already.
  const short = title?.replace(/^\S+ --? /, "").replace(/^security update$/, "");
  // CVE records of the tracker have a description only; its beginning serves as a title.
  const told = short || firstSentence(textOf(member(document, "details")));
  const titled: AdvisoryRecord = told ? { ...untitled, title: told } : untitled;
  switch (urgency) {
    case "low":
    case "medium":
    case "high":
      return { ...titled, severity: urgency };
    case "unimportant":
      return { ...titled, severity: "info", status: urgency };
    case "end-of-life":
      return { ...titled, status: urgency, state: record.state === "fixed" ? "fixed" : "will-not-fix" };
    default:
      return titled;
  }
}
