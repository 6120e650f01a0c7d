import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord } from "../record.ts";
import { dayOf, type Feed, type FeedFile, listOf, member, readJson, requireText, textOf, textsOf } from "./feed.ts";
import { severityOf } from "./osv-record.ts";
import { evrOf, isDebugPackage, noticeOf, updateinfoForm } from "./updateinfo-document.ts";
import { readXml, readXmlPieces, rootOf, type XmlGathering } from "./xml-document.ts";

const repositories = "https://cdn.amazonlinux.com";

/**
 * Amazon Linux' advisories by binary package and repository: each repository's `updateinfo.xml`, or the same as JSON, a file an advisory. The folder names
 * release and repository (`2/extras/docker/updateinfo.xml`, `2/extras/docker/2023/ALAS2DOCKER-2023-….json`). Amazon Linux 1, which is out of support, is
 * not fetched: its repositories are served over plain HTTP alone.
 */
export const amazon: Feed = {
  id: "amazon",
  title: "Amazon Linux security advisories",
  names: ["amazon", "alas"],
  ecosystems: ["amazon"],
  mirror: {
    kind: "rpm",
    urls: [
      `${repositories}/2/core/latest/x86_64/mirror.list`,
      `${repositories}/al2023/core/mirrors/latest/x86_64/mirror.list`,
      `${repositories}/al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list`,
      `${repositories}/al2023/nvidia/mirrors/latest/x86_64/mirror.list`,
    ],
    folders: ["2/core", "2023/core", "2023/kernel-livepatch", "2023/nvidia"],
    topics: {
      catalog: `${repositories}/2/extras-catalog.json`,
      url: `${repositories}/2/extras/{}/latest/x86_64/mirror.list`,
      folder: "2/extras/{}",
    },
  },
  wants: (path) => /ALAS[^/]*\.json$|(^|[/-])updateinfo\.xml$/.test(path),
  recognises: ({ text }) =>
    /"ID":\s*"ALAS/.test(text) || (rootOf(text) === updateinfoForm.root && /<id>ALAS/.test(text)),
  read: (file) =>
    file.path.endsWith(".xml")
      ? readXml(file, updateinfoForm, gathering(file.path))
      : { records: advisoryRecords(file) },
  readPieces: (path, pieces) => readXmlPieces(path, pieces, updateinfoForm, gathering(path)),
};

/** A release and a repository of it. */
interface Place {
  readonly release: string;
  readonly repository: string;
}

/** What an advisory says, in whichever form. */
interface Advisory {
  readonly id: string;
  readonly place: Place;
  readonly cves: readonly string[];
  readonly severity: string | undefined;
  readonly modified: string | undefined;
  readonly packages: readonly { name: string; epoch: string; version: string; release: string }[];
}

function gathering(path: string): XmlGathering {
  const records: AdvisoryRecord[] = [];
  return {
    take: (element) => {
      const notice = noticeOf(element);
      if (notice === undefined) throw corrupt(path, "has an update without id");
      const place = placeOf(path) ?? placeNamed(notice.collections[0]);
      if (place === undefined) throw corrupt(path, `does not say which repository ${notice.id} is of`);
      records.push(...recordsOf({ ...notice, place }));
    },
    end: () => ({ records }),
  };
}

function advisoryRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  const id = requireText(member(document, "ID"), file, "ID");
  const place = placeOf(file.path);
  if (!place) throw corrupt(file.path, "lies in no folder of a release and repository");
  const references = listOf(member(member(document, "References"), "Reference"));
  const cves = new Set(
    references.flatMap((reference) => textsOf(member(reference, "ID")).filter((ref) => ref.startsWith("CVE-"))),
  );
  return recordsOf({
    id,
    place,
    cves: [...cves].sort(),
    severity: textOf(member(document, "Severity")),
    modified: dayOf(member(member(document, "Updated"), "Date")),
    packages: listOf(member(member(member(document, "Pkglist"), "Collection"), "Package")).flatMap((entry) => {
      const name = textOf(member(entry, "Name"));
      const version = textOf(member(entry, "Version"));
      if (name === undefined || version === undefined) return [];
      return [
        {
          name,
          version,
          epoch: textOf(member(entry, "Epoch")) ?? "0",
          release: textOf(member(entry, "Release")) ?? "0",
        },
      ];
    }),
  });
}

function placeOf(path: string): Place | undefined {
  const match = /(?:^|\/)(1|2|2022|2023)\/(?:(extras)\/([^/]+)|([^/]+))\//.exec(path);
  if (!match) return undefined;
  return { release: match[1]!, repository: match[2] === undefined ? match[4]! : `extras/${match[3]}` };
}

/** The short names of collections: `amazon-linux-2---docker`, `amazon-linux-2023`, and `amazon-linux-ami` for Amazon Linux 1. */
function placeNamed(collection = ""): Place | undefined {
  const match = /^amazon-linux(?:-(2|2022|2023)|-ami)?(?:---(.+))?$/.exec(collection);
  if (!match) return undefined;
  const [, release = "1", topic] = match;
  if (topic === undefined) return { release, repository: release === "1" ? "updates" : "core" };
  return { release, repository: release === "2" ? `extras/${topic}` : topic };
}

function recordsOf({ id, place, cves, severity: word, modified, packages }: Advisory): AdvisoryRecord[] {
  const severity = severityOf(word);
  const base: Omit<AdvisoryRecord, "package" | "ranges"> = {
    id,
    aliases: [],
    ...(cves.length > 0 && { related: cves }),
    source: "amazon",
    ecosystem: `amazon:${place.release}`,
    state: "fixed",
    ...(severity && { severity }),
    ...(modified !== undefined && { modified }),
    conditions: { repository: place.repository },
  };
  // One record a package and version: architectures share versions.
  const found = new Map<string, AdvisoryRecord>();
  for (const entry of packages) {
    if (isDebugPackage(entry.name)) continue;
    const fixed = evrOf(entry);
    found.set(`${entry.name} ${fixed}`, { ...base, package: entry.name, ranges: [{ introduced: "0", fixed }] });
  }
  return [...found.values()];
}
