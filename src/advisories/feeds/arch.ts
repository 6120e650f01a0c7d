import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, member, readJson, requireText, textOf, textsOf } from "./feed.ts";
import { severityOf } from "./osv-record.ts";

/** Arch Linux' vulnerability groups, one a file or all in one list (security.archlinux.org/all.json). */
export const arch: Feed = {
  id: "arch",
  title: "Arch Linux security tracker",
  names: ["arch", "archlinux"],
  ecosystems: ["arch"],
  mirror: { kind: "files", urls: ["https://security.archlinux.org/all.json"] },
  wants: (path) => path.endsWith(".json"),
  recognises: ({ text }) => /"name":\s*"AVG-/.test(text),
  read: (file) => {
    const document = readJson(file);
    return { records: (Array.isArray(document) ? document : [document]).flatMap((group) => groupRecords(group, file)) };
  },
};

function groupRecords(group: unknown, file: FeedFile): AdvisoryRecord[] {
  const id = requireText(member(group, "name"), file, "name");
  const status = textOf(member(group, "status")) ?? "Unknown";
  const fixed = textOf(member(group, "fixed"));
  const notAffected = status === "Not affected";
  const severity = severityOf(member(group, "severity"));
  const title = textOf(member(group, "type"));
  const cves = textsOf(member(group, "issues")).filter((issue) => issue.startsWith("CVE-"));
  return textsOf(member(group, "packages")).map((name) => ({
    id,
    aliases: [],
    ...(cves.length > 0 && { related: cves }),
    source: "arch",
    ecosystem: "arch",
    package: name,
    ranges: notAffected ? [] : [{ introduced: "0", ...(fixed !== undefined && { fixed }) }],
    ...(notAffected && { notAffected }),
    state: notAffected || fixed !== undefined ? "fixed" : status === "Unknown" ? "unknown" : "unfixed",
    ...(status === "Testing" && { status: "testing" }),
    ...(severity && { severity }),
    ...(title !== undefined && title !== "multiple issues" && { title }),
  }));
}
