import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { cveHeading, cveListRecords } from "./debian-cve-list.ts";
import { debianReleases } from "./debian-releases.ts";
import { fixVerdict, stateVerdict } from "./debian-verdict.ts";
import type { Feed, FeedFile } from "./feed.ts";

/** The security tracker's own lists: vulnerabilities (`data/CVE/list`) and advisories (`data/DSA/list`, `data/DLA/list`), for releases that the OSV documents no longer carry too. */
export const debianLists: Feed = {
  id: "debian-lists",
  title: "Debian security tracker (lists)",
  names: ["debian_dsa", "debian-lists", "debian_lists"],
  ecosystems: ["debian"],
  mirror: {
    kind: "files",
    urls: ["https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/{}/list"],
    parts: ["CVE", "DSA", "DLA"],
  },
  wants: (path) => /(^|\/)(CVE|DSA|DLA|DTSA)(\/|[-_])list(\.txt)?$/.test(path),
  recognises: ({ text }) => /^\[\d{2} \w{3} \d{4}\] D(SA|LA|TSA)-\d/.test(text) || isCveList(text),
  read: (file) => ({ records: isCveList(file.text) ? [...cveListRecords(file)] : listRecords(file) }),
};

function isCveList(text: string): boolean {
  const end = text.indexOf("\n");
  return cveHeading.test(text.slice(0, end < 0 ? undefined : end).trimEnd());
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

interface Heading {
  readonly id: string;
  readonly modified: string;
  readonly title: string | undefined;
  cves: readonly string[];
}

/** The form is described in the tracker's doc/security-team.d/security_tracker: a heading, its CVEs in braces, a line for each release. */
function listRecords(file: FeedFile): AdvisoryRecord[] {
  const records: AdvisoryRecord[] = [];
  let heading: Heading | undefined;
  for (const line of file.text.split("\n")) {
    if (line.startsWith("[")) heading = headingOf(line, file);
    else if (heading === undefined || line.trim() === "") continue;
    else if (/^\s+\{/.test(line)) heading.cves = line.match(/CVE-\d{4}-\d{4,}/g) ?? [];
    else {
      const record = releaseRecord(line, heading);
      if (record) records.push(record);
    }
  }
  return records;
}

function headingOf(line: string, file: FeedFile): Heading {
  const match = /^\[(\d{1,2}) (\w{3}) (\d{4})\] (D\w+-[\d-]+)\s*(.*)$/.exec(line);
  const month = months.indexOf(match?.[2] ?? "") + 1;
  if (!match || month === 0) throw corrupt(file.path, `has a heading that is none: ${line.slice(0, 80)}`);
  const title = (match[5] as string).replace(/^\S+ --? /, "").replace(/^(security|regression) update$/, "");
  return {
    id: match[4] as string,
    modified: `${match[3]}-${String(month).padStart(2, "0")}-${(match[1] as string).padStart(2, "0")}`,
    title: title === "" ? undefined : title,
    cves: [],
  };
}

/** `[bullseye] - xen 4.14.5+94-1`, or a state in brackets: `<not-affected> (…)`, `<end-of-life>`, `<unfixed>`. */
function releaseRecord(line: string, heading: Heading): AdvisoryRecord | undefined {
  const match = /^\s+\[(\w+)\] - (\S+) (\S+)/.exec(line);
  const release = debianReleases[match?.[1] ?? ""];
  if (!match || release === undefined) return undefined;
  const [, , name, version] = match as unknown as [string, string, string, string];
  const base = {
    id: heading.id,
    aliases: [],
    ...(heading.cves.length > 0 && { related: [...heading.cves] }),
    source: "debian-lists",
    ecosystem: `debian:${release}`,
    package: name,
    ...(heading.title !== undefined && { title: heading.title }),
    modified: heading.modified,
  };
  const state = /^<([a-z-]+)>$/.exec(version)?.[1];
  const verdict = state === undefined ? fixVerdict(version) : stateVerdict(state);
  return verdict && { ...base, ...verdict };
}
