import { createRequire } from "node:module";
import { AppError, messageOf } from "../core/errors.ts";
import type { MalwareMatch, MalwareSeverity } from "../formats/malware/malware-match.ts";
import { ruleNamesIn } from "../formats/malware/yara-rules.ts";
import { absentEngine, type EngineState } from "./malware-engine.ts";
import { ownRules, type RuleSource, rulesAt } from "./rule-source.ts";

/** The YARA engine with its rules, where its package is installed. */
export interface YaraEngine {
  readonly state: EngineState;
  /** The text of all rules, so that a change of any can be told. */
  readonly rules: readonly string[];
  examine(content: Uint8Array): MalwareMatch[];
}

interface YaraMatch {
  readonly ruleIdentifier: string;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly matches: readonly { readonly offset: number; readonly identifier: string }[];
}
interface YaraScanner {
  scan(data: Buffer): readonly YaraMatch[];
  setMaxMatchesPerPattern?(count: number): void;
}
interface YaraPackage {
  compile(source: string): YaraScanner;
}

const yaraPackage = "@litko/yara-x";
const severities: readonly MalwareSeverity[] = ["low", "medium", "high", "critical"];
/** A rule that counts strings needs some; a file full of one string must not fill memory. */
const mostMatches = 1_000;

/** Compiles Plimsoll's rules with the user's (files or folders). Throws `CONFIG_INVALID` for rules that cannot be read or compiled, with file and line. */
export function openYara(paths: readonly string[] = [], load: () => unknown = requireYara): YaraEngine {
  const asked = paths.length > 0;
  const sources = [...ownRules(), ...paths.flatMap(rulesAt)];
  const absent = (reason: string, remedy: string): YaraEngine => ({
    state: absentEngine("yara", asked, reason, remedy),
    rules: [],
    examine: () => [],
  });
  let found: unknown;
  try {
    found = load();
  } catch {
    // The package is optional and has no build for every platform: that it does not load is its answer.
    return absent(`the YARA engine (${yaraPackage}) is not installed`, `npm install ${yaraPackage}`);
  }
  if (!isYaraPackage(found))
    return absent(
      `the YARA engine (${yaraPackage}) has another interface than expected`,
      `npm install ${yaraPackage}@0.3`,
    );
  if (sources.length === 0) return absent("there are no YARA rules", "reinstall Plimsoll: its folder rules is missing");
  const scanner = compile(found, sources);
  scanner.setMaxMatchesPerPattern?.(mostMatches);
  return {
    state: { engine: "yara", state: "ran", rules: ruleCount(sources), asked },
    rules: sources.map(({ text }) => text),
    examine: (content) => matchesOf(scanner, content),
  };
}

/** Tells why the engine refuses a text of rules beside Plimsoll's own, and undefined where it takes them; undefined itself where no engine is installed. */
export function yaraComplaints(
  load: () => unknown = requireYara,
): ((text: string, path: string) => string | undefined) | undefined {
  let found: unknown;
  try {
    found = load();
  } catch {
    // Optional: rules are then taken as they come, and the caller says so.
    return undefined;
  }
  if (!isYaraPackage(found)) return undefined;
  const yara = found;
  const own = ownRules();
  return (text, path) => {
    try {
      compile(yara, [...own, { path, text }]);
      return undefined;
    } catch (error) {
      return messageOf(error).replace(`${path}:`, "line ");
    }
  };
}

function compile(yara: YaraPackage, sources: readonly RuleSource[]): YaraScanner {
  try {
    return yara.compile(sources.map(({ text }) => text).join("\n"));
  } catch (error) {
    throw new AppError("CONFIG_INVALID", problemOf(messageOf(error), sources), {
      hint: "correct the rule; names must be unique over all files, those that Plimsoll brings included",
      cause: error,
    });
  }
}

/** The compiler sees one text and counts its lines; a person has files. `error[E001]: syntax error`, ` --> line:3:16`, `^^ unclosed literal string`. */
function problemOf(message: string, sources: readonly RuleSource[]): string {
  const [, code = "", what = message.split("\n")[0]] = /error\[(\w+)\]: ([^\n]*)/.exec(message) ?? [];
  const [, line, column] = /line:(\d+):(\d+)/.exec(message) ?? [];
  const detail = /\^+ ([^\n]+)/.exec(message)?.[1];
  const why = `${what}${detail === undefined ? "" : `: ${detail}`}${code === "" ? "" : ` (${code})`}`;
  const at = line === undefined ? undefined : placeOf(Number(line), sources);
  return at === undefined ? `YARA rules: ${why}` : `${at.path}:${at.line}:${column}: ${why}`;
}

function placeOf(line: number, sources: readonly RuleSource[]): { path: string; line: number } | undefined {
  let before = 0;
  for (const { path, text } of sources) {
    const lines = text.split("\n").length;
    if (line <= before + lines) return { path, line: line - before };
    before += lines;
  }
  return undefined;
}

function requireYara(): unknown {
  return createRequire(import.meta.url)(yaraPackage);
}

function isYaraPackage(found: unknown): found is YaraPackage {
  return typeof found === "object" && found !== null && "compile" in found && typeof found.compile === "function";
}

function ruleCount(sources: readonly RuleSource[]): number {
  return sources.reduce((sum, { text }) => sum + ruleNamesIn(text).length, 0);
}

function matchesOf(scanner: YaraScanner, content: Uint8Array): MalwareMatch[] {
  const found = scanner.scan(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  return found.map(({ ruleIdentifier, meta = {}, matches }) => ({
    rule: ruleIdentifier,
    title: textOf(meta["title"]) ?? textOf(meta["description"]) ?? ruleIdentifier,
    severity: severities.find((one) => one === meta["severity"]) ?? "high",
    engine: "yara" as const,
    detail:
      matches
        .slice(0, 5)
        .map(({ identifier, offset }) => `${identifier} at byte ${offset}`)
        .join(", ") || "by its structure",
  }));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined;
}
