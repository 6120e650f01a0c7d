import { AppError, corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, member, readJson, requireText, tableOf, textOf, textsOf } from "./feed.ts";
import { severityOf } from "./osv-record.ts";
import { rangesOf, requiredVersions, without } from "./version-interval.ts";

/** Vulnerabilities of Node.js itself, by the Node.js security working group (MIT). Its old list of npm packages has long been part of GitHub's. */
export const nodeCore: Feed = {
  id: "nodejs",
  title: "Node.js core vulnerabilities",
  names: ["nodewg", "nodejs", "security-wg"],
  ecosystems: ["generic"],
  mirror: { kind: "files", urls: ["https://raw.githubusercontent.com/nodejs/security-wg/main/vuln/core/index.json"] },
  wants: (path) => /(^|\/)core\/index\.json$|^index\.json$/.test(path),
  recognises: ({ text }) => text.includes('"affectedEnvironments"') && text.includes('"vulnerable"'),
  read: (file) => {
    const entries = Object.entries(tableOf(readJson(file)) ?? {});
    if (entries.length === 0) throw corrupt(file.path, "lists no vulnerabilities");
    return { records: entries.flatMap(([key, entry]) => entryRecords(key, entry, file)) };
  },
};

/** An entry may be about several CVEs: each is a record of its own. */
function entryRecords(key: string, entry: unknown, file: FeedFile): AdvisoryRecord[] {
  const patched = textOf(member(entry, "patched"))?.trim();
  const vulnerable = requireText(member(entry, "vulnerable"), file, `${key}.vulnerable`).trim();
  const fixes = patched === undefined ? [] : requirement(patched, file);
  const ids = textsOf(member(entry, "cve"));
  const title = textOf(member(entry, "description"))?.replace(/\s+/g, " ").slice(0, 200);
  const severity = severityOf(member(entry, "severity"));
  const url = textOf(member(entry, "ref"));
  return (ids.length > 0 ? ids : [`NSWG-CORE-${key}`]).map((id) => ({
    id,
    aliases: [],
    source: "nodejs",
    ecosystem: "generic",
    package: "node",
    ranges: rangesOf(without("npm", requirement(vulnerable, file), fixes)),
    state: fixes.length > 0 ? "fixed" : "unfixed",
    ...(severity && { severity }),
    ...(title !== undefined && { title }),
    ...(url !== undefined && { url }),
  }));
}

function requirement(text: string, file: FeedFile) {
  try {
    return requiredVersions("npm", text);
  } catch (error) {
    if (error instanceof AppError) throw corrupt(file.path, `cannot read the versions "${text}"`);
    throw error;
  }
}
