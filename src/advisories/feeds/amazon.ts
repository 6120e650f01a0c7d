import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { dayOf, type Feed, type FeedFile, listOf, member, readJson, requireText, textOf, textsOf } from "./feed.ts";
import { severityOf } from "./osv-record.ts";

/** Amazon Linux' advisories (updateinfo) as JSON, by binary package and repository. The folder names release and repository: `2/extras/docker/2023/…`. */
export const amazon: Feed = {
  id: "amazon",
  title: "Amazon Linux security advisories",
  names: ["amazon", "alas"],
  ecosystems: ["amazon"],
  wants: (path) => /ALAS[^/]*\.json$/.test(path),
  recognises: ({ text }) => /"ID":\s*"ALAS/.test(text),
  read: (file) => ({ records: advisoryRecords(file) }),
};

function advisoryRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(document, "ID"), file, "ID");
  const place = /(?:^|\/)(1|2|2022|2023)\/(?:(extras)\/([^/]+)|([^/]+))\//.exec(file.path);
  if (!place) throw corrupt(file.path, "lies in no folder of a release and repository");
  const repository = place[2] === undefined ? (place[4] as string) : `extras/${place[3]}`;
  const references = listOf(member(member(document, "References"), "Reference"));
  const cves = [
    ...new Set(
      references.flatMap((reference) => textsOf(member(reference, "ID")).filter((ref) => ref.startsWith("CVE-"))),
    ),
  ].sort();
  const severity = severityOf(member(document, "Severity"));
  const modified = dayOf(member(member(document, "Updated"), "Date"));
  const base: Omit<AdvisoryRecord, "package" | "ranges"> = {
    id,
    aliases: [],
    ...(cves.length > 0 && { related: cves }),
    source: "amazon",
    ecosystem: `amazon:${place[1]}`,
    state: "fixed",
    ...(severity && { severity }),
    ...(modified !== undefined && { modified }),
    conditions: { repository },
  };
  return builtVersions(listOf(member(member(member(document, "Pkglist"), "Collection"), "Package"))).map(
    ([name, version]) => ({
      ...base,
      package: name,
      ranges: [{ introduced: "0", fixed: version }],
    }),
  );
}

/** One entry a package and version; architectures share versions. Debug packages hold no code that runs. */
function builtVersions(packages: readonly unknown[]): (readonly [name: string, version: string])[] {
  const found = new Map<string, readonly [string, string]>();
  for (const entry of packages) {
    const name = textOf(member(entry, "Name"));
    const version = textOf(member(entry, "Version"));
    if (name === undefined || version === undefined || /-debug(info|source)(-|$)/.test(name)) continue;
    const epoch = textOf(member(entry, "Epoch")) ?? "0";
    const full = `${epoch === "0" ? "" : `${epoch}:`}${version}-${textOf(member(entry, "Release")) ?? "0"}`;
    found.set(`${name} ${full}`, [name, full]);
  }
  return [...found.values()];
}
