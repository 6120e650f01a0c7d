import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sharedData } from "../test/shared-data.ts";
import { type Figure, median, peakMemory, wallTimes } from "./measure.ts";

const program = fileURLToPath(new URL("../bin/plimsoll", import.meta.url));

/** How long the real Alpine archive takes from start to report, with the Alpine feed as advisory data, beside unpacking and listing it. */
export function run(): Figure[] {
  const archive = sharedData("images/alpine-3.11.5.docker.tar.gz");
  const feed = sharedData("advisories/alpine_secdb.tar.xz");
  if (!archive || !feed)
    return [{ what: "scan of the Alpine 3.11.5 archive", value: "not measured: the shared data is absent" }];
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
  try {
    const args = [program, "assess", "image", archive, "--report-dir", join(folder, "report")];
    const built = join(folder, "advisories.plimsoll");
    wallTimes(process.execPath, [program, "db", "build", "--from", feed, "-o", built], 1);
    const listing = median(wallTimes("sh", ["-c", `gzip -dc '${archive}' | tar -t`], 5));
    const scan = median(wallTimes(process.execPath, [...args, "--advisories", built], 5, [0, 1]));
    const raw = median(wallTimes(process.execPath, [...args, "--advisories", feed], 3, [0, 1]));
    const memory = peakMemory(process.execPath, [...args, "--advisories", built]);
    return [
      {
        what: "alpine-3.11.5 archive: assess image with a built advisory file and the whole set of reports, median of 5 runs",
        value: `${scan.toFixed(2)} s (gzip -dc | tar -t: ${listing.toFixed(2)} s)`,
        target: "under 1 s",
        met: scan < 1,
      },
      { what: "the same with the packed raw feed", value: `${raw.toFixed(2)} s` },
      {
        what: "the same, peak memory",
        value: memory === undefined ? "not measured: GNU time is not installed" : `${memory.toFixed(0)} MB`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
