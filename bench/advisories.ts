import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { registryReference } from "../src/advisories/file/artifact.ts";
import { buildAdvisories, packSections } from "../src/advisories/file/build.ts";
import { keyOf, splitFields } from "../src/advisories/file/line.ts";
import { openPublication } from "../src/advisories/file/publication.ts";
import { FileStore } from "../src/advisories/file-store.ts";
import { publishFile, publishFolder } from "../src/advisories/publish.ts";
import { publishRegistry } from "../src/advisories/publish-registry.ts";
import type { AdvisoryRecord } from "../src/advisories/record.ts";
import { findFeeds } from "../src/advisories/sources/feed-source.ts";
import { type UpdateReport, updateFolder } from "../src/advisories/update.ts";
import { ArtifactRegistry } from "../test/fakes/artifact-registry.ts";
import { sharedData } from "../test/shared-data.ts";
import { type Figure, median } from "./measure.ts";

/* Builds the advisory file from the packed feeds: time, memory, size, opening, look-ups, and what a change of one day transfers. */

const lookups = 30_000;

/** What a build in a process of its own tells on stdout. */
interface BuildFigures {
  readonly seconds: number;
  /** Seconds of processor time, which other work on the machine does not change. */
  readonly processor: number;
  readonly peakMegabytes: number;
  readonly records: number;
}

/** Builds and measures; without the packed feeds it says so. */
export async function run(): Promise<Figure[]> {
  const feeds = sharedData("advisories");
  if (feeds === undefined) return [{ what: "advisory feeds", value: "absent: nothing was measured" }];
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  try {
    const core = join(folder, "core.plim");
    return [
      ...measured("core", core, 8),
      ...(await changes(core, join(folder, "snapshots"))),
      ...measured("all feeds", join(folder, "all.plim"), 30),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measured(name: string, file: string, megabytes: number): Figure[] {
  const { seconds, processor, peakMegabytes, records } = buildApart(name, file);
  const size = statSync(file).size / 1e6;
  const isCore = name === "core";
  return [
    {
      what: `${name}: build of ${records} records`,
      value: `${seconds.toFixed(1)} s (processor ${processor.toFixed(1)} s), peak ${peakMegabytes.toFixed(0)} MB`,
      ...(isCore && { target: "90 s, 1000 MB", met: seconds < 90 && peakMegabytes < 1000 }),
    },
    { what: `${name}: size`, value: `${size.toFixed(2)} MB`, target: `${megabytes} MB`, met: size <= megabytes },
    ...opened(name, file),
  ];
}

function buildApart(name: string, file: string): BuildFigures {
  const self = fileURLToPath(import.meta.url);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", self, "build", name, file], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
  return JSON.parse(stdout) as BuildFigures;
}

async function buildHere(name: string, file: string): Promise<BuildFigures> {
  const began = performance.now();
  const sources = await findFeeds(sharedData("advisories") as string);
  const build = await buildAdvisories(sources.filter(({ feed }) => name !== "core" || feed.core));
  await publishFile(build, file);
  return {
    seconds: (performance.now() - began) / 1000,
    processor: processorSeconds(),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    records: build.index.feeds.reduce((sum, { records }) => sum + records, 0),
  };
}

function opened(name: string, file: string): Figure[] {
  const openTimes = Array.from({ length: 9 }, () => {
    const openBegan = performance.now();
    FileStore.open(file).close();
    return performance.now() - openBegan;
  });
  const openTime = median(openTimes.sort((a, b) => a - b));
  const asked = someKeys(FileStore.open(file));
  const scattered = lookedUp(file, asked);
  const details = lookedUp(file, asked, detailsOf);
  const image = lookedUp(file, imageKeys(asked));
  const store = FileStore.open(file);
  const explainBegan = performance.now();
  const explained = store.recordsById("CVE-2021-44228").length;
  const explainTime = (performance.now() - explainBegan) / 1000;
  store.close();
  return [
    { what: `${name}: open`, value: `${openTime.toFixed(2)} ms`, target: "5 ms", met: openTime < 5 },
    {
      what: `${name}: ${asked.length} look-ups from cold, ${scattered.found} records`,
      value: scattered.text,
      target: "0.5 s",
      met: scattered.seconds < 0.5,
    },
    { what: `${name}: the same, and what the vulnerability's line says of every record`, value: details.text },
    { what: `${name}: look-ups of an image from cold, ${image.found} records`, value: image.text },
    { what: `${name}: every record of one CVE (${explained})`, value: `${explainTime.toFixed(2)} s` },
  ];
}

/** Looks packages up in a store that was opened just now: the best of three, since other work on the machine only ever adds. */
function lookedUp(
  file: string,
  asked: readonly (readonly [string, string])[],
  use: (record: AdvisoryRecord) => number = () => 0,
): { found: number; seconds: number; text: string } {
  const runs = [1, 2, 3].map(() => {
    const store = FileStore.open(file);
    const began = performance.now();
    const processorBegan = processorSeconds();
    let found = 0;
    let used = 0;
    for (const [ecosystem, packageName] of asked) {
      const records = store.records(ecosystem, packageName);
      found += records.length;
      for (const record of records) used += use(record);
    }
    const seconds = (performance.now() - began) / 1000;
    const processor = processorSeconds() - processorBegan;
    store.close();
    return { found, seconds, text: `${seconds.toFixed(3)} s (processor ${processor.toFixed(3)} s)`, used };
  });
  return runs.sort((a, b) => a.seconds - b.seconds)[0]!;
}

function detailsOf({ aliases, title, cvss, modified }: AdvisoryRecord): number {
  return aliases.length + (title?.length ?? 0) + (cvss?.length ?? 0) + (modified?.length ?? 0);
}

/** As many packages as a usual image has: 400 of one distribution and 600 of npm. */
function imageKeys(asked: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const of = (ecosystem: string, count: number) => asked.filter(([own]) => own === ecosystem).slice(0, count);
  return [...of("debian:12", 400), ...of("npm", 600)];
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Packages of all ecosystems in turn, every third of a name that is not there, in an order that has nothing to do with the file's. */
function someKeys(store: FileStore): [string, string][] {
  const all: [string, string][] = [];
  for (const [section, shards] of Object.entries(store.index.sections)) {
    const [kind, ecosystem] = section.split("/") as [string, string];
    if (kind !== "records") continue;
    for (const key of new Set(shards.flatMap(([root]) => [...store.shard(root).all()].map(keyOf))))
      all.push([ecosystem, key]);
  }
  const step = 7919;
  return Array.from({ length: lookups }, (_, index) => {
    const [ecosystem, name] = all[(index * step) % all.length] as [string, string];
    return [ecosystem, index % 3 === 0 ? `${name}-x` : name];
  });
}

/** Snapshots that a reader may be behind. */
const snapshots = 5;

/**
 * What an update transfers. The snapshot of a day ago is the newest without what the feeds changed on their last day, and so on. Alpine's database dates
 * nothing; there one line in 1000 is taken for new each day.
 */
async function changes(file: string, folder: string): Promise<Figure[]> {
  const store = FileStore.open(file);
  const sections = Object.entries(store.index.sections).map(
    ([name, shards]) => [name, shards.flatMap(([root]) => [...store.shard(root).all()]).sort()] as const,
  );
  const published = join(folder, "published");
  const registry = await ArtifactRegistry.start();
  const reference = `registry:${registry.host}/advisories:latest`;
  const changed: number[] = [];
  try {
    for (let daysAgo = snapshots; daysAgo >= 0; daysAgo--) {
      const lines = sections.map(([name, all]) => [name, linesBefore(name, all, sections, daysAgo)] as const);
      changed[daysAgo] = sections.reduce((sum, [, all], at) => sum + all.length - lines[at]![1].length, 0);
      const packed = packSections(lines.filter(([, left]) => left.length > 0));
      const build = { index: { ...store.index, sections: packed.sections }, shards: packed.shards, broken: [] };
      await publishFolder(build, published);
      if (daysAgo <= 1) await publishRegistry(build, registryReference(reference)!);
      if (daysAgo === snapshots || daysAgo === 1) await update(published, join(folder, `behind-${daysAgo}`));
      if (daysAgo === 1) await update(reference, join(folder, "behind-registry"));
    }
    const whole = statSync(file).size;
    const share = async (what: string, from: string, behind: string): Promise<Figure> => {
      const { transferred, fetched } = await update(from, join(folder, behind));
      const part = transferred / whole;
      return {
        what: `core: ${what} transfers`,
        value: `${(transferred / 1000).toFixed(1)} kB, ${(part * 100).toFixed(2)} % (${fetched} whole shards)`,
        target: "5 %",
        met: part < 0.05,
      };
    };
    return [
      await share(`a day's change (${changed[1]} lines) from 1 snapshot ago`, published, "behind-1"),
      await share(`${changed[snapshots]} lines from ${snapshots} snapshots ago`, published, `behind-${snapshots}`),
      await share("a day's change from a registry", reference, "behind-registry"),
    ];
  } finally {
    store.close();
    await registry.stop();
  }
}

async function update(from: string, folder: string): Promise<UpdateReport> {
  const publication = openPublication(from);
  try {
    return await updateFolder(publication, folder);
  } finally {
    publication.close();
  }
}

/** The lines of a section without what was changed on the last days. */
function linesBefore(
  name: string,
  lines: readonly string[],
  sections: readonly (readonly [string, readonly string[]])[],
  days: number,
): readonly string[] {
  const [kind, ecosystemOrSource, recordSource] = name.split("/");
  const source = kind === "records" ? recordSource : kind === "vulnerabilities" ? ecosystemOrSource : undefined;
  if (source === undefined || days === 0) return lines;
  if (source === "alpine-secdb") return lines.filter((_, at) => at % 1000 >= days);
  const dated = sections.find(([other]) => other === `vulnerabilities/${source}`)?.[1] ?? [];
  const fresh = changedOnLastDays(dated, days);
  return lines.filter((line) => !fresh.has(splitFields(line)[kind === "records" ? 1 : 0] as string));
}

/** Ids of the vulnerabilities that a source changed on the last days on which it changed any. */
function changedOnLastDays(lines: readonly string[], count: number): Set<string> {
  const days = lines.map((line) => splitFields(line)[1] ?? "");
  const last = new Set(
    [...new Set(days)]
      .filter((day) => day !== "")
      .sort()
      .slice(-count),
  );
  return new Set(lines.filter((_, at) => last.has(days[at] as string)).map(keyOf));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, name, file] = process.argv.slice(2);
  if (command === "build" && name !== undefined && file !== undefined) {
    process.stdout.write(JSON.stringify(await buildHere(name, file)));
  } else {
    for (const { what, value, target, met } of await run()) {
      const judged = target === undefined ? "" : ` (target ${target}: ${met ? "met" : "MISSED"})`;
      process.stdout.write(`${what}: ${value}${judged}\n`);
    }
  }
}
