import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** A file of rules or digests. */
export interface RuleSource {
  readonly path: string;
  readonly text: string;
}

/** The rules that Plimsoll brings: the folder `rules` of its package, above this file or above the bundle that holds it. */
export function ownRules(): RuleSource[] {
  for (const up of ["../", "../../", "../../../"]) {
    const folder = fileURLToPath(new URL(`${up}rules/`, import.meta.url));
    if (existsSync(join(folder, "README.md"))) return rulesAt(folder);
  }
  return [];
}

/** The YARA files at a path: itself, or those below a folder (`.yar`, `.yara`). Throws `CONFIG_INVALID` where there are none. */
export function rulesAt(path: string): RuleSource[] {
  if (!existsSync(path))
    throw new AppError("CONFIG_INVALID", `${path}: no such rule file or folder`, {
      hint: "name a YARA file or a folder of .yar files",
    });
  if (!statSync(path).isDirectory()) return [readSource(path)];
  const files = readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((name) => /\.yara?$/.test(name))
    .sort();
  if (files.length === 0)
    throw new AppError("CONFIG_INVALID", `${path}: no file of the folder ends in .yar or .yara`, {
      hint: "name a YARA file or a folder of .yar files",
    });
  return files.map(readSource);
}

/** Reads a file of rules or digests. Throws `CONFIG_INVALID` where it cannot be read, `LIMIT_EXCEEDED` beyond `limits.document`. */
export function readSource(path: string): RuleSource {
  try {
    if (statSync(path).size > limits.document)
      throw new AppError("LIMIT_EXCEEDED", `${path}: more than ${limits.document} bytes`, { hint: "split the file" });
    return { path, text: readFileSync(path, "utf8") };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("CONFIG_INVALID", `cannot read ${path}: ${messageOf(error)}`, {
      hint: "check the path, and that you may read it",
      cause: error,
    });
  }
}
