import type { z } from "zod";
import { compareText } from "../core/canonical-json.ts";
import { AppError } from "../core/errors.ts";
import type { PackageInventory } from "../facts/package.ts";
import type { PackageRecord } from "../formats/package-record.ts";
import { type DescribedProgram, describedProgram, isTraceOf } from "./described-programs.ts";
import { eachOnItsOwn, type FoundEvidence, type FoundPackage, type PackageReader } from "./package-reader.ts";
import { packageUrl, type UrlDistribution } from "./package-url.ts";

type InventoryInput = z.input<typeof PackageInventory>;
type Unread = NonNullable<InventoryInput["unread"]>[number];
type PackageInput = InventoryInput["packages"][number];

/** What one reader found in the visible files. */
export interface ReaderFindings {
  readonly reader: PackageReader;
  readonly found: readonly FoundEvidence[];
}

/** What an inventory is made of. */
export interface InventorySources {
  readonly findings: readonly ReaderFindings[];
  readonly unread: InventoryInput["unread"];
  readonly distribution: UrlDistribution | undefined;
  /** Index of the layer that brought a package, where there are layers. */
  layerOf?(found: FoundPackage): number | undefined;
}

interface Told {
  readonly found: FoundPackage;
  readonly reader: PackageReader;
  readonly purl: string;
}

/** Puts what all readers found into one inventory: one entry for each package URL and owner, sorted, with the distribution package that owns its files; a program that a record describes is not told by its traces again. */
export function assembleInventory(sources: InventorySources): InventoryInput {
  const misfits: Unread[] = [];
  const told = sources.findings.flatMap((findings) => tell(findings, sources.distribution, misfits));
  const owners = ownersOf(told);
  const databaseNames = namesInDatabases(told);
  const programs = describedIn(told);
  const packages = new Map<string, PackageInput>();
  for (const one of told) {
    const ownedBy = one.reader.role === "database" ? undefined : owners.get(canonicalPath(one.found.path));
    if (one.reader.role === "trace" && (ownedBy !== undefined || namedBy(databaseNames, one.found.record))) continue;
    if (isDescribed(one, programs)) continue;
    addPackage(packages, entryOf(withTrace(one, programs), ownedBy, sources.layerOf?.(one.found)));
  }
  return {
    packages: [...packages.values()].sort(byName),
    unread: [
      ...(sources.unread ?? []),
      ...misfits,
      ...sources.findings.flatMap((findings) => problemsOf(findings, owners)),
    ].sort((a, b) => compareText(a.path, b.path) || compareText(a.reason, b.reason)),
    databases: sources.findings.flatMap(databasesOf).sort(compareText),
  };
}

function tell({ reader, found }: ReaderFindings, distribution: UrlDistribution | undefined, misfits: Unread[]): Told[] {
  return combined(reader, found, misfits).map((one) => ({
    found: one,
    reader,
    purl: packageUrl(one.record, distribution) ?? fallbackUrl(one.record),
  }));
}

/** Where files do not fit each other, each speaks for itself and the inventory says so. */
function combined(reader: PackageReader, found: readonly FoundEvidence[], misfits: Unread[]): FoundPackage[] {
  try {
    return reader.combine?.(found) ?? eachOnItsOwn(found);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    misfits.push({ path: `/${found[0]?.path ?? ""}`, reason: `${reader.id}: ${error.message}` });
    return eachOnItsOwn(found);
  }
}

/** What single files could not tell; where a distribution's package owns the file, its advisories speak for it. */
function problemsOf({ reader, found }: ReaderFindings, owners: ReadonlyMap<string, string>): Unread[] {
  const own = found.filter(({ path }) => reader.role === "database" || !owners.has(canonicalPath(path)));
  return own.flatMap(({ path, evidence }) =>
    (evidence.problems ?? []).map((problem) => ({ path: `/${path}`, reason: `${reader.id}: ${problem}` })),
  );
}

/** A name that the package URL rules of its type reject is still a package: it is told under the generic type. */
function fallbackUrl(record: PackageRecord): string {
  return packageUrl({ ...record, type: "generic", namespace: record.type, qualifiers: {} }, undefined) ?? "";
}

function ownersOf(told: readonly Told[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { found, reader, purl } of told) {
    if (reader.role !== "database") continue;
    for (const path of found.record.ownedPaths ?? []) owners.set(canonicalPath(path), purl);
  }
  return owners;
}

/** One form for the two names of a path: databases of before the merge of /usr list `bin/sh` for what lies at `usr/bin/sh` (file-hierarchy(7)). */
export function canonicalPath(path: string): string {
  return path.replace(/^usr\/(?=(bin|sbin|lib|lib64)\/)/, "");
}

function namesInDatabases(told: readonly Told[]): Set<string> {
  const names = new Set<string>();
  for (const { found, reader } of told) {
    if (reader.role !== "database") continue;
    names.add(`${found.record.type}/${found.record.name}`);
    if (found.record.sourceName) names.add(`${found.record.type}/${found.record.sourceName}`);
  }
  return names;
}

function namedBy(names: ReadonlySet<string>, record: PackageRecord): boolean {
  return names.has(`${record.type}/${record.name}`);
}

/** Programs that records describe: by their names, and the traces of each by the record. */
interface Described {
  readonly byName: ReadonlyMap<string, readonly DescribedProgram[]>;
  readonly traces: ReadonlyMap<Told, { readonly program: DescribedProgram; readonly trace: Told }>;
}

function describedIn(told: readonly Told[]): Described {
  const records = told.flatMap((one) => {
    const program = one.reader.role === "metadata" ? describedProgram(one.found) : undefined;
    return program === undefined ? [] : [{ one, program }];
  });
  const traces = grouped(
    records.length === 0 ? [] : told.filter(({ reader }) => reader.role === "trace"),
    ({ found }) => found.record.name,
  );
  const traced = records.flatMap(({ one, program }) => {
    const trace = traces.get(program.name)?.find(({ found }) => isTraceOf(found, program));
    return trace === undefined ? [] : [[one, { program, trace }] as const];
  });
  const byName = grouped(
    records.map(({ program }) => program),
    ({ name }) => name,
  );
  return { byName, traces: new Map(traced) };
}

function grouped<T>(all: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(nameOf(one), [...(groups.get(nameOf(one)) ?? []), one]);
  return groups;
}

function isDescribed({ found, reader }: Told, { byName }: Described): boolean {
  if (reader.role !== "trace") return false;
  return byName.get(found.record.name)?.some((program) => isTraceOf(found, program)) ?? false;
}

/** The record of a program takes over what its trace tells besides: under which names advisories know it. */
function withTrace(one: Told, { traces }: Described): Told {
  const known = traces.get(one);
  if (known === undefined) return one;
  const cpe = known.trace.found.record.properties?.["cpe"];
  const { record } = one.found;
  const properties = { program: known.program.name, ...(cpe === undefined ? {} : { cpe }), ...record.properties };
  return { ...one, found: { ...one.found, record: { ...record, properties } } };
}

function entryOf({ found, purl }: Told, ownedBy: string | undefined, layer: number | undefined): PackageInput {
  const { record, path } = found;
  return {
    name: record.name,
    version: record.version,
    type: record.type,
    purl,
    ...present({
      architecture: record.architecture,
      sourceName: record.sourceName,
      sourceVersion: record.sourceVersion,
      vendor: record.vendor,
      module: record.module,
      fileCount: record.fileCount,
      layer,
      ownedBy,
    }),
    licenses: [...(record.licenses ?? [])],
    foundIn: [`/${path}${record.within === undefined ? "" : `!/${record.within}`}`],
    confidence: record.confidence ?? "high",
    properties: { ...record.properties },
  };
}

function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Copies of one package in several places are one entry with several paths; its layer is the first that brought one. */
function addPackage(packages: Map<string, PackageInput>, entry: PackageInput): void {
  const key = `${entry.purl}\n${entry.name}\n${entry.version}\n${entry.ownedBy ?? ""}`;
  const known = packages.get(key);
  if (known === undefined) {
    packages.set(key, entry);
    return;
  }
  const layer = known.layer === undefined ? entry.layer : Math.min(known.layer, entry.layer ?? known.layer);
  const foundIn = [...new Set([...known.foundIn, ...entry.foundIn])].sort(compareText);
  packages.set(key, { ...known, foundIn, ...(layer === undefined ? {} : { layer }) });
}

function byName(a: PackageInput, b: PackageInput): number {
  const order = compareText(a.type, b.type) || compareText(a.name, b.name) || compareText(a.version, b.version);
  return order || compareText(a.purl, b.purl) || compareText(a.foundIn[0] ?? "", b.foundIn[0] ?? "");
}

function databasesOf({ reader, found }: ReaderFindings): string[] {
  if (reader.role !== "database") return [];
  return found.filter(({ evidence }) => evidence.packages !== undefined).map(({ path }) => `${reader.id} /${path}`);
}
