import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { movedAside } from "../advisories/sources/replaced-folder.ts";
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
  return filesAt(path, /\.yara?$/, "rule file", ".yar or .yara");
}

/** The lists of digests at a path: itself, or those below a folder (`.txt`). Throws `CONFIG_INVALID` where there are none. */
export function listsAt(path: string): RuleSource[] {
  return filesAt(path, /\.txt$/, "list of digests", ".txt");
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

function filesAt(path: string, ending: RegExp, what: string, endings: string): RuleSource[] {
  const hint = `name a ${what} or a folder of files that end in ${endings}`;
  if (!existsSync(path)) throw new AppError("CONFIG_INVALID", `${path}: no such ${what} or folder`, { hint });
  if (!statSync(path).isDirectory()) return [readSource(path)];
  const files = readdirSync(path, { recursive: true })
    .map(String)
    .filter((name) => ending.test(name) && isInUse(path, name))
    .map((name) => join(path, name))
    .sort();
  if (files.length === 0)
    throw new AppError("CONFIG_INVALID", `${path}: no file of the folder ends in ${endings}`, { hint });
  return files.map(readSource);
}

/** Folders that begin with a dot hold what is being fetched, but for one that was moved aside by an update that ended before anything was in its place. */
function isInUse(folder: string, name: string): boolean {
  const [top = "", ...below] = name.split("/");
  const before = movedAside(top);
  const isInstead = before !== undefined && !existsSync(join(folder, before));
  return ![...(isInstead ? [] : [top]), ...below].some((part) => part.startsWith("."));
}
