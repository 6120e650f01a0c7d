import type { OscalObject } from "./document.ts";

/** OSCAL documents by file name, as far as references between them go. */
export type OscalDocuments = ReadonlyMap<string, OscalObject>;

/** Members that hold the UUID of something that is defined elsewhere. */
const referring = new Set([
  "observation-uuid",
  "risk-uuid",
  "finding-uuid",
  "subject-uuid",
  "component-uuid",
  "activity-uuid",
  "task-uuid",
  "actor-uuid",
  "party-uuid",
  "response-uuid",
  "implementation-statement-uuid",
]);

/**
 * What the JSON schemas cannot see: every UUID is defined once in its document, every reference by UUID resolves in the document or in what it imports, every
 * control, statement, objective, parameter and local link exists, and every relative href names a file. Returns one sentence for each break, in document order.
 * `files` are the names of all files that lie beside the documents.
 */
export function brokenReferences(documents: OscalDocuments, files: ReadonlySet<string>): string[] {
  const catalogs = catalogIds(documents);
  return [...documents].flatMap(([name, document]) => {
    const broken: string[] = [];
    const reach = reachable(name, documents);
    const defined = new Set(reach.flatMap((other) => uuidsOf(documents.get(other)!)));
    const local = new Set([...uuidsOf(document), ...idsOf(document)]);
    for (const uuid of repeated(uuidsOf(document))) broken.push(`${name}: uuid ${uuid} is defined more than once`);
    for (const id of repeated(idsOf(document))) broken.push(`${name}: id ${id} is defined more than once`);
    walk(document, (key, value, parent) => {
      const problem = problemOf(key, value, parent, { defined, local, catalogs, files });
      if (problem !== undefined) broken.push(`${name}: ${problem}`);
    });
    return broken;
  });
}

interface Reach {
  readonly defined: ReadonlySet<string>;
  readonly local: ReadonlySet<string>;
  readonly catalogs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly files: ReadonlySet<string>;
}

function problemOf(
  key: string,
  value: unknown,
  parent: OscalObject,
  { defined, local, catalogs, files }: Reach,
): string | undefined {
  if (referring.has(key)) return defined.has(String(value)) ? undefined : `${key} ${value} names nothing`;
  if (key === "party-uuids")
    return (value as string[]).every((uuid) => defined.has(uuid)) ? undefined : `party-uuids ${value} name nothing`;
  if (key === "role-id") return local.has(String(value)) ? undefined : `role-id ${value} names nothing`;
  if (key === "control-id")
    return catalogs.get("control")!.has(String(value)) ? undefined : `control-id ${value} is in no catalog`;
  if (key === "with-ids") return missing("control", value, catalogs);
  if (key === "statement-id") return missing("part", [value], catalogs);
  if (key === "statement-ids") return missing("part", value, catalogs) ?? strangers(value, parent);
  if (key === "target-id" || key === "objective-id") return missing("part", [value], catalogs);
  if (key === "param-id") return missing("param", [value], catalogs);
  if (key === "maps") return mapProblem(value as OscalMap[], parent, catalogs);
  if (key === "href" || key === "source") return hrefProblem(String(value), local, files);
  return undefined;
}

interface OscalMap {
  readonly sources: readonly OscalItem[];
  readonly targets: readonly OscalItem[];
}
interface OscalItem {
  readonly type: string;
  readonly "id-ref": string;
}

/** Controls and statements on the side of a mapping whose catalog lies beside it; those of a catalog elsewhere cannot be looked up. */
function mapProblem(maps: readonly OscalMap[], parent: OscalObject, catalogs: Reach["catalogs"]): string | undefined {
  const sides = [
    { resource: parent["source-resource"], items: maps.flatMap((map) => map.sources) },
    { resource: parent["target-resource"], items: maps.flatMap((map) => map.targets) },
  ];
  const local = sides.filter(({ resource }) => !String((resource as OscalObject)["href"]).includes(":"));
  const lost = local
    .flatMap(({ items }) => items)
    .filter((item) => !catalogs.get(item.type === "control" ? "control" : "part")!.has(item["id-ref"]));
  return lost.length === 0 ? undefined : `mapped ${lost.map((item) => item["id-ref"]).join(", ")} is in no catalog`;
}

function missing(kind: string, values: unknown, catalogs: Reach["catalogs"]): string | undefined {
  const lost = (values as string[]).filter((value) => !catalogs.get(kind)!.has(value));
  return lost.length === 0 ? undefined : `${kind} ${lost.join(", ")} is in no catalog`;
}

/** Statements that are selected under a control that they do not belong to. */
function strangers(values: unknown, parent: OscalObject): string | undefined {
  const control = String(parent["control-id"]);
  const lost = (values as string[]).filter((value) => !value.startsWith(`${control}_`));
  return lost.length === 0 ? undefined : `statement ${lost.join(", ")} is not of control ${control}`;
}

function hrefProblem(href: string, local: ReadonlySet<string>, files: ReadonlySet<string>): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return undefined;
  if (href.startsWith("#")) return local.has(href.slice(1)) ? undefined : `href ${href} names nothing here`;
  return files.has(href) ? undefined : `href ${href} names no file`;
}

/** The document itself and what it imports, directly or not. */
function reachable(name: string, documents: OscalDocuments, seen: readonly string[] = []): string[] {
  const document = documents.get(name);
  if (document === undefined || seen.includes(name)) return [];
  const body = Object.values(document)[0] as OscalObject;
  const imports = [
    body["import-ap"],
    body["import-ssp"],
    body["import-profile"],
    ...((body["imports"] as unknown[]) ?? []),
  ];
  const names = imports.flatMap((item) => (item === undefined ? [] : [String((item as OscalObject)["href"])]));
  return [name, ...names.flatMap((other) => reachable(other, documents, [...seen, name]))];
}

function catalogIds(documents: OscalDocuments): ReadonlyMap<string, ReadonlySet<string>> {
  const ids = { control: new Set<string>(), part: new Set<string>(), param: new Set<string>() };
  for (const document of documents.values()) {
    if (!("catalog" in document)) continue;
    walk(document, (key, value) => {
      if (key !== "controls" && key !== "parts" && key !== "params") return;
      const kind = key.slice(0, -1) as keyof typeof ids;
      for (const item of value as { readonly id?: string }[]) if (item.id !== undefined) ids[kind].add(item.id);
    });
  }
  return new Map(Object.entries(ids));
}

function uuidsOf(document: OscalObject): string[] {
  const uuids: string[] = [];
  walk(document, (key, value) => {
    if (key === "uuid") uuids.push(String(value));
  });
  return uuids;
}

/** Ids of catalog objects and roles; `facets` and properties have names, not ids. */
function idsOf(document: OscalObject): string[] {
  const ids: string[] = [];
  walk(document, (key, value, parent) => {
    if (key === "id" && !("identifier-type" in parent)) ids.push(String(value));
  });
  return ids;
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.has(value) || !seen.add(value)))];
}

function walk(value: unknown, visit: (key: string, value: unknown, parent: OscalObject) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  if (value === null || typeof value !== "object" || Array.isArray(value)) return;
  for (const [key, member] of Object.entries(value)) {
    visit(key, member, value as OscalObject);
    walk(member, visit);
  }
}
