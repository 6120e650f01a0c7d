import { fileURLToPath } from "node:url";
import { type Figure, median, wallTimes } from "./measure.ts";

const program = fileURLToPath(new URL("../bin/plimsoll", import.meta.url));

/** How long --help takes, beside bare node in the same run. */
export function run(): Figure[] {
  const bare = median(wallTimes(process.execPath, ["-e", "0"], 9));
  const help = median(wallTimes(process.execPath, [program, "--help"], 9));
  return [
    {
      what: "plimsoll --help, median of 9 runs",
      value: `${(help * 1000).toFixed(0)} ms, ${(help / bare).toFixed(1)} × bare node (${(bare * 1000).toFixed(0)} ms)`,
      target: "under 150 ms",
      met: help < 0.15,
    },
  ];
}
