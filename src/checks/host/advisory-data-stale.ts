import { z } from "zod";
import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";

const hour = 3_600_000;

export default defineCheck({
  title: "The host was judged by old advisory data",
  severity: "medium",
  clauses: ["4.5.1-e", "4.5.3-b"],
  why: "What became known since then is missing from the answer: no finding says less than it seems to.",
  fix: "plimsoll db update, then assess again.",
  needs: { report: hostVulnerabilities },
  params: z.object({
    /** Hours that may lie between the date of the data and the assessment. */
    mostHours: z.number().positive().default(48),
  }),
  evaluate({ report: { advisories } }, { now, params: { mostHours } }) {
    const made = Date.parse(advisories.date);
    if (Number.isNaN(made))
      return unknown(`the advisory data bears no date (${advisories.date})`, "build it anew: plimsoll db build");
    // A date without a time stands for its whole day.
    const end = /T/.test(advisories.date) ? made : made + 24 * hour;
    const hours = Math.max(0, Math.floor((now.getTime() - end) / hour));
    const evidence = {
      at: advisories.source,
      found: `data of ${advisories.date}, ${hours} hours older than what was assessed`,
      expected: `at most ${mostHours} hours`,
    };
    return hours > mostHours ? fail({ ...evidence, details: { hours } }) : pass(evidence);
  },
  examples: {
    pass: [
      { report: { advisories: { id: "a", date: "2025-12-31T00:00:00Z", source: "debian" }, matches: [], judged: 3 } },
      { report: { advisories: { id: "a", date: "2025-12-30", source: "debian" }, matches: [], judged: 3 } },
    ],
    fail: [
      { report: { advisories: { id: "a", date: "2025-11-01T00:00:00Z", source: "debian" }, matches: [], judged: 3 } },
    ],
    unknown: [{ report: { advisories: { id: "a", date: "", source: "debian" }, matches: [], judged: 3 } }],
  },
});
