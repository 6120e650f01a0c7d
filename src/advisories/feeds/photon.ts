import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, listOf, member, readJson, requireText, textOf } from "./feed.ts";

const releases = ["1.0", "2.0", "3.0", "4.0", "5.0"];

/** Photon OS' CVE metadata: one list a release, named for it, of fixed versions by source package. */
export const photon: Feed = {
  id: "photon",
  title: "Photon OS CVE metadata",
  names: ["photon", "photon_cve_metadata"],
  ecosystems: ["photon"],
  mirror: {
    kind: "files",
    urls: ["https://packages.broadcom.com/photon/photon_cve_metadata/cve_data_photon{}.json"],
    parts: releases,
  },
  wants: (path) => /cve_data_photon[\d.]+\.json$/.test(path),
  recognises: ({ text }) => text.includes('"res_ver"') && text.includes('"aff_ver"'),
  read: (file) => {
    const release = /photon(\d+)(?:\.0)?\.json$/.exec(file.path)?.[1];
    if (release === undefined) throw corrupt(file.path, "does not name a release");
    return { records: listOf(readJson(file)).map((entry) => entryRecord(entry, `photon:${release}`, file)) };
  },
};

function entryRecord(entry: unknown, ecosystem: string, file: FeedFile): AdvisoryRecord {
  const fixed = textOf(member(entry, "res_ver"));
  const isFixed = fixed !== undefined && fixed !== "NA";
  // "all versions before … are vulnerable" repeats the fix; other words are kept for nobody.
  const notAffected = fixed === "NA" && textOf(member(entry, "status")) === "Not Affected";
  return {
    id: requireText(member(entry, "cve_id"), file, "cve_id"),
    aliases: [],
    source: "photon",
    ecosystem,
    package: requireText(member(entry, "pkg"), file, "pkg"),
    ranges: notAffected ? [] : [{ introduced: "0", ...(isFixed && { fixed }) }],
    ...(notAffected && { notAffected }),
    state: isFixed || notAffected ? "fixed" : "unfixed",
  };
}
