import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/*
 * Finds the plugins by their place and writes the lists that the program imports, so that adding a check, a fact, a collector
 * or a reporter is adding a file. A plugin file has a default export; its id is its path.
 */

const src = fileURLToPath(new URL("../src/", import.meta.url));

interface Listing {
  /** Folder below src. */
  readonly folder: string;
  readonly name: string;
  readonly type: string;
  readonly from: string;
  /** Which files below the folder; all with a default export where absent. */
  readonly only?: (path: string) => boolean;
}

const listings: readonly Listing[] = [
  { folder: "checks", name: "checks", type: "Check", from: "../core/check.ts" },
  {
    folder: "collectors",
    name: "collectors",
    type: "Collector",
    from: "../core/collector.ts",
    only: (path) => /^(registry|orchestrator|container|host|hardware)\//.test(path),
  },
  { folder: "collectors/image", name: "imageCollectors", type: "ImageCollector", from: "../image-collector.ts" },
  { folder: "collectors/package-readers", name: "packageReaders", type: "PackageReader", from: "../package-reader.ts" },
  { folder: "analysis", name: "derivations", type: "Derivation", from: "../core/derivation.ts" },
  {
    folder: "reporters",
    name: "reporters",
    type: "Reporter",
    from: "../core/reporter.ts",
    only: (path) => !path.includes("/"),
  },
];

for (const listing of listings) {
  const folder = `${src}${listing.folder}/`;
  if (!existsSync(folder)) continue;
  writeIfChanged(
    `${folder}index.generated.ts`,
    listText(listing, pluginsIn(folder).filter(listing.only ?? (() => true))),
  );
}

const factFiles = readdirSync(`${src}facts/`, { recursive: true })
  .map((path) => String(path).replaceAll("\\", "/"))
  .filter((path) => /^\w+\/.+\.ts$/.test(path) && !/\.(test|generated)\.ts$/.test(path))
  .filter((path) => readFileSync(`${src}facts/${path}`, "utf8").includes("defineFact("))
  .sort();
writeIfChanged(`${src}facts/index.generated.ts`, factsText(factFiles));

function factsText(files: readonly string[]): string {
  const imports = files.map((file, index) => `import * as module${index} from "./${file}";`);
  const modules = files.map((_, index) => `module${index}`).join(", ");
  return `import type { Fact } from "../core/fact.ts";
${imports.join("\n")}

const exported: readonly unknown[] = [${modules}].flatMap((module) => Object.values(module));

function isFact(value: unknown): value is Fact {
  return typeof value === "object" && value !== null && "id" in value && "schema" in value && "obtain" in value;
}

/** Every fact by its id. Found by scripts/generate-registry.ts. */
export const facts: ReadonlyMap<string, Fact> = new Map(exported.filter(isFact).map((fact) => [fact.id, fact]));
`;
}

function pluginsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((path) => String(path).replaceAll("\\", "/"))
    .filter((path) => /\.ts$/.test(path) && !/\.(test|generated)\.ts$/.test(path))
    .filter((path) => /^export default /m.test(readFileSync(folder + path, "utf8")))
    .sort();
}

function listText({ name, type, from }: Listing, files: readonly string[]): string {
  const lines = [`import type { ${type} } from "${from}";`];
  for (const [index, file] of files.entries()) lines.push(`import plugin${index} from "./${file}";`);
  const entries = files.map((file, index) => `  ["${file.slice(0, -3)}", plugin${index}],`);
  return `${lines.join("\n")}\n\n/** Found by scripts/generate-registry.ts. */\nexport const ${name}: ReadonlyMap<string, ${type}> = new Map<string, ${type}>([\n${entries.join("\n")}\n]);\n`;
}

function writeIfChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
