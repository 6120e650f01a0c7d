import { defineCheck, type Evidence } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { commandsOf, failEachStep, type ImageInstruction, instructionEvidence } from "../../facts/image/instruction.ts";
import { packageCommand } from "../../facts/image/package-command.ts";

export default defineCheck({
  title: "Package index is updated in a step of its own",
  severity: "low",
  clauses: ["4.1.2-c", "4.1.2-g"],
  why: "The step is cached: later builds install from the old index and miss the fixes published since.",
  fix: "Update and install in one RUN: apt-get update && apt-get install -y ….",
  references: ["CIS Docker 1.6.0 4.7"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    return failEachStep(configuration, updatesAlone);
  },
  examples: {
    pass: [
      {
        configuration: {
          history: [
            { createdBy: "RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit" },
            { createdBy: "/bin/sh -c yum -y update" },
          ],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "/bin/sh -c apt-get update" }] } },
      {
        configuration: {
          history: [{ createdBy: "RUN apk update", location: { file: "Dockerfile", line: 2 }, buildStage: "build" }],
        },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

function updatesAlone(instruction: ImageInstruction): Evidence[] {
  const commands = commandsOf(instruction).map((command) => ({ command, told: packageCommand(command) }));
  // yum update and its like install what they find: to them updating is upgrading.
  if (commands.some(({ told }) => told?.action === "install" || told?.action === "upgrade")) return [];
  const update = commands.find(({ told }) => told?.action === "update");
  if (update === undefined) return [];
  const { name, words, offset } = update.command;
  const found = [name, ...words].join(" ").slice(0, 80);
  return [
    instructionEvidence(
      instruction,
      { found, expected: "an installation in the same step", key: found, offset },
      "info",
    ),
  ];
}
