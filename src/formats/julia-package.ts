import type { PackageRecord } from "./package-record.ts";
import { parseToml, type TomlTable } from "./toml.ts";

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The package of a `Project.toml` (pkgdocs.julialang.org, "Project.toml and Manifest.toml"), or undefined without name, version and UUID: parts of the
 * standard library of before Julia 1.9 have no version of their own. Throws `CORRUPT_INPUT` for what is no TOML.
 */
export function parseJuliaProject(text: string, path: string): PackageRecord | undefined {
  const table = parseToml(text, path);
  const [name, version, uuid] = [textOf(table, "name"), textOf(table, "version"), textOf(table, "uuid")];
  if (!name || !version || !uuid || !uuidForm.test(uuid)) return undefined;
  return { name, version, type: "julia", licenses: [], qualifiers: { uuid } };
}

function textOf(table: TomlTable, key: string): string | undefined {
  const value = table[key];
  return typeof value === "string" ? value : undefined;
}
