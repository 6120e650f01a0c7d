import { defineCheck, type Evidence } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { commandsOf, failEachStep, type ImageInstruction, instructionEvidence } from "../../facts/image/instruction.ts";
import { packageCommand } from "../../facts/image/package-command.ts";

export default defineCheck({
  title: "Build upgrades the whole base",
  severity: "info",
  clauses: ["4.1.2-g", "4.1.2-c"],
  why: "The step is cached and brings whatever was newest on the day of the first build: it hides that the base is old, and no two builds are alike.",
  fix: "Build on a newer base (docker build --pull), and upgrade by name only what cannot wait for it.",
  references: ["CIS Docker 1.6.0 4.7"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    return failEachStep(configuration, upgradesAll);
  },
  examples: {
    pass: [
      { configuration: { history: [{ createdBy: "/bin/sh -c apt-get update && apt-get install -y curl" }] } },
      {
        configuration: {
          history: [{ createdBy: "RUN apk upgrade libssl3", location: { file: "Dockerfile", line: 2 } }],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "/bin/sh -c apt-get update && apt-get -y dist-upgrade" }] } },
      {
        configuration: { history: [{ createdBy: "RUN dnf -y update", location: { file: "Dockerfile", line: 2 } }] },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

function upgradesAll(instruction: ImageInstruction): Evidence[] {
  return commandsOf(instruction).flatMap((command) => {
    const told = packageCommand(command);
    if (told?.action !== "upgrade" || told.packages.length > 0) return [];
    const found = [command.name, ...command.words].join(" ").slice(0, 80);
    const item = { found, expected: "a newer base", key: `upgrade with ${told.manager}`, offset: command.offset };
    return [instructionEvidence(instruction, item, "info")];
  });
}
