/* Bundles the program into dist/: one entry and a chunk a command, so that --help loads next to nothing. */
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  // The second is the program of worker threads, which are started by its file's name.
  entryPoints: { main: "src/cli/main.ts", "analysis-worker": "src/collectors/analysis-worker.ts" },
  outdir: "dist",
  splitting: true,
  legalComments: "linked",
  ...bundleOptions,
});

// A thread is started from a file of its own, which stands beside the chunks as it stands beside the code.
await build({
  absWorkingDir: root,
  entryPoints: ["src/collectors/host/digest-helper.mjs"],
  outfile: "dist/digest-helper.mjs",
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  logLevel: "warning",
});
