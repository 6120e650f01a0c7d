import type { z } from "zod";
import { type Evidence, failEach, unknown, type Verdict } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import type { HistoryStep, imageConfiguration, OpenSettingName } from "./configuration.ts";
import { type ShellCommand, shellCommands } from "./shell-command.ts";

type Configuration = z.output<typeof imageConfiguration.schema>;

/** An instruction that made a part of an image, from the image's history or from its Dockerfile. */
export interface ImageInstruction {
  /** In capitals; empty where the step does not show one. */
  readonly keyword: string;
  /** What follows the keyword; of RUN the command line without the shell that runs it. */
  readonly text: string;
  /** Names of the build arguments that it declares or was given. */
  readonly buildArguments: readonly string[];
  /** True for an instruction that ONBUILD keeps for builds on the image. */
  readonly isTrigger: boolean;
  /** Place in the history, from 0. */
  readonly index: number;
  readonly step: HistoryStep;
  /** The beginning of the step in one line. */
  readonly shown: string;
  /** Where the text begins in the step, and where the step's lines end, in characters; only of a Dockerfile. */
  readonly begin: number;
  readonly lineEnds: readonly number[];
}

type ParsedStep = Pick<ImageInstruction, "keyword" | "text" | "buildArguments">;

const shownLength = 120;
const buildkitMark = "# buildkit";
const classic = /^\/bin\/sh -c #\(nop\)\s+/;
const givenArguments = /^\|\d{1,3} (.*?)(?= \/bin\/|$)/s;
const shell = /^\/bin\/(?:ba|a|da)?sh (?:-[a-z]+ (?:pipefail )?)*?-[a-z]*c /;
const keyword =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?=\s|$)/i;

/** The instructions of a history as the classic builder (`/bin/sh -c #(nop) …`), BuildKit and buildah write them and as a Dockerfile has them. */
export function instructionsOf(history: readonly HistoryStep[]): ImageInstruction[] {
  return history.map((step, index) => {
    const { createdBy = "", location } = step;
    const parsed = parsedStep(createdBy);
    return {
      ...parsed,
      isTrigger: false,
      index,
      step,
      shown: createdBy
        .slice(0, 3 * shownLength)
        .replace(/\s*\\\n\s*/g, " ")
        .slice(0, shownLength),
      begin: location === undefined ? 0 : Math.max(0, createdBy.lastIndexOf(parsed.text)),
      lineEnds: location === undefined ? [] : lineEndsOf(createdBy),
    };
  });
}

function lineEndsOf(text: string): number[] {
  const ends: number[] = [];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) ends.push(at);
  return ends;
}

function parsedStep(createdBy: string): ParsedStep {
  const trimmed = createdBy.trimEnd();
  const written = trimmed.endsWith(buildkitMark) ? trimmed.slice(0, -buildkitMark.length).trimEnd() : createdBy;
  const isNop = classic.test(written);
  const text = written.replace(classic, "");
  const [word] = keyword.exec(text) ?? [];
  // The classic builder writes RUN without its keyword.
  const isRun =
    word === undefined ? !isNop && (shell.test(text) || givenArguments.test(text)) : word.toUpperCase() === "RUN";
  const rest = text.slice(word?.length ?? 0).replace(/^\s+/, "");
  if (isRun) return runOf(rest);
  if (word === undefined) return { keyword: "", text, buildArguments: [] };
  const name = word.toUpperCase();
  return { keyword: name, text: rest, buildArguments: name === "ARG" ? declared(rest) : [] };
}

function runOf(rest: string): ParsedStep {
  const [head, list = ""] = givenArguments.exec(rest) ?? [];
  const names = [...list.matchAll(/(?:^| )([A-Za-z_]\w{0,127})=/g)].map(([, name = ""]) => name);
  const command = rest
    .slice(head?.length ?? 0)
    .replace(/^\s+/, "")
    .replace(/^(?:--[a-z]+(?:=\S+)?(?:\s|\\\n)+)+/, "");
  return { keyword: "RUN", text: command.replace(shell, ""), buildArguments: names };
}

function declared(rest: string): string[] {
  const names = rest.replace(/"[^"]*"|'[^']*'/g, "").matchAll(/(?:^|\s)([A-Za-z_]\w{0,127})(?==|\s|$)/g);
  return [...names].map(([, name = ""]) => name);
}

/** Many checks ask for the commands of the same step. */
const known = new WeakMap<HistoryStep, readonly ShellCommand[]>();

/** The commands of a RUN instruction; none of any other. */
export function commandsOf(instruction: ImageInstruction): readonly ShellCommand[] {
  if (instruction.keyword !== "RUN") return [];
  const commands = known.get(instruction.step) ?? commandsIn(instruction.text);
  known.set(instruction.step, commands);
  return commands;
}

function commandsIn(text: string): ShellCommand[] {
  const json = /^\s*\[/.test(text) ? wordsOfJson(text) : undefined;
  if (json === undefined) return shellCommands(text);
  return shellCommands(json.map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(" "));
}

function wordsOfJson(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.map(String) : undefined;
  } catch {
    // The shell runs what begins like JSON and is none.
    return undefined;
  }
}

/** Where an instruction was seen, as evidence; `offset` counts characters into its text, so that a command is found on its own line of a Dockerfile. */
export function instructionPlace(
  instruction: ImageInstruction,
  offset = 0,
): Pick<Evidence, "at" | "layer" | "location"> {
  const { step, index, shown, begin, lineEnds } = instruction;
  if (step.location === undefined) return { at: `history step ${index + 1}: ${shown}`, layer: step.layer };
  const { file, line } = step.location;
  return { at: shown, location: { file, line: line + endsBefore(lineEnds, begin + offset) } };
}

/** How many of sorted places are before one, by halving. */
function endsBefore(ends: readonly number[], place: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Evidence of an instruction: its place, and for one of a build stage, which is not in the image itself, that it is one, in its words, its key and with
 * the lesser severity.
 */
export function instructionEvidence(
  instruction: ImageInstruction,
  item: {
    readonly found: string;
    readonly expected: string;
    readonly key: string;
    readonly offset?: number;
    readonly fix?: string;
  },
  inBuildStage: Severity,
): Evidence {
  const { found, expected, key, offset, fix } = item;
  const { buildStage } = instruction.step;
  const common = { ...instructionPlace(instruction, offset), expected, ...(fix === undefined ? {} : { fix }) };
  if (instruction.isTrigger)
    return {
      ...common,
      found: `${found} (a trigger: it runs in every build on this image)`,
      key: `${key} in a trigger`,
    };
  return buildStage === undefined
    ? { ...common, found, key }
    : {
        ...common,
        found: `${found} (only in build stage ${buildStage})`,
        key: `${key} in stage ${buildStage}`,
        severity: inBuildStage,
      };
}

/** The verdict that a setting cannot be judged because a Dockerfile leaves it open; undefined where it is known. */
export function openVerdict({ open }: Configuration, name: OpenSettingName): Verdict | undefined {
  const setting = open.find((one) => one.setting === name);
  return setting === undefined ? undefined : unknown(setting.reason, setting.remedy);
}

/** Where steps were read: `history`, or the Dockerfile's name. */
export function historySource({ history }: Configuration): string {
  return history.find(({ location }) => location !== undefined)?.location?.file ?? "history";
}

/** The verdict for what is judged by the steps of a build where there are none. */
export function noHistory(): Verdict {
  return unknown("the image carries no history", "build it without squashing the history away");
}

/** The verdict that a Dockerfile shows nothing bad, and that what its base brings is not in it. */
export function baseUntold(what: string): Verdict {
  return unknown(
    `the Dockerfile itself brings no ${what}; whether its base and the copied files do is not in it`,
    "assess the image that is built of it",
  );
}

/** Fails with what a rule finds in the steps of the build, passes where it finds nothing, and is unknown without a history. */
export function failEachStep(
  configuration: Configuration,
  evidenceOf: (instruction: ImageInstruction) => readonly Evidence[],
): Verdict {
  if (configuration.history.length === 0) return noHistory();
  const instructions = instructionsOf(configuration.history);
  const found = [...instructions, ...instructions.flatMap(triggerOf)].flatMap(evidenceOf);
  const untold = instructions.find(isUntold);
  if (found.length === 0 && untold !== undefined)
    return unknown(
      `step ${untold.index + 1} of the history is a here-document, whose text its builder did not record`,
      "assess its Dockerfile, or build it with a builder that records it (BuildKit)",
    );
  return failEach(found, {
    at: historySource(configuration),
    found: `none of ${configuration.history.length} steps`,
  });
}

/** The instruction that ONBUILD keeps (Dockerfile reference, "ONBUILD"): what is bad in it gets into every image that is built on this one. */
function triggerOf(instruction: ImageInstruction): ImageInstruction[] {
  if (instruction.keyword !== "ONBUILD") return [];
  const parsed = parsedStep(instruction.text);
  const { createdBy = "" } = instruction.step;
  return [{ ...instruction, ...parsed, isTrigger: true, begin: Math.max(0, createdBy.lastIndexOf(parsed.text)) }];
}

/** RUN with the beginning of a here-document and nothing behind it, as buildah records it. */
function isUntold({ keyword: name, text }: ImageInstruction): boolean {
  return name === "RUN" && /^\s*<<-?["']?\w+["']?\s*$/.test(text);
}
