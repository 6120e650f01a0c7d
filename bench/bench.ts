import { readdirSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Figure } from "./measure.ts";

/* Prints the figures that the README quotes. `npm run bench -- startup image-scan` runs only those named. */

const folder = fileURLToPath(new URL(".", import.meta.url));
const chosen = process.argv.slice(2);
const modules = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !["bench.ts", "measure.ts"].includes(file))
  .map((file) => file.slice(0, -3))
  .filter((name) => chosen.length === 0 || chosen.includes(name))
  .sort();

process.stdout.write(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Linux ${release()}\n`,
);
for (const name of modules) {
  const { run } = (await import(`./${name}.ts`)) as { run(): Figure[] | Promise<Figure[]> };
  process.stdout.write(`\n${name}\n`);
  for (const { what, value, target, met } of await run()) {
    process.stdout.write(
      `  ${what}: ${value}${target === undefined ? "" : ` (target ${target}: ${met ? "met" : "MISSED"})`}\n`,
    );
  }
}
