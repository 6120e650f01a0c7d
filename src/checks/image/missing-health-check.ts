import { defineCheck, fail, pass } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";
import { openVerdict } from "../../facts/image/instruction.ts";

export default defineCheck({
  title: "Image has no health check",
  severity: "info",
  clauses: ["4.1.2-c"],
  why: "Without one the engine cannot tell a working container from a hung one. Kubernetes ignores it in favour of its own probes.",
  fix: "Add HEALTHCHECK to the Dockerfile, or probes to the manifest.",
  references: ["CIS Docker 1.6.0 4.6"],
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const open = openVerdict(configuration, "healthcheck");
    if (open !== undefined) return open;
    const test = configuration.healthcheck ?? [];
    const isSet = test.length > 0 && test[0] !== "NONE";
    const evidence = {
      at: "configuration: Healthcheck",
      found: isSet ? test.join(" ") : test[0] === "NONE" ? "switched off" : "not set",
      expected: "a command",
      location: configuration.places["healthcheck"],
    };
    return isSet ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ configuration: { healthcheck: ["CMD", "/healthz"] } }],
    fail: [
      { configuration: {} },
      {
        configuration: { healthcheck: ["NONE"], places: { healthcheck: { file: "Dockerfile", line: 9 } } },
      },
    ],
    unknown: [
      { configuration: { open: [{ setting: "healthcheck", reason: "its base's holds", remedy: "build it" }] } },
    ],
  },
});
