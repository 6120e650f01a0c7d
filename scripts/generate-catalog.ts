// Validates catalog/*.yaml and writes it as a module, so that starting Plimsoll costs neither a file nor a YAML parser.
import { readFileSync, writeFileSync } from "node:fs";
import { parseCatalog } from "../src/catalog/parse.ts";

const catalog = parseCatalog({
  guide: read("sp800-190.yaml"),
  supplement: read("nistir-8176.yaml"),
  crosswalks: read("crosswalks.yaml"),
});

writeFileSync(
  new URL("../src/catalog/catalog.generated.ts", import.meta.url),
  `// Generated from catalog/*.yaml by scripts/generate-catalog.ts. Do not edit.
import type { Catalog } from "./schema.ts";

/** The catalogue as it stood when the package was built. */
export const generated: Catalog = ${JSON.stringify(catalog, undefined, 2)};
`,
);

function read(name: string): string {
  return readFileSync(new URL(`../catalog/${name}`, import.meta.url), "utf8");
}
