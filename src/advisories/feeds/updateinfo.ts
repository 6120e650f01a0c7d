import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import type { Feed } from "./feed.ts";
import { severityOf } from "./osv-record.ts";
import { evrOf, isDebugPackage, noticeOf, type UpdateNotice, updateinfoForm } from "./updateinfo-document.ts";
import { readXml, readXmlPieces, rootOf, type XmlGathering } from "./xml-document.ts";

/** Distributions whose repositories' notices are read, by how notices name their release, with the name that their advisories go by. */
const distributions: readonly (readonly [pattern: RegExp, ecosystem: string, named: "source" | "binary"])[] = [
  [/^Rocky Linux (\d+)\b/, "rocky", "source"],
  [/^AlmaLinux (\d+)\b/, "almalinux", "binary"],
  [/^Fedora (?:Linux )?(\d+)\b/, "fedora", "source"],
  [/^openSUSE(?: Leap|-SLE)? (\d+\.\d+)\b/, "opensuse", "binary"],
  [/^Oracle Linux (\d+)\b/, "oracle", "binary"],
];

/**
 * Security updates as the repositories of rpm distributions announce them (`updateinfo.xml`, which dnf and zypper read), for distributions whose advisories are
 * not at hand otherwise. What is not fixed is not in them.
 */
export const updateinfo: Feed = {
  id: "updateinfo",
  title: "Security updates of rpm repositories",
  names: ["updateinfo", "rpm-updates"],
  ecosystems: distributions.map(([, ecosystem]) => ecosystem),
  wants: (path) => /(^|[/-])updateinfo\.xml$/.test(path),
  recognises: ({ text }) => rootOf(text) === updateinfoForm.root && !/<id>ALAS/.test(text),
  read: (file) => readXml(file, updateinfoForm, gathering(file.path)),
  readPieces: (path, pieces) => readXmlPieces(path, pieces, updateinfoForm, gathering(path)),
};

function gathering(path: string): XmlGathering {
  const records: AdvisoryRecord[] = [];
  return {
    take: (element) => {
      const notice = noticeOf(element);
      if (notice === undefined) throw corrupt(path, "has an update without id");
      records.push(...recordsOf(notice));
    },
    end: () => ({ records }),
  };
}

function recordsOf(notice: UpdateNotice): AdvisoryRecord[] {
  if (notice.type !== "security" || notice.status === "retracted") return [];
  const place = placeOf(notice.release ?? "");
  if (place === undefined) return [];
  const { id, cves, modified, title } = notice;
  const severity = severityOf(notice.severity);
  const base = {
    id,
    aliases: [],
    ...(cves.length > 0 && { related: cves }),
    source: "updateinfo",
    ecosystem: place.ecosystem,
    state: "fixed" as const,
    ...(severity && { severity }),
    ...(title !== undefined && { title: title.replace(/^(Critical|Important|Moderate|Low):\s*/i, "") }),
    ...(modified !== undefined && { modified }),
  };
  const found = new Map<string, AdvisoryRecord>();
  for (const entry of notice.packages) {
    if (isDebugPackage(entry.name)) continue;
    const source = place.named === "source" ? sourceOf(entry.source) : undefined;
    const name = source?.name ?? entry.name;
    // A source package has no epoch of its own in its file name; its packages carry it.
    const fixed = source ? evrOf({ epoch: entry.epoch, ...source }) : evrOf(entry);
    found.set(`${name} ${fixed} ${entry.module}`, {
      ...base,
      package: name,
      ranges: [{ introduced: "0", fixed }],
      ...(entry.module !== undefined && { conditions: { module: entry.module } }),
    });
  }
  return [...found.values()];
}

function placeOf(release: string): { ecosystem: string; named: "source" | "binary" } | undefined {
  for (const [pattern, ecosystem, named] of distributions) {
    const number = pattern.exec(release)?.[1];
    if (number !== undefined) return { ecosystem: `${ecosystem}:${number}`, named };
  }
  return undefined;
}

/** `lz4-1.8.3-3.el8_4.src.rpm`. */
function sourceOf(file: string | undefined): { name: string; version: string; release: string } | undefined {
  const match = /^(?:.*\/)?(.+)-([^-/]+)-([^-/]+)\.(?:no)?src\.rpm$/.exec(file ?? "");
  return match ? { name: match[1]!, version: match[2]!, release: match[3]! } : undefined;
}
