import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digestOfFile, writeOciLayout } from "../test/oci-layout.ts";
import { type Figure, median, peakMemory, wallTimes } from "./measure.ts";

const program = fileURLToPath(new URL("../bin/plimsoll", import.meta.url));

/** Folders of this machine that the image is filled from, in turn, so that it has a real mix of programs, libraries, scripts and texts. */
const sources = ["/usr/bin", "/usr/sbin", "/usr/share", "/usr/lib"];
const megabyte = 1024 ** 2;
const layers = 5;
/** Packages in the image's database. */
const packages = 300;

/**
 * Scans of an image of 500 MB and of one of 2 GB beside `gzip -dc | tar -t` of the same layers, all in the same run. The images are made of this
 * machine's own files; PLIMSOLL_BENCH_MB sets other sizes, separated by commas.
 */
export function run(): Figure[] {
  if (spawnSync("tar", ["--version"]).error)
    return [{ what: "inventory scan", value: "not measured: tar is not installed" }];
  return (process.env["PLIMSOLL_BENCH_MB"] ?? "500,2048").split(",").flatMap((size) => scansOf(Number(size)));
}

function scansOf(size: number): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  try {
    const { image, blobs, megabytes } = makeImage(folder, size);
    const cacheOff = { ...process.env, PLIMSOLL_CACHE: "off" };
    const cacheOn = { ...process.env, PLIMSOLL_CACHE: join(folder, "cache") };
    const list = ["-c", `for blob in ${blobs.join(" ")}; do gzip -dc "$blob" | tar -t; done`];
    const sbom = [program, "sbom", image, "-o", join(folder, "sbom.json")];
    const assess = [
      program,
      "assess",
      "image",
      image,
      "-f",
      "json",
      "-o",
      join(folder, "report.json"),
      "--exit-code",
      "0",
    ];
    const yardstick = () => wallTimes("sh", list, 1)[0]!;
    const scan = beside(5, yardstick, () => withEnvironment(cacheOff, () => wallTimes(process.execPath, sbom, 1)[0]!));
    const memory = withEnvironment(cacheOff, () => peakMemory(process.execPath, sbom));
    withEnvironment(cacheOn, () => wallTimes(process.execPath, sbom, 1));
    const again = median(withEnvironment(cacheOn, () => wallTimes(process.execPath, sbom, 5)));
    const whole = beside(3, yardstick, () =>
      withEnvironment(cacheOff, () => wallTimes(process.execPath, assess, 1, [0, 1, 3])[0]!),
    );
    // As much as this machine had to fill it with.
    const name = `${megabytes} MB of files in ${layers} gzip layers`;
    return [
      {
        what: `${name}: sbom without kept layers, median of 5 runs`,
        value: besideText(scan),
        target: "at most 1.3 ×",
        met: scan.ratio <= 1.3,
      },
      {
        what: "the same, peak memory",
        value: memory === undefined ? "not measured: GNU time is not installed" : `${memory.toFixed(0)} MB`,
        ...(memory === undefined ? {} : { target: "under 300 MB", met: memory < 300 }),
      },
      {
        what: "the same again with kept layers, median of 5 runs",
        value: `${again.toFixed(2)} s`,
        target: "under 0.3 s",
        met: again < 0.3,
      },
      {
        what: "assess image, with secrets and malware, without kept layers, median of 3 runs",
        value: besideText(whole),
        target: "at most 3 ×",
        met: whole.ratio <= 3,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Medians of times in seconds, and of the ratios of each time to the yardstick's that was taken right before it. */
interface Beside {
  readonly time: number;
  readonly yardstick: number;
  readonly ratio: number;
}

/** Takes turns, so that what else the machine does weighs on both alike. */
function beside(times: number, yardstick: () => number, measured: () => number): Beside {
  const pairs = Array.from({ length: times }, () => [yardstick(), measured()] as const);
  const sorted = (values: number[]) => values.sort((a, b) => a - b);
  return {
    time: median(sorted(pairs.map(([, time]) => time))),
    yardstick: median(sorted(pairs.map(([time]) => time))),
    ratio: median(sorted(pairs.map(([one, other]) => other / one))),
  };
}

function besideText({ time, yardstick, ratio }: Beside): string {
  return `${time.toFixed(2)} s, ${ratio.toFixed(2)} × gzip -dc | tar -t (${yardstick.toFixed(2)} s)`;
}

function withEnvironment<T>(environment: NodeJS.ProcessEnv, work: () => T): T {
  const before = process.env;
  process.env = environment;
  try {
    return work();
  } finally {
    process.env = before;
  }
}

/** An OCI layout with layers of equal size. */
function makeImage(folder: string, wanted: number): { image: string; blobs: string[]; megabytes: number } {
  const image = join(folder, "image");
  const files = filesUpTo(wanted * megabyte);
  const megabytes = Math.round(files.reduce((sum, path) => sum + statSync(`/${path}`).size, 0) / megabyte);
  const made = Array.from({ length: layers }, (_, index) => {
    const part = files.filter((_, at) => at % layers === index);
    const own = index === 0 ? ["etc"] : [];
    const list = join(folder, "list");
    writeFileSync(list, [...own, ...part].join("\0"));
    const tar = join(folder, `layer-${index}.tar`);
    const more = index === 0 ? `-C '${packageDatabase(folder)}' var` : "";
    sh(
      `tar -C / --exclude='etc/*shadow*' --null -T '${list}' ${more} -cf '${tar}' 2>/dev/null; gzip -6 -k -f '${tar}'`,
    );
    const diffId = digestOfFile(tar);
    rmSync(tar);
    return { path: `${tar}.gz`, diffId, compressed: true };
  });
  const blobs = writeOciLayout(image, made);
  for (const { path } of made) rmSync(path);
  return { image, blobs, megabytes };
}

/** Files from all over the sources that are so many bytes together, below the root, in a fixed order. Very large ones are left out: a few would fill the image. */
function filesUpTo(bytes: number): string[] {
  const files = sources.flatMap((source) =>
    readdirSync(source, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const sized = files
    .sort()
    .map((path) => ({ path, size: statSync(path).size }))
    .filter(({ size }) => size <= 8 * megabyte);
  const all = sized.reduce((sum, { size }) => sum + size, 0);
  const chosen: string[] = [];
  let passed = 0;
  let total = 0;
  for (const { path, size } of sized) {
    passed += size;
    // Keeps step with the share that is wanted, so that every folder gives its part.
    if (total + size > (passed * bytes) / Math.max(all, bytes)) continue;
    chosen.push(path.slice(1));
    total += size;
  }
  return chosen;
}

/** The package database of this machine cut down to what an image of that size has installed. */
function packageDatabase(folder: string): string {
  const root = join(folder, "database");
  mkdirSync(join(root, "var/lib/dpkg/info"), { recursive: true });
  sh(
    `awk -v RS= -v ORS='\\n\\n' 'NR <= ${packages}' /var/lib/dpkg/status > '${root}/var/lib/dpkg/status'
     for name in $(sed -n 's/^Package: //p' '${root}/var/lib/dpkg/status'); do
       cp /var/lib/dpkg/info/$name.list /var/lib/dpkg/info/$name.md5sums '${root}/var/lib/dpkg/info/' 2>/dev/null
     done; true`,
  );
  return root;
}

function sh(command: string): void {
  const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
