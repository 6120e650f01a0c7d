import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../scripts/bundle-options.mjs";
import { rulesFor } from "../src/collectors/host/files.ts";
import { eachPackagedFile } from "../src/collectors/host/package-files.ts";
import { HostRoot } from "../src/collectors/host-root.ts";
import { walkHost } from "../src/collectors/host-walk.ts";
import { subject } from "../src/core/subject.ts";
import { type Figure, median, peakMemory, wallTimes } from "./measure.ts";

const program = fileURLToPath(new URL("../bin/plimsoll", import.meta.url));
const args = [program, "assess", "host", "--no-report-dir", "-f", "ndjson"];

/** How long this machine's full assessment takes and how much memory it needs, beside `find / -xdev` in the same run. */
export async function run(): Promise<Figure[]> {
  // Once before anything is timed: the kernel then has the folders of both in memory.
  const entries = countedByFind();
  const findRights = median(wallTimes("find", ["/", "-xdev", "-printf", "%m %U %G %s\\n"], 3, [0, 1]));
  const full = median(wallTimes(process.execPath, args, 3, [0, 1]));
  const memory = peakMemory(process.execPath, args);
  const collected = await collectedAnew(7);
  const { find, lists, walk } = await walkBesideFind(7);
  const digests = collected.get("host/package-integrity")!;
  const rest = lists + collected.get("others")!;
  return [
    { what: "entries that find / -xdev meets", value: String(entries) },
    {
      what: "assess host, median of 3 runs",
      value: `${full.toFixed(1)} s (find / -xdev: ${find.toFixed(1)} s)`,
      target: "8 s",
      met: full <= 8,
    },
    {
      what: "the same, peak memory",
      value: memory === undefined ? "not measured: GNU time is not installed" : `${memory.toFixed(0)} MB`,
      ...(memory === undefined ? {} : { target: "150 MB", met: memory <= 150 }),
    },
    {
      what: "the walk over the file system with all file rules",
      value: `${walk.toFixed(2)} s, ${(walk / find).toFixed(2)} × find, which reads names alone; ${(walk / findRights).toFixed(1)} × find that reads rights and owners too (${findRights.toFixed(1)} s)`,
      target: "3 × find",
      met: walk <= 3 * find,
    },
    { what: "file lists of packages, read to tell unpackaged files", value: `${lists.toFixed(2)} s` },
    { what: "digests of packaged files alone", value: `${digests.toFixed(1)} s` },
    {
      what: "everything but the walk and the digests, median of 7 processes",
      value: `${rest.toFixed(2)} s`,
      target: "1 s",
      met: rest <= 1,
    },
  ];
}

function countedByFind(): number {
  const { stdout } = spawnSync("find", ["/", "-xdev", "-printf", "x"], { encoding: "latin1", maxBuffer: 2 ** 28 });
  return stdout.length;
}

/** Median seconds of `find / -xdev`, of reading packages' file lists and of walks with all file rules, taken in turns so that other work on the machine slows both. */
async function walkBesideFind(runs: number): Promise<{ find: number; lists: number; walk: number }> {
  const root = new HostRoot("/", subject("host", "bench"), true);
  const finds: number[] = [];
  const lists: number[] = [];
  const walks: number[] = [];
  for (let run = 0; run < runs; run++) {
    finds.push(...wallTimes("find", ["/", "-xdev"], 1, [0, 1]));
    const rules = await rulesFor(root);
    const began = performance.now();
    await walkHost(root, (file) => rules.note(file));
    const walked = performance.now();
    await eachPackagedFile(root, () => {});
    walks.push((walked - began) / 1000);
    lists.push((performance.now() - walked) / 1000);
  }
  return { find: median(finds), lists: median(lists), walk: median(walks) };
}

/** Seconds that collecting the facts of this host takes, by what it goes into: medians of processes of their own, each of the code as it is bundled for users. */
async function collectedAnew(processes: number): Promise<ReadonlyMap<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  const file = join(folder, "collected.mjs");
  try {
    await build({
      entryPoints: [fileURLToPath(new URL("collected/host.ts", import.meta.url))],
      outfile: file,
      ...bundleOptions,
    });
    copyFileSync(
      fileURLToPath(new URL("../dist/digest-helper.mjs", import.meta.url)),
      join(folder, "digest-helper.mjs"),
    );
    const runs = Array.from({ length: processes }, () => {
      const { stdout } = spawnSync(process.execPath, [file], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      return JSON.parse(stdout) as Record<string, number>;
    });
    return new Map(Object.keys(runs[0]!).map((what) => [what, median(runs.map((times) => times[what]!))]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
