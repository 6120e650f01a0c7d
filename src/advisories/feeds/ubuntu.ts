import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, member, readJson, requireText, tableOf, textOf } from "./feed.ts";
import { severityOf } from "./osv-record.ts";
import { ubuntuReleases } from "./ubuntu-releases.ts";

/** Ubuntu's CVE tracker, one JSON document a CVE, with the states of the extended support (ESM) as a flavour of their own. */
export const ubuntuTracker: Feed = {
  id: "ubuntu-tracker",
  title: "Ubuntu CVE tracker",
  names: ["ubuntu_json", "ubuntu-cve-tracker", "ubuntu"],
  ecosystems: ["ubuntu"],
  wants: (path) => /CVE-[^/]*\.json$/.test(path),
  recognises: ({ text }) => text.includes('"candidate"') && text.includes('"packages"'),
  read: (file) => ({ records: trackerRecords(file) }),
};

function trackerRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(document, "candidate"), file, "candidate");
  const packages = tableOf(member(document, "packages"));
  if (packages === undefined) throw corrupt(file.path, "has no packages");
  const severity = severityOf(member(document, "priority"));
  const cvss = Object.entries(tableOf(member(document, "cvss")) ?? {}).flatMap(([source, text]) => {
    const vector = /CVSS:[34]\.\d\/[A-Z:/]+/.exec(textOf(text) ?? "")?.[0];
    return vector === undefined ? [] : [{ vector, source }];
  });
  return Object.entries(packages).flatMap(([pocket, entries]) => {
    const place = placeOf(pocket);
    if (place === undefined) return [];
    return Object.values(tableOf(entries) ?? {}).flatMap((entry) => {
      const verdict = verdictOf(textOf(member(entry, "status")) ?? "", textOf(member(entry, "note")) ?? "");
      const name = textOf(member(entry, "name"));
      if (verdict === undefined || name === undefined) return [];
      return [
        {
          id,
          aliases: [],
          source: "ubuntu-tracker",
          ecosystem: place.ecosystem,
          package: name,
          ...verdict,
          ...(severity && { severity }),
          ...(cvss.length > 0 && { cvss }),
          ...(place.flavour !== undefined && { conditions: { flavour: place.flavour } }),
        },
      ];
    });
  });
}

/** `jammy`, `esm-infra/bionic`, `esm-apps/jammy`, `trusty/esm`, `fips-updates/focal`; snaps, phones and upstream are no distribution releases. */
function placeOf(pocket: string): { ecosystem: string; flavour?: string } | undefined {
  const [first, second] = pocket.split("/") as [string, string | undefined];
  const release = ubuntuReleases[first] ?? ubuntuReleases[second ?? ""];
  if (release === undefined) return undefined;
  const flavour = second === undefined ? undefined : second === "esm" ? "esm-infra" : first.replace(/-legacy$/, "");
  return { ecosystem: `ubuntu:${release}`, ...(flavour !== undefined && { flavour }) };
}

/** What a status of the tracker means (README of ubuntu-cve-tracker, "status"); a package that is not in the release (DNE) has no verdict. */
function verdictOf(
  status: string,
  note: string,
): Pick<AdvisoryRecord, "ranges" | "state" | "status" | "notAffected"> | undefined {
  const version = /^[0-9][^\s]*$/.test(note) ? note : undefined;
  const all = [{ introduced: "0" }];
  switch (status) {
    case "released":
      return version === undefined
        ? { ranges: all, state: "unknown", status: "released" }
        : { ranges: [{ introduced: "0", fixed: version }], state: "fixed" };
    case "pending":
      return { ranges: all, state: "unfixed", status: "pending" };
    case "needed":
      return { ranges: all, state: "unfixed" };
    case "needs-triage":
      return { ranges: all, state: "unknown", status };
    case "deferred":
      return { ranges: all, state: "deferred", status };
    case "ignored":
      return {
        ranges: all,
        state: "will-not-fix",
        status: /end of (life|standard support)/.test(note) ? "end-of-life" : status,
      };
    case "not-affected":
      // The note names the version that never had it, where one is named; older ones had it.
      return {
        ranges: [],
        state: "fixed",
        notAffected: true,
        ...(version !== undefined && { status: `not-affected ${version}` }),
      };
    default:
      return undefined;
  }
}
