import { assignmentsOf, type DockerfileInstruction, type DockerfileText } from "./dockerfile.ts";
import { substitute, VariableBudget, type Variables } from "./variables.ts";
import { unquoted, wordsOf } from "./words.ts";

/** What a stage begins with. */
export interface StageBase {
  /** As it was written: `debian:${RELEASE}`. */
  readonly text: string;
  /** Index of the earlier stage that it goes on from. */
  readonly stage?: number | undefined;
  /** The image with its variables put in; absent for a stage, for scratch, and where a variable has no value. */
  readonly reference?: string | undefined;
  readonly isScratch: boolean;
  /** Variables that only the build gives a value. */
  readonly unresolved: readonly string[];
  readonly line: number;
}

/** A part of a Dockerfile from one FROM to the next. */
export interface BuildStage {
  readonly index: number;
  /** In small letters, as stages are looked up; absent without AS. */
  readonly name?: string | undefined;
  readonly base: StageBase;
  /** Its FROM. */
  readonly from: DockerfileInstruction;
  /** What follows FROM. */
  readonly instructions: readonly DockerfileInstruction[];
  /** True for the last stage and those that it goes on from. Of any other only what is copied out of it gets into the image. */
  readonly isInImage: boolean;
}

/** An image that files are copied or mounted from (`COPY --from=IMAGE`). */
export interface CopiedImage {
  readonly text: string;
  readonly reference?: string | undefined;
  readonly unresolved: readonly string[];
  readonly line: number;
}

/** The stages of a Dockerfile, the last of which becomes the image. */
export interface DockerfileBuild {
  readonly stages: readonly BuildStage[];
  /** ARG before the first FROM. */
  readonly globals: Variables;
  readonly globalInstructions: readonly DockerfileInstruction[];
  readonly copiedImages: readonly CopiedImage[];
}

/** Takes the instructions apart into stages. */
export function stagesOf({ instructions }: DockerfileText): DockerfileBuild {
  const firstFrom = instructions.findIndex(({ keyword }) => keyword === "FROM");
  const globalInstructions = instructions.slice(0, firstFrom);
  const globals = globalsOf(globalInstructions);
  const begun: {
    from: DockerfileInstruction;
    base: StageBase;
    name: string | undefined;
    instructions: DockerfileInstruction[];
  }[] = [];
  const names = new Map<string, number>();
  for (const instruction of instructions.slice(firstFrom)) {
    if (instruction.keyword === "FROM") {
      const stage = fromOf(instruction, globals, names);
      if (stage.name !== undefined) names.set(stage.name, begun.length);
      begun.push({ from: instruction, ...stage, instructions: [] });
    } else begun.at(-1)!.instructions.push(instruction);
  }
  const inImage = new Set<number>();
  for (let index: number | undefined = begun.length - 1; index !== undefined; index = begun[index]!.base.stage)
    inImage.add(index);
  const stages = begun.map((stage, index) => ({ ...stage, index, isInImage: inImage.has(index) }));
  return { stages, globals, globalInstructions, copiedImages: copiedImagesOf(stages, globals) };
}

function globalsOf(instructions: readonly DockerfileInstruction[]): Variables {
  const globals = new Map<string, string | undefined>();
  const budget = new VariableBudget();
  for (const instruction of instructions)
    for (const { name, value } of assignmentsOf(instruction))
      globals.set(name, budget.spend(resolvedValue(value, globals)).text);
  return globals;
}

/** A value as it will be: variables put in, quotes removed; without text where a variable has none. */
export function resolvedValue(
  written: string | undefined,
  variables: Variables,
): { readonly text: string | undefined; readonly unresolved: readonly string[] } {
  if (written === undefined) return { text: undefined, unresolved: [] };
  const { text, unresolved } = substitute(written, variables);
  return { text: unresolved.length > 0 ? undefined : unquoted(text), unresolved };
}

function fromOf(
  { argument, line }: DockerfileInstruction,
  globals: Variables,
  names: ReadonlyMap<string, number>,
): { base: StageBase; name: string | undefined } {
  const words = wordsOf(argument);
  const [text = ""] = words;
  const name = words[1]?.toLowerCase() === "as" ? words[2]?.toLowerCase() : undefined;
  const { text: resolved, unresolved } = resolvedValue(text, globals);
  const stage = resolved === undefined ? undefined : names.get(resolved.toLowerCase());
  const isScratch = resolved === "scratch";
  const base = { text, isScratch, unresolved, line };
  if (stage !== undefined) return { base: { ...base, stage }, name };
  return {
    base: isScratch || resolved === undefined || resolved === "" ? base : { ...base, reference: resolved },
    name,
  };
}

function copiedImagesOf(stages: readonly BuildStage[], globals: Variables): CopiedImage[] {
  const found: CopiedImage[] = [];
  const names = new Set(stages.map(({ name }) => name));
  for (const stage of stages) {
    for (const instruction of stage.instructions) {
      for (const source of sourcesOf(instruction)) {
        const { text, unresolved } = resolvedValue(source, globals);
        if (text !== undefined && namesStage(text, names)) continue;
        found.push({ text: source, reference: text, unresolved, line: instruction.line });
      }
    }
  }
  return found;
}

/** A stage is named by its name or its number, counted from 0; other words name an image. */
function namesStage(text: string, names: ReadonlySet<string | undefined>): boolean {
  return /^\d+$/.test(text) || text === "scratch" || names.has(text.toLowerCase());
}

function sourcesOf({ keyword, flags }: DockerfileInstruction): string[] {
  if (keyword === "COPY") return flags.flatMap(({ name, value }) => (name === "from" && value !== "" ? [value] : []));
  if (keyword !== "RUN") return [];
  return flags.flatMap(({ name, value }) =>
    name === "mount" ? value.split(",").flatMap((option) => (/^from=(.+)$/.exec(option)?.[1] ?? "") || []) : [],
  );
}
