import { closeSync, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { secretsOfFile } from "../src/formats/secrets/archive-secrets.ts";
import { isPackagedExample } from "../src/formats/secrets/file-class.ts";
import type { Figure } from "./measure.ts";

const roots = ["/usr", "/lib", "/bin", "/etc", "/opt"];
const enough = 800 * 2 ** 20;
const largest = 128 * 2 ** 20;

/** How fast one core searches a real root file system for secrets, archives opened, beside reading the same files as cat does. */
export async function run(): Promise<Figure[]> {
  const paths: { path: string; size: number }[] = [];
  let total = 0;
  for (const root of roots)
    for (const file of filesBelow(root)) {
      if (total >= enough) break;
      paths.push(file);
      total += file.size;
    }
  if (total < 50 * 2 ** 20)
    return [{ what: "search for secrets", value: "not measured: this machine's root file system is too small" }];
  let reading = 0;
  let searching = 0;
  let found = 0;
  const buffer = Buffer.alloc(largest);
  for (const { path, size } of paths) {
    const began = processorTime();
    const bytes = contentOf(path, buffer, size);
    const read = processorTime();
    found += (await secretsOfFile(bytes, path.slice(1))).secrets.length;
    reading += read - began;
    searching += processorTime() - read;
  }
  const rate = (milliseconds: number) => total / 1e6 / (milliseconds / 1000);
  return [
    {
      what: `search of ${paths.length} files, ${(total / 1e6).toFixed(0)} MB, time of one core`,
      value: `${rate(searching).toFixed(0)} MB/s (reading the same files: ${rate(reading).toFixed(0)} MB/s)`,
      target: "at least 200 MB/s",
      met: rate(searching) >= 200,
    },
    { what: "found in them", value: String(found) },
  ];
}

/** Milliseconds of one core, so that what else the machine does is left out. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function contentOf(path: string, buffer: Buffer, size: number): Buffer {
  const file = openSync(path, "r");
  try {
    let length = 0;
    for (let count = -1; count !== 0 && length < size; length += count)
      count = readSync(file, buffer, length, Math.min(2 ** 20, size - length), null);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function* filesBelow(folder: string): Generator<{ path: string; size: number }> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    if (!entry.isFile() || isPackagedExample(path.slice(1))) continue;
    const { size } = lstatSync(path);
    if (size > 0 && size <= largest) yield { path, size };
  }
}
