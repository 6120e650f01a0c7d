import { defineCheck, failEach } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import {
  historySource,
  type ImageInstruction,
  instructionEvidence,
  instructionsOf,
  noHistory,
} from "../../facts/image/instruction.ts";

const address = /\b(?:https?|ftp|ssh):|\bgit@/;

export default defineCheck({
  title: "Files are added with ADD where COPY would do",
  severity: "info",
  clauses: ["4.1.2-c"],
  why: "ADD unpacks archives and follows addresses by the name of its source alone: a renamed file changes what lands in the image.",
  fix: "Write COPY, and unpack archives in a RUN step of their own.",
  references: ["CIS Docker 1.6.0 4.9"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const { history } = configuration;
    if (history.length === 0) return noHistory();
    const instructions = instructionsOf(history);
    const adds = instructions.filter(
      (one) => one.keyword === "ADD" && !address.test(one.text) && !isRootFileSystem(one, instructions),
    );
    return failEach(
      adds.map((one) => {
        const source = /^(?:--\S+\s+)*\[?\s*"?([^\s",]+)/.exec(one.text)?.[1] ?? "";
        const key = `ADD ${source.replace(/^(file|dir|multi):[0-9a-f]{16,}/, "$1")}`;
        return instructionEvidence(one, { found: `ADD ${source}`, expected: "COPY", key }, "info");
      }),
      { at: historySource(configuration), found: `none of ${history.length} steps` },
    );
  },
  examples: {
    pass: [
      {
        configuration: {
          history: [
            { createdBy: "FROM scratch", location: { file: "Dockerfile", line: 1 } },
            { createdBy: "ADD rootfs.tar /", location: { file: "Dockerfile", line: 2 } },
          ],
        },
      },
      {
        configuration: {
          history: [
            { createdBy: "/bin/sh -c #(nop) ADD file:ab12 in / ", layer: 0 },
            { createdBy: "COPY app /app # buildkit", layer: 1 },
          ],
        },
      },
    ],
    fail: [
      {
        configuration: {
          history: [
            { createdBy: "FROM alpine:3.20", location: { file: "Dockerfile", line: 1 } },
            { createdBy: "ADD app.tar.gz /app", location: { file: "Dockerfile", line: 2 } },
          ],
        },
      },
      {
        configuration: {
          history: [
            { createdBy: "/bin/sh -c #(nop) ADD file:ab12 in / ", layer: 0 },
            { createdBy: "ADD app.tar.gz /app # buildkit", layer: 1 },
          ],
        },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});

/** The first layer of a base is its root file system, which only ADD unpacks. */
function isRootFileSystem({ index, step }: ImageInstruction, instructions: readonly ImageInstruction[]): boolean {
  if (step.location === undefined) return (step.layer ?? index) === 0;
  const before = instructions[index - 1];
  return before?.keyword === "FROM" && /(?:^|\s)scratch\b/.test(before.text);
}
