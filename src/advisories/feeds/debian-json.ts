import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { debianReleases } from "./debian-releases.ts";
import { type DebianVerdict, disputed, disputedMark, fixVerdict, stateVerdict, withUrgency } from "./debian-verdict.ts";
import { type Feed, type FeedFile, member, tableOf, textOf } from "./feed.ts";
import { jsonMembers } from "./json-members.ts";
import { firstSentence } from "./title.ts";

/** Debian's security tracker as its own JSON: by source package and vulnerability the state in every supported release, with the reason where there is no advisory. */
export const debianJson: Feed = {
  id: "debian-json",
  title: "Debian security tracker (JSON)",
  names: ["debian-json", "debian_json", "debian-tracker", "debian_tracker", "debian_security_tracker"],
  ecosystems: ["debian"],
  mirror: { kind: "files", urls: ["https://security-tracker.debian.org/tracker/data/json"] },
  wants: (path) => /(^|\/)json$|\.json$/.test(path),
  recognises: ({ text }) =>
    /^\s*\{\s*"[a-z0-9][a-z0-9.+-]+":\s*\{\s*"(CVE|TEMP)-\d/.test(text) && text.includes('"releases"'),
  read: (file) => ({ records: trackerRecords(file) }),
};

function trackerRecords(file: FeedFile): AdvisoryRecord[] {
  const records: AdvisoryRecord[] = [];
  for (const [name, vulnerabilities] of jsonMembers(file.text, file.path)) {
    const table = tableOf(vulnerabilities);
    if (table === undefined) throw corrupt(file.path, `has a package without vulnerabilities: ${name.slice(0, 80)}`);
    for (const [id, entry] of Object.entries(table)) {
      const releases = tableOf(member(entry, "releases"));
      if (releases === undefined)
        throw corrupt(file.path, `has ${id.slice(0, 80)} of ${name.slice(0, 80)} without releases`);
      const description = textOf(member(entry, "description"));
      const title = firstSentence(description?.replace(disputedMark, ""));
      const isDisputed = disputedMark.test(description ?? "");
      for (const [codename, state] of Object.entries(releases)) {
        const verdict = verdictOf(state);
        const release = debianReleases[codename];
        if (verdict === undefined || release === undefined) continue;
        records.push({
          id,
          aliases: [],
          source: "debian-json",
          ecosystem: `debian:${release}`,
          package: name,
          ...(isDisputed ? disputed(verdict) : verdict),
          ...(title && { title }),
        });
      }
    }
  }
  return records;
}

/** `status` is `resolved` with `fixed_version`, `open` or `undetermined`; `nodsa` says why there will be no advisory, `nodsa_reason` of which kind that is. */
function verdictOf(state: unknown): (DebianVerdict & Pick<AdvisoryRecord, "severity">) | undefined {
  const urgency = textOf(member(state, "urgency"));
  const fixed = textOf(member(state, "fixed_version"));
  switch (textOf(member(state, "status"))) {
    case "resolved":
      return fixed === undefined ? undefined : withUrgency(fixVerdict(fixed), urgency);
    case "open": {
      const reason = textOf(member(state, "nodsa_reason"));
      const word = member(state, "nodsa") === undefined ? "unfixed" : (reason ?? "no-dsa");
      return withUrgency(stateVerdict(word) ?? { ranges: [{ introduced: "0" }], state: "unfixed" }, urgency);
    }
    case "undetermined":
      return withUrgency({ ranges: [{ introduced: "0" }], state: "unknown", status: "undetermined" }, urgency);
    default:
      return undefined;
  }
}
