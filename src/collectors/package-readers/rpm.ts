import { corrupt } from "../../core/errors.ts";
import type { PackageRecord } from "../../formats/package-record.ts";
import { applyLog, parseRpmDatabase, parseRpmLog, type RpmLog, type RpmTable } from "../../formats/rpm/database.ts";
import { parseRpmManifest } from "../../formats/rpm/manifest.ts";
import {
  definePackageReader,
  type FoundEvidence,
  type FoundPackage,
  type PackageEvidence,
  textOf,
} from "../package-reader.ts";

interface RpmEvidence extends PackageEvidence {
  /** Of an SQLite database: where its packages lie. */
  readonly table?: RpmTable;
  /** Of a write-ahead log. */
  readonly log?: RpmLog;
}

const folders = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
const database = new RegExp(`^(${folders.join("|")})/(Packages|Packages\\.db|rpmdb\\.sqlite)$`);
const logSuffix = "-wal";
const log = new RegExp(`^(${folders.join("|")})/rpmdb\\.sqlite${logSuffix}$`);
const manifest = /^var\/lib\/rpmmanifest\/container-manifest-2$/;
const contentSets =
  /^(root\/buildinfo\/content_manifests\/[^/]+|usr\/share\/buildinfo\/content[-_](manifests\/[^/]+|sets))\.json$/;

/** rpm databases of every kind, a write-ahead log beside an SQLite one, the manifest of distroless CBL-Mariner, and the content sets that Red Hat's images name. */
export default definePackageReader<RpmEvidence>({
  id: "rpm",
  version: 2,
  role: "database",
  paths: [
    ...folders.flatMap((folder) =>
      ["Packages", "Packages.db", "rpmdb.sqlite", `rpmdb.sqlite${logSuffix}`].map((file) => `${folder}/${file}`),
    ),
    "var/lib/rpmmanifest/container-manifest-2",
  ],
  wants: (path, size) =>
    database.test(path) || (log.test(path) && size > 0) || manifest.test(path) || contentSets.test(path),
  read,
  combine,
});

function read(path: string, bytes: Uint8Array): RpmEvidence {
  if (log.test(path)) {
    const told = parseRpmLog(bytes, path);
    return { log: told, problems: told.problems };
  }
  if (manifest.test(path)) {
    const { packages, rejected } = parseRpmManifest(textOf(bytes));
    return { packages, problems: rejected === 0 ? [] : [`${rejected} lines are not of the known form`] };
  }
  if (contentSets.test(path)) return { properties: { repositories: contentSetsIn(bytes, path).join(" ") } };
  return parseRpmDatabase(bytes, path);
}

/** `{"content_sets": ["rhel-8-for-x86_64-baseos-rpms"]}`: the repositories that an image was built from. */
function contentSetsIn(bytes: Uint8Array, path: string): string[] {
  try {
    const document: unknown = JSON.parse(textOf(bytes));
    const sets =
      document !== null && typeof document === "object" && "content_sets" in document ? document.content_sets : [];
    return Array.isArray(sets) ? sets.filter((set) => typeof set === "string") : [];
  } catch {
    throw corrupt(path, "is no JSON");
  }
}

function combine(found: readonly FoundEvidence<RpmEvidence>[]): FoundPackage[] {
  const logs = new Map(
    found.flatMap(({ path, evidence }) =>
      evidence.log ? [[path.slice(0, -logSuffix.length), { path, log: evidence.log }]] : [],
    ),
  );
  const repositories = found
    .map(({ evidence }) => evidence.properties?.["repositories"] ?? "")
    .filter((text) => text !== "")
    .join(" ");
  return found.flatMap(({ path, evidence }) => {
    const above = logs.get(path);
    const packages = above === undefined ? inDatabase(path, evidence) : withLog(path, evidence, above);
    return repositories === "" ? packages : packages.map((one) => withRepositories(one, repositories));
  });
}

function inDatabase(path: string, evidence: RpmEvidence): FoundPackage[] {
  return (evidence.packages ?? []).map((record) => ({ path, record }));
}

/** A package that only the log holds came with the log's layer. */
function withLog(path: string, evidence: RpmEvidence, above: { path: string; log: RpmLog }): FoundPackage[] {
  const { packages = [], problems = [], table } = evidence;
  if (table === undefined) return inDatabase(path, evidence);
  const below = new Set(packages);
  const merged: readonly PackageRecord[] = applyLog({ packages, problems, table }, above.log, above.path);
  return merged.map((record) => ({ path: below.has(record) ? path : above.path, record }));
}

function withRepositories({ path, record }: FoundPackage, repositories: string): FoundPackage {
  return { path, record: { ...record, properties: { ...record.properties, repositories } } };
}
