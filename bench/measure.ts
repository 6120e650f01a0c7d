import { spawnSync } from "node:child_process";

/** One figure: what was measured, its value with unit, and its target where there is one. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly target?: string;
  /** Whether the target was met; absent where there is none. */
  readonly met?: boolean;
}

/** Runs a command `times` times and gives its wall times in seconds, sorted. Throws when it fails with another exit code than expected. */
export function wallTimes(
  command: string,
  args: readonly string[],
  times: number,
  expected: readonly number[] = [0],
): number[] {
  const results: number[] = [];
  for (let run = 0; run < times; run++) {
    const began = performance.now();
    const { status, stderr, error } = spawnSync(command, args, {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "ignore", "pipe"],
    });
    results.push((performance.now() - began) / 1000);
    if (error) throw error;
    if (!expected.includes(status ?? -1))
      throw new Error(`${command} ${args.join(" ")}: exit code ${status}\n${stderr}`);
  }
  return results.sort((a, b) => a - b);
}

/** The middle of sorted values. */
export function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Peak resident memory of a command in MB, as GNU time(1) tells it, or undefined where that is not installed. */
export function peakMemory(command: string, args: readonly string[]): number | undefined {
  const { stderr, error } = spawnSync("/usr/bin/time", ["-f", "peak %M", command, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [, kilobytes] = error ? [] : (/peak (\d+)/.exec(stderr) ?? []);
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}
