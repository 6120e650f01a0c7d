import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { linesOf } from "./control-fields.ts";
import { contentOf } from "./package-content.ts";
import { isClaimable, type PackageRecord } from "./package-record.ts";

interface Draft {
  readonly fields: Map<string, string>;
  fileCount: number;
  folder: string;
  readonly paths: string[];
}

/**
 * The packages of an apk `installed` database (apk-package(5): `P` name, `V` version, `A` architecture, `o` origin, `m` maintainer,
 * `L` licence, `F` folder, `R` file). Virtual packages of `apk add --virtual` own nothing and are left out.
 */
export function parseApkInstalled(text: string, path: string): PackageRecord[] {
  const packages: PackageRecord[] = [];
  let draft = emptyDraft();
  const finish = () => {
    const record = recordOf(draft);
    if (record) packages.push(record);
    if (packages.length > limits.records) throw limitExceeded(path, `${limits.records} packages`);
    draft = emptyDraft();
  };
  for (const line of linesOf(text)) {
    if (line === "") finish();
    else if (line[1] === ":") addLine(draft, line[0]!, line.slice(2));
  }
  finish();
  return packages;
}

function emptyDraft(): Draft {
  return { fields: new Map(), fileCount: 0, folder: "", paths: [] };
}

function addLine(draft: Draft, key: string, value: string): void {
  if (key === "F") draft.folder = value;
  else if (key === "R") {
    draft.fileCount++;
    const path = draft.folder === "" ? value : `${draft.folder}/${value}`;
    draft.paths.push(path);
  } else if (!draft.fields.has(key)) draft.fields.set(key, value);
}

function recordOf({ fields, fileCount, paths }: Draft): PackageRecord | undefined {
  const name = fields.get("P");
  const version = fields.get("V");
  if (!name || !version || isVirtual(name, fields)) return undefined;
  return {
    name,
    version,
    type: "apk",
    architecture: fields.get("A"),
    // An absent origin means that the package is its own (apk-package(5)).
    sourceName: fields.get("o") || name,
    sourceVersion: version,
    vendor: fields.get("m") || undefined,
    licenses: fields.get("L") ? [fields.get("L")!] : [],
    fileCount,
    ownedPaths: paths.filter(isClaimable),
    properties: { ...(fields.get("c") && { commit: fields.get("c")! }), ...contentOf(paths) },
  };
}

function isVirtual(name: string, fields: ReadonlyMap<string, string>): boolean {
  return name.startsWith(".") || fields.get("T") === "virtual meta package";
}

/** The URLs of an apk `repositories` file (apk-repositories(5)) in their order, tags and comments left out. */
export function parseApkRepositories(text: string): string[] {
  const urls: string[] = [];
  for (const line of linesOf(text)) {
    const url = line
      .trim()
      .replace(/^@\S+\s+/, "")
      .split(/\s/)[0]!;
    if (url !== "" && !url.startsWith("#")) urls.push(url);
  }
  return urls;
}
