import { defineCheck, failEach } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import {
  historySource,
  type ImageInstruction,
  instructionEvidence,
  instructionsOf,
  noHistory,
} from "../../facts/image/instruction.ts";

const secretName =
  /(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:$|_(?:KEY|VALUE))/i;

export default defineCheck({
  title: "Secret is handed to the build as an argument",
  severity: "high",
  clauses: ["4.1.4-a", "4.1.2-c"],
  why: "Build arguments are recorded in the history and provenance of the image: whoever pulls it may read them, whether or not a file keeps them.",
  fix: "RUN --mount=type=secret,id=… and docker build --secret id=….",
  references: ["CIS Docker 1.6.0 4.10"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const { history } = configuration;
    if (history.length === 0) return noHistory();
    const names = new Map<string, ImageInstruction>();
    for (const instruction of instructionsOf(history))
      for (const name of instruction.buildArguments)
        if (secretName.test(name) && !names.has(name)) names.set(name, instruction);
    return failEach(
      [...names].map(([name, instruction]) =>
        instructionEvidence(
          instruction,
          {
            found: `build argument ${name}`,
            expected: "a secret mount",
            key: name,
            offset: Math.max(0, instruction.text.indexOf(name)),
          },
          // It stays in the build's cache and provenance.
          "medium",
        ),
      ),
      {
        at: historySource(configuration),
        found: `no secret's name among the build arguments of ${history.length} steps`,
      },
    );
  },
  examples: {
    pass: [
      {
        configuration: {
          history: [
            { createdBy: "ARG VERSION=1.2" },
            { createdBy: "RUN |1 VERSION=1.2 /bin/sh -c make # buildkit" },
            { createdBy: "ENV TOKEN_URL=x" },
          ],
        },
      },
    ],
    fail: [
      { configuration: { history: [{ createdBy: "ARG NPM_TOKEN" }] } },
      {
        configuration: {
          history: [{ createdBy: "ARG NPM_TOKEN", location: { file: "Dockerfile", line: 4 }, buildStage: "build" }],
        },
      },
      { configuration: { history: [{ createdBy: "|1 DB_PASSWORD=ab***yz(20) /bin/sh -c make" }] } },
    ],
    unknown: [{ configuration: {} }],
  },
});
