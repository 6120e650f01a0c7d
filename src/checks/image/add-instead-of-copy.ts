import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";

const adds = /^(?:\/bin\/sh -c #\(nop\) +)?ADD\s+(?!.*\b(?:https?|ftp|git@|ssh):)(?:--\S+\s+)*(\S+)/i;

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
    if (history.length === 0)
      return unknown("the image carries no history", "build it without squashing the history away");
    const steps = history.flatMap((step, index) => {
      const [, source] = adds.exec(step.createdBy ?? "") ?? [];
      // The first layer of a base is its root file system, which only ADD unpacks.
      if (source === undefined || (step.layer ?? index) === 0) return [];
      return [
        {
          at: `history step ${index + 1}: ${(step.createdBy ?? "").slice(0, 120)}`,
          found: `ADD ${source}`,
          expected: "COPY",
          key: `ADD ${source.replace(/^(file|dir|multi):[0-9a-f]{16,}/, "$1")}`,
          layer: step.layer,
        },
      ];
    });
    return failEach(steps, { at: "history", found: `none of ${history.length} steps` });
  },
  examples: {
    pass: [
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
            { createdBy: "/bin/sh -c #(nop) ADD file:ab12 in / ", layer: 0 },
            { createdBy: "ADD app.tar.gz /app # buildkit", layer: 1 },
          ],
        },
      },
    ],
    unknown: [{ configuration: {} }],
  },
});
