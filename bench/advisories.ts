import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildAdvisories, packSections } from "../src/advisories/file/build.ts";
import { openContainer } from "../src/advisories/file/container.ts";
import { writeDelta } from "../src/advisories/file/delta.ts";
import type { IndexDocument } from "../src/advisories/file/index-document.ts";
import { writeIndex } from "../src/advisories/file/index-document.ts";
import { keyOf, splitFields } from "../src/advisories/file/line.ts";
import { FileStore } from "../src/advisories/file-store.ts";
import { publishFile } from "../src/advisories/publish.ts";
import { findFeeds } from "../src/advisories/sources/feed-source.ts";
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
    return [...measured("core", join(folder, "core.plim"), 8), ...measured("all feeds", join(folder, "all.plim"), 30)];
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
    ...(isCore ? [oneDay(file)] : []),
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
  const store = FileStore.open(file);
  const asked = someKeys(FileStore.open(file));
  const began = performance.now();
  const processorBegan = processorSeconds();
  let found = 0;
  for (const [ecosystem, packageName] of asked) found += store.records(ecosystem, packageName).length;
  const time = (performance.now() - began) / 1000;
  const processor = processorSeconds() - processorBegan;
  const explainBegan = performance.now();
  const explained = store.recordsById("CVE-2021-44228").length;
  const explainTime = (performance.now() - explainBegan) / 1000;
  store.close();
  return [
    { what: `${name}: open`, value: `${openTime.toFixed(2)} ms`, target: "5 ms", met: openTime < 5 },
    {
      what: `${name}: ${asked.length} look-ups from cold, ${found} records`,
      value: `${time.toFixed(2)} s (processor ${processor.toFixed(2)} s)`,
      target: "0.5 s",
      met: time < 0.5,
    },
    { what: `${name}: every record of one CVE (${explained})`, value: `${explainTime.toFixed(2)} s` },
  ];
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

/**
 * A change of one day: the snapshot without what the feeds changed on their last day stands for the day before. Alpine's database dates nothing; there one
 * fact in 1000 is taken for new.
 */
function oneDay(file: string): Figure {
  const container = openContainer(file);
  const store = FileStore.open(file);
  const index = store.index;
  const sections = Object.entries(index.sections).map(
    ([name, shards]) => [name, shards.flatMap(([root]) => [...store.shard(root).all()]).sort()] as const,
  );
  const fresh = new Map(
    sections
      .filter(([name]) => name.startsWith("vulnerabilities/"))
      .map(([name, lines]) => [name.slice("vulnerabilities/".length), changedOnLastDay(lines)]),
  );
  let removed = 0;
  const before = sections.map(([name, lines]) => {
    const source = name.startsWith("records/")
      ? (name.split("/")[2] as string)
      : name.startsWith("vulnerabilities/")
        ? name.slice("vulnerabilities/".length)
        : undefined;
    const ids = source === undefined ? undefined : fresh.get(source);
    const idField = name.startsWith("records/") ? 1 : 0;
    const left = lines.filter((line, at) =>
      source === "alpine-secdb" ? at % 1000 !== 0 : !ids?.has(splitFields(line)[idField] as string),
    );
    removed += lines.length - left.length;
    return [name, left] as const;
  });
  const yesterday = packSections(before.filter(([, lines]) => lines.length > 0));
  const earlier: IndexDocument = { ...index, sections: yesterday.sections };
  const delta = writeDelta(
    earlier,
    index,
    (root) => yesterday.shards.get(root) as Buffer,
    (root) => container.shard(root),
  );
  const transferred = delta.length + Math.ceil(writeIndex(index).length * 1.34);
  const share = transferred / statSync(file).size;
  container.close();
  store.close();
  return {
    what: `core: a day's change (${removed} lines) transfers`,
    value: `${(transferred / 1000).toFixed(1)} kB, ${(share * 100).toFixed(2)} %`,
    target: "5 %",
    met: share < 0.05,
  };
}

/** Ids of the vulnerabilities that a source changed within the 24 hours before its newest change. */
function changedOnLastDay(lines: readonly string[]): Set<string> {
  const days = lines.map((line) => splitFields(line)[1] ?? "");
  const newest = [...days].sort().at(-1) ?? "";
  return new Set(lines.filter((_, at) => newest !== "" && days[at] === newest).map(keyOf));
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
