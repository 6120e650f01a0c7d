import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import config, { dataPlaceholder } from "../web/vite.config.ts";

/*
 * Builds the report page from web/ and writes it as a module, so that the HTML reporter needs no file beside it.
 * Does nothing while the sources, the page's data contract and the packages that go into it are as they were.
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const generated = `${root}src/reporters/report-page.generated.ts`;

const inputs = `// Inputs: sha256 ${hashOfInputs()}`;
if (!existsSync(generated) || !readFileSync(generated, "utf8").startsWith(inputs)) {
  // Loading the bundler takes longer than finding that there is nothing to do.
  const { build } = await import("vite");
  await build({ ...config, configFile: false });
  writeFileSync(generated, moduleText(readFileSync(`${root}web/dist/report.html`, "utf8")));
}

function moduleText(page: string): string {
  const halves = page.split(dataPlaceholder);
  if (halves.length !== 2)
    throw new Error(`web/dist/report.html: ${halves.length - 1} places for the data, expected one`);
  return `${inputs}\n/** The report page around the place of its data. Made by scripts/generate-report-page.ts. */\nexport const reportPage: readonly [string, string] = ${JSON.stringify(halves)};\n`;
}

function hashOfInputs(): string {
  const hash = createHash("sha256");
  const files = [...sourcesOf("web/"), "scripts/generate-report-page.ts"];
  files.push(...["react", "react-dom", "vite"].map((name) => `node_modules/${name}/package.json`));
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(root + file))
      .update("\0");
  return hash.digest("hex");
}

function sourcesOf(folder: string): string[] {
  return readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/").slice(root.length).replace("//", "/"))
    .filter((path) => !/^web\/(dist|node_modules)\//.test(path))
    .sort();
}
