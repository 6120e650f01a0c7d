import type { z } from "zod";
import type { Fact } from "../../core/fact.ts";
import type { Subject } from "../../core/subject.ts";
import type { HistoryStep } from "../../facts/image/configuration.ts";
import { type ImageInstruction, instructionsOf } from "../../facts/image/instruction.ts";
import type { BuiltConfiguration } from "../../formats/dockerfile/configuration.ts";
import { assignmentsOf, type DockerfileInstruction } from "../../formats/dockerfile/dockerfile.ts";
import type { DockerfileBuild } from "../../formats/dockerfile/stages.ts";
import { unquoted } from "../../formats/dockerfile/words.ts";
import { maskText } from "../../formats/secrets/configuration-secrets.ts";

/** A Dockerfile that was read. */
export interface OpenedDockerfile {
  readonly subject: Subject;
  /** As a person can open it from where Plimsoll was started. */
  readonly file: string;
  readonly build: DockerfileBuild;
  readonly configuration: BuiltConfiguration;
  readonly steps: readonly DockerfileStep[];
}

/** An instruction with the stage that it stands in. */
export interface DockerfileStep {
  readonly instruction: DockerfileInstruction;
  /** As checks read it: masked, with its place. */
  readonly step: z.input<typeof HistoryStep>;
}

/** Fills one fact of an image from the Dockerfile that it is built by; a place that the file does not show stays empty, and `seen` says so. */
export interface DockerfileCollector<S extends z.ZodType = z.ZodType> {
  readonly provides: Fact<S>;
  collect(dockerfile: OpenedDockerfile): z.input<S>;
}

/** Declares a Dockerfile collector; the identity function, for its types. */
export function defineDockerfileCollector<S extends z.ZodType>(
  collector: DockerfileCollector<S>,
): DockerfileCollector<S> {
  return collector;
}

/** Every instruction in the order of the file. */
export function stepsOf(build: DockerfileBuild, file: string): DockerfileStep[] {
  const step = (instruction: DockerfileInstruction, buildStage?: string): DockerfileStep => ({
    instruction,
    step: {
      createdBy: maskedSource(instruction),
      emptyLayer: !["RUN", "COPY", "ADD", "WORKDIR"].includes(instruction.keyword),
      location: { file, line: instruction.line },
      ...(buildStage === undefined ? {} : { buildStage }),
    },
  });
  return [
    ...build.globalInstructions.map((instruction) => step(instruction)),
    ...build.stages.flatMap(({ from, instructions, isInImage, name, index }) =>
      [from, ...instructions].map((instruction) => step(instruction, isInImage ? undefined : (name ?? String(index)))),
    ),
  ];
}

/** The instructions that make the image itself, as checks read them. */
export function imageInstructions({ steps }: OpenedDockerfile): ImageInstruction[] {
  const own = steps.map(({ step }) => step).filter(({ buildStage }) => buildStage === undefined);
  return instructionsOf(own.map((step) => ({ ...step, emptyLayer: step.emptyLayer ?? false })));
}

/** Secrets of one instruction that are hidden one by one; one with more is not shown. */
const shownSecrets = 50;

/** An instruction as it was written, with the values under a secret's name hidden, whatever their form. */
function maskedSource(instruction: DockerfileInstruction): string {
  const { keyword, source, content } = instruction;
  if (!["ENV", "ARG", "LABEL"].includes(keyword)) return maskText(source);
  const hidden = assignmentsOf(instruction).flatMap(({ name, value = "" }) => {
    const plain = unquoted(value);
    const shown = maskText(plain, name);
    return shown === plain ? [] : [{ value, shown: shown.replaceAll(" ", "") }];
  });
  if (hidden.length > shownSecrets) return `${keyword} *** (${hidden.length} secrets)`;
  // A value that goes on in another line is found in the joined text alone.
  const written = hidden.every(({ value }) => source.includes(value)) ? source : `${keyword} ${content}`;
  return maskText(hidden.reduce((text, { value, shown }) => text.replaceAll(value, shown), written));
}
