import { limits } from "../../core/limits.ts";
import type { PackageRecord } from "../package-record.ts";
import { databases } from "./databases.ts";
import { goPrograms } from "./go-programs.ts";
import { interpreters } from "./interpreters.ts";
import { platforms } from "./platforms.ts";
import type { ProgramRule } from "./rule.ts";
import { type FoundVersion, findVersion, ProgramBytes } from "./search.ts";
import { servers } from "./servers.ts";
import { tools } from "./tools.ts";

/** All rules, in the order in which they are tried on a file whose name several have. */
export const programRules: readonly ProgramRule[] = [
  ...interpreters,
  ...platforms,
  ...servers,
  ...databases,
  ...goPrograms,
  ...tools,
];

/** What the bytes of a file with a program's name told. */
export interface Classification {
  /** At most one. */
  readonly packages: readonly PackageRecord[];
  /** Set where a file that can hardly be another program tells no version. */
  readonly problem?: string;
}

/** The names of programs that have no version in them: `node`, `redis-server`. */
export const programFileNames: readonly string[] = [
  ...new Set(programRules.flatMap(({ files, text }) => (text ? [] : (files ?? [])))),
].sort();

const rulesByFile = indexByFile();
const patternRules = programRules.flatMap((rule) =>
  rule.pattern === undefined ? [] : [{ rule, pattern: rule.pattern }],
);
// Sticky, so that it is tried at the beginning of a name only.
const anyPattern = new RegExp(patternRules.map(({ pattern }) => `(?:${pattern.source})`).join("|"), "y");
/** Text files with a version are short. */
const longestText = 256 * 1024;

/** Whether a file has the name of a program that is recognised by its bytes: the one question that needs neither its size nor its bytes. */
export function hasKnownProgramName(path: string): boolean {
  const file = fileName(path);
  return rulesByFile.has(file) || fitsPattern(file);
}

/** Whether a file of this name and size may be a program that is recognised by its bytes; `mode` holds the permission bits, absent where they do not matter. */
export function mayBeKnownProgram(path: string, size: number, mode?: number): boolean {
  const file = fileName(path);
  const rules = rulesFor(file);
  if (rules.length === 0 || size === 0 || size > limits.analysedFile) return false;
  if (rules.some(({ text }) => text)) return size <= longestText;
  return mode === undefined || (mode & 0o111) !== 0 || /\.(?:so|dylib)\b/.test(file);
}

/**
 * The program that a file is, by its name and the text around its version. Low or medium confidence: bytes can be made to say
 * anything. Throws `LIMIT_EXCEEDED` where too much looks like a version.
 */
export function classifyProgram(path: string, content: Uint8Array): Classification {
  const program = new ProgramBytes(content, path);
  const rules = rulesFor(fileName(path)).filter(({ text }) => !text || content.length <= longestText);
  for (const rule of rules) {
    const record = recordOf(rule, program);
    if (record !== undefined) return { packages: [record] };
  }
  const expected = rules.find(({ shared, text }) => !shared && !text);
  if (expected === undefined || !isProgram(program.bytes)) return { packages: [] };
  return { packages: [], problem: `is named like ${expected.name}, but its bytes do not tell which version it is` };
}

function recordOf(rule: ProgramRule, program: ProgramBytes): PackageRecord | undefined {
  const file = fileName(program.path);
  const accepts = ({ version }: FoundVersion) => rule.fits?.(file, version) ?? true;
  for (const mark of rule.marks) {
    const found = findVersion(program, mark, accepts);
    if (found === undefined) continue;
    return {
      name: rule.name,
      version: found.version,
      type: "generic",
      licenses: [],
      confidence: "keyword" in mark ? "medium" : "low",
      properties: { ...found.properties, ...(rule.cpe === undefined ? {} : { cpe: cpeName(rule.cpe, found.version) }) },
    };
  }
  return undefined;
}

/** A formatted name of CPE 2.3 (NISTIR 7695 §6.2); characters of the version that mean something in it are quoted. */
function cpeName(product: string, version: string): string {
  return `cpe:2.3:a:${product}:${version.replace(/[^0-9A-Za-z._-]/g, "\\$&")}:*:*:*:*:*:*:*`;
}

function indexByFile(): ReadonlyMap<string, readonly ProgramRule[]> {
  const index = new Map<string, ProgramRule[]>();
  for (const rule of programRules)
    for (const file of rule.files ?? []) index.set(file, [...(index.get(file) ?? []), rule]);
  return index;
}

function rulesFor(file: string): readonly ProgramRule[] {
  const named = rulesByFile.get(file) ?? [];
  if (!fitsPattern(file)) return named;
  return [...named, ...patternRules.flatMap(({ rule, pattern }) => (pattern.test(file) ? [rule] : []))];
}

function fitsPattern(file: string): boolean {
  anyPattern.lastIndex = 0;
  return anyPattern.test(file);
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Only a linked program that tells nothing is worth a word: scripts and links often have a program's name (ELF, Mach-O). */
function isProgram(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const magic = bytes.readUInt32BE(0);
  return magic === 0x7f454c46 || magic === 0xcffaedfe || magic === 0xcefaedfe;
}
