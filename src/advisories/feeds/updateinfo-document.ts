import { type XmlElement, xmlChild, xmlChildText, xmlDescendants } from "../../formats/xml.ts";
import { dayOf } from "./feed.ts";
import { childrenNamed, type XmlForm } from "./xml-document.ts";

/** A package that an update brings. */
export interface UpdatedPackage {
  readonly name: string;
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
  /** File name of its source rpm, where named. */
  readonly source: string | undefined;
  /** Module and stream that it belongs to: `ruby:2.6`. */
  readonly module: string | undefined;
}

/** A notice of an update, as repositories of rpm packages publish them. */
export interface UpdateNotice {
  readonly id: string;
  readonly title: string | undefined;
  /** `security`, `bugfix`, `enhancement`, `newpackage`, `recommended` … */
  readonly type: string;
  /** `final`, `stable`, `retracted` … */
  readonly status: string;
  readonly severity: string | undefined;
  /** Day of its last change. */
  readonly modified: string | undefined;
  /** `Rocky Linux 8`, where named. */
  readonly release: string | undefined;
  /** Short names of its collections: `amazon-linux-2---docker`. */
  readonly collections: readonly string[];
  /** Sorted. */
  readonly cves: readonly string[];
  readonly packages: readonly UpdatedPackage[];
}

/** The form of `updateinfo.xml` (createrepo_c's updateinfo; libsolv's repo_updateinfoxml). */
export const updateinfoForm: XmlForm = {
  root: "updates",
  wanted: {
    names: new Set(["update"]),
    without: new Set(["description", "summary", "rights", "filename", "sum", "solution"]),
  },
};

/** Reads one `update`; undefined where it has no id. */
export function noticeOf(update: XmlElement): UpdateNotice | undefined {
  const id = xmlChildText(update, "id");
  if (id === undefined) return undefined;
  const day = (name: string) => dayOf(xmlChild(update, name)?.attributes.get("date"));
  const list = xmlChild(update, "pkglist");
  const collections = childrenNamed(list, "collection");
  return {
    id,
    title: xmlChildText(update, "title"),
    type: update.attributes.get("type") ?? "",
    status: update.attributes.get("status") ?? "",
    severity: xmlChildText(update, "severity"),
    modified: day("updated") ?? day("issued"),
    release: xmlChildText(update, "release") ?? collections.flatMap((one) => xmlChildText(one, "name") ?? [])[0],
    collections: collections.flatMap(({ attributes }) => attributes.get("short") || []),
    cves: cvesIn(update),
    packages: collections.flatMap(packagesIn),
  };
}

/** Publishers name CVEs by id, or, where a reference is a bug's, in its title. */
function cvesIn(update: XmlElement): string[] {
  const found = new Set<string>();
  for (const { attributes } of xmlDescendants(update, "reference")) {
    const own = /^CVE-\d{4}-\d{4,}$/.exec(attributes.get("id") ?? "")?.[0];
    const told = own === undefined ? (attributes.get("title")?.match(/\bCVE-\d{4}-\d{4,}\b/g) ?? []) : [own];
    for (const cve of told) found.add(cve);
  }
  return [...found].sort();
}

function packagesIn(collection: XmlElement): UpdatedPackage[] {
  const stream = xmlChild(collection, "module")?.attributes;
  const module =
    stream?.get("name") && stream.get("stream") ? `${stream.get("name")}:${stream.get("stream")}` : undefined;
  return childrenNamed(collection, "package").flatMap(({ attributes }) => {
    const [name, version] = [attributes.get("name"), attributes.get("version")];
    if (!name || !version) return [];
    return [
      {
        name,
        version,
        epoch: attributes.get("epoch") || "0",
        release: attributes.get("release") || "0",
        source: attributes.get("src") || undefined,
        module,
      },
    ];
  });
}

/** Whether a package holds code that runs; packages of debugging information do not. */
export function isDebugPackage(name: string): boolean {
  return /-debug(info|source)(-|$)/.test(name);
}

/** `epoch:version-release`; an epoch of 0 is left out. */
export function evrOf({ epoch, version, release }: Pick<UpdatedPackage, "epoch" | "version" | "release">): string {
  return `${epoch === "0" ? "" : `${epoch}:`}${version}-${release}`;
}
