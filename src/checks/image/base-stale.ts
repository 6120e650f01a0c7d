import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { imageBase } from "../../facts/image/base.ts";

const day = 86_400_000;

export default defineCheck({
  title: "Base of the image is old",
  severity: "medium",
  clauses: ["4.1.2-g"],
  why: "A rebuild on a base of last year brings last year's packages: only a fresh base brings its fixes.",
  fix: "docker build --pull --no-cache, on a schedule and whenever the base changes.",
  references: ["CIS Docker 1.6.0 4.4"],
  needs: { base: imageBase },
  evaluate({ base }, { now, settings }) {
    if (base.scratch) return notApplicable("it is built from scratch: there is no base to renew");
    if (base.location !== undefined)
      return unknown("a Dockerfile does not say how old its base is", "assess the image that is built of it");
    if (base.oldestStep === undefined)
      return unknown(
        "the image's history does not say when its first layer was made",
        "build on a base that records its dates, or scan the base image too",
      );
    const age = Math.floor((now.getTime() - Date.parse(base.oldestStep)) / day);
    const evidence = {
      at: "history: oldest step",
      found: `${base.oldestStep.slice(0, 10)}, ${age} days ago`,
      expected: `at most ${settings.maxImageAgeDays} days ago`,
    };
    return age > settings.maxImageAgeDays ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ base: { oldestStep: "2025-12-01T00:00:00Z" } }],
    fail: [{ base: { oldestStep: "2024-12-01T00:00:00Z" } }],
    notApplicable: [{ base: { scratch: true, oldestStep: "2024-12-01T00:00:00Z" } }],
    unknown: [
      {
        base: {
          reference: "docker.io/library/debian:12",
          shownBy: "Dockerfile",
          location: { file: "Dockerfile", line: 1 },
        },
      },
      { base: {} },
    ],
  },
});
