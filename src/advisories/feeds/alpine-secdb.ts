import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, listOf, member, readJson, requireText, tableOf, textOf, textsOf } from "./feed.ts";

const branches = ["edge", ...Array.from({ length: 22 }, (_, index) => `v3.${index + 3}`)];
/** Branches that Alpine, which makes two a year, will have by the time that this is used. */
const laterBranches = Array.from({ length: 8 }, (_, index) => `v3.${index + 25}`);

/** Alpine's security database: the versions of each origin package that fixed a vulnerability; `0` says that it never had it. */
export const alpineSecdb: Feed = {
  id: "alpine-secdb",
  title: "Alpine security database",
  names: ["alpine_secdb", "alpine-secdb", "secdb"],
  ecosystems: ["alpine", "wolfi", "chainguard", "minimos"],
  core: true,
  mirror: {
    kind: "files",
    urls: ["https://secdb.alpinelinux.org/{}/main.json", "https://secdb.alpinelinux.org/{}/community.json"],
    parts: branches,
    laterParts: laterBranches,
  },
  wants: (path) => path.endsWith(".json"),
  recognises: ({ text }) => text.includes('"secfixes"') && text.includes('"packages"'),
  read: (file) => ({ records: secdbRecords(file) }),
};

/** Distributions that publish the same form without releases; their terms are for whoever fetches it. */
const others: readonly (readonly [id: string, title: string, url: string])[] = [
  ["wolfi", "Wolfi security database", "https://packages.wolfi.dev/os/security.json"],
  ["chainguard", "Chainguard security database", "https://packages.cgr.dev/chainguard/security.json"],
  ["minimos", "MinimOS security database", "https://packages.mini.dev/advisories/secdb/security.json"],
];

/** The databases of Wolfi, Chainguard and MinimOS, each fetched by its user. */
export const rollingSecdbs: readonly Feed[] = others.map(([id, title, url]) => ({
  id,
  title,
  names: [id, `${id}-secdb`, `${id}_secdb`],
  ecosystems: [id],
  mirror: { kind: "files", urls: [url] },
  wants: (path) => path.endsWith(".json"),
  recognises: () => false,
  read: (file) => ({ records: secdbRecords(file, id) }),
}));

function secdbRecords(file: FeedFile, stated?: string): AdvisoryRecord[] {
  const document = readJson(file);
  if (!Array.isArray(member(document, "packages"))) throw corrupt(file.path, "has no list of packages");
  const ecosystem = ecosystemOf(document, file);
  if (stated !== undefined && ecosystem !== stated) throw corrupt(file.path, `is about ${ecosystem}, not ${stated}`);
  return listOf(member(document, "packages")).flatMap((entry) => packageRecords(member(entry, "pkg"), ecosystem, file));
}

/** Wolfi, Chainguard and MinimOS publish the same form without a release. */
function ecosystemOf(document: unknown, file: FeedFile): string {
  const release = textOf(member(document, "distroversion"));
  if (release !== undefined) return `alpine:${release.replace(/^v/, "")}`;
  const prefix = textOf(member(document, "urlprefix")) ?? "";
  if (/wolfi/i.test(prefix)) return "wolfi";
  if (/cgr\.dev|chainguard/i.test(prefix)) return "chainguard";
  if (/mini\.dev|minimos/i.test(prefix)) return "minimos";
  const folder = /(?:^|\/)(?:v?(\d+\.\d+)|(edge))\//.exec(file.path);
  if (folder) return `alpine:${folder[1] ?? folder[2]}`;
  throw corrupt(file.path, "does not say which release it is about");
}

function packageRecords(entry: unknown, ecosystem: string, file: FeedFile): AdvisoryRecord[] {
  const name = requireText(member(entry, "name"), file, "package name");
  const records = new Map<string, AdvisoryRecord>();
  for (const [version, written] of Object.entries(tableOf(member(entry, "secfixes")) ?? {})) {
    const never = version === "0";
    for (const { id, aliases } of textsOf(written).flatMap(identifiers)) {
      const record: AdvisoryRecord = {
        id,
        aliases,
        source: ecosystem.startsWith("alpine:") ? "alpine-secdb" : ecosystem,
        ecosystem,
        package: name,
        ranges: never ? [] : [{ introduced: "0", fixed: version }],
        ...(never && { notAffected: true }),
        state: "fixed",
      };
      // A vulnerability that is listed under two versions was fixed for good by the later one; both stay, for the matcher to see.
      records.set(`${id} ${version}`, record);
    }
  }
  return [...records.values()];
}

/**
 * The vulnerabilities that one entry names: `CVE-2019-14697`, `CVE-2017-10922 XSA-224`, two CVEs at once. A vendor's advisory (XSA, TALOS) covers
 * several vulnerabilities and is no alias; a GHSA beside a single CVE is one.
 */
function identifiers(entry: string): { id: string; aliases: string[] }[] {
  const cves = [...new Set(entry.match(/CVE-\d{4}-\d{4,}/g) ?? [])];
  const advisories = entry.match(/GHSA(-[23456789cfghjmpqrvwx]{4}){3}/g) ?? [];
  if (cves.length > 0) return cves.map((id) => ({ id, aliases: cves.length === 1 ? [...advisories] : [] }));
  const [first] = /^[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9.:-]*\d[A-Za-z0-9.:-]*/.exec(entry.trim()) ?? [];
  return first === undefined ? [] : [{ id: first, aliases: [] }];
}
