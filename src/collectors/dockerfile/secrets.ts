import { imageSecrets } from "../../facts/image/secrets.ts";
import { assignmentsOf, type DockerfileInstruction, InstructionLines } from "../../formats/dockerfile/dockerfile.ts";
import { unquoted } from "../../formats/dockerfile/words.ts";
import { type ConfigurationTexts, configurationSecrets } from "../../formats/secrets/configuration-secrets.ts";
import { findSecrets } from "../../formats/secrets/find-secrets.ts";
import { defineDockerfileCollector, type OpenedDockerfile } from "./dockerfile-collector.ts";

const nothing: ConfigurationTexts = { env: [], labels: {}, commands: {}, history: [] };

/** The secrets that stand in the instructions of a Dockerfile. */
export const dockerfileSecrets = defineDockerfileCollector({
  provides: imageSecrets,
  collect: (dockerfile) => ({
    secrets: secretsOf(dockerfile),
    filesSearched: 0,
    bytesSearched: dockerfile.steps.reduce((sum, { instruction }) => sum + instruction.source.length, 0),
    seen: "instructions" as const,
  }),
});

function secretsOf({ steps, file }: OpenedDockerfile) {
  const seen = new Set<string>();
  return steps.flatMap(({ instruction, step }) => {
    const lines = new InstructionLines(instruction);
    const linesInSource = linesBySecret(instruction.source);
    const isNamed = ["ENV", "LABEL", "ARG"].includes(instruction.keyword);
    return secretsIn(instruction)
      .filter(({ hash }) => !seen.has(hash) && seen.add(hash))
      .map((secret) => ({
        ...secret,
        location: {
          file,
          line: isNamed ? lines.lineOf(secret.at) : instruction.line + (linesInSource.get(secret.hash) ?? 1) - 1,
        },
        ...(step.buildStage === undefined ? {} : { buildStage: step.buildStage }),
      }));
  });
}

/** The line of each secret within an instruction that goes over many, a here-document's text included, from 1. One that a line's end parts is on none. */
function linesBySecret(source: string): ReadonlyMap<string, number> {
  return new Map(
    findSecrets(Buffer.from(source, "utf8"), { path: "configuration" }).flatMap(({ hash, line }) =>
      line === undefined ? [] : [[hash, line] as const],
    ),
  );
}

function secretsIn(instruction: DockerfileInstruction) {
  const { keyword, content } = instruction;
  const assigned = () =>
    assignmentsOf(instruction).map(({ name, value }) => [name, value === undefined ? "" : unquoted(value)] as const);
  switch (keyword) {
    case "ENV":
      return configurationSecrets({ ...nothing, env: assigned().map(([name, value]) => `${name}=${value}`) });
    case "LABEL":
      return configurationSecrets({ ...nothing, labels: Object.fromEntries(assigned()) });
    case "ARG":
      return configurationSecrets({
        ...nothing,
        env: assigned().flatMap(([name, value]) => (value === "" ? [] : [`${name}=${value}`])),
      }).map((secret) => ({ ...secret, source: "build-argument" as const }));
    case "FROM":
      return [];
    default:
      return configurationSecrets({ ...nothing, commands: { [keyword]: [content] } });
  }
}
