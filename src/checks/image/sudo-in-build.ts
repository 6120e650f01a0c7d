import { defineCheck, type Evidence } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { commandsOf, failEachStep, type ImageInstruction, instructionEvidence } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Build calls sudo",
  severity: "low",
  clauses: ["4.1.2-b", "4.1.2-c"],
  why: "A build step runs as the user that it is told: sudo in it means that sudo, and a user who may call it, stay in the image.",
  fix: "USER root before the step that needs it, USER 10001 after it; remove sudo from the image.",
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    return failEachStep(configuration, calledThroughSudo);
  },
  examples: {
    pass: [
      { configuration: { history: [{ createdBy: "RUN /bin/sh -c apt-get install -y sudo # buildkit" }] } },
      {
        configuration: {
          history: [{ createdBy: "RUN echo sudo make", location: { file: "Dockerfile", line: 2 } }],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "/bin/sh -c sudo -u app make install" }] } },
      {
        configuration: {
          history: [{ createdBy: "RUN cd /src && sudo make", location: { file: "Dockerfile", line: 2 } }],
        },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

function calledThroughSudo(instruction: ImageInstruction): Evidence[] {
  const called = commandsOf(instruction).find(({ isSudo }) => isSudo);
  if (called === undefined) return [];
  const found = `sudo ${called.name}`;
  return [instructionEvidence(instruction, { found, expected: "USER", key: found, offset: called.offset }, "info")];
}
