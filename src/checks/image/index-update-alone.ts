import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";

const updates = /\b(?:apt-get|apt|aptitude|apk|yum|dnf|microdnf|zypper)\b(?:\s+-\S+)*\s+(?:update|refresh|makecache)\b/;
const installs = /\b(?:install|add|upgrade|dist-upgrade|full-upgrade|reinstall|groupinstall|patch)\b/;

export default defineCheck({
  title: "Package index is updated in a step of its own",
  severity: "low",
  clauses: ["4.1.2-c", "4.1.2-g"],
  why: "The step is cached: later builds install from the old index and miss the fixes published since.",
  fix: "Update and install in one RUN: apt-get update && apt-get install -y ….",
  references: ["CIS Docker 1.6.0 4.7"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const { history } = configuration;
    if (history.length === 0)
      return unknown("the image carries no history", "build it without squashing the history away");
    const alone = history.flatMap((step, index) => {
      const text = step.createdBy ?? "";
      const [command] = updates.exec(text) ?? [];
      // yum update installs what it finds; the index is only refreshed by the others.
      if (command === undefined || installs.test(text) || /^(yum|dnf|microdnf)\b.*update$/.test(command)) return [];
      return [
        {
          at: `history step ${index + 1}: ${text.slice(0, 120)}`,
          found: command,
          expected: "an installation in the same step",
          key: command,
          layer: step.layer,
        },
      ];
    });
    return failEach(alone, { at: "history", found: `none of ${history.length} steps` });
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
    fail: [{ configuration: { history: [{ createdBy: "/bin/sh -c apt-get update" }] } }],
    unknown: [{ configuration: {} }],
  },
});
