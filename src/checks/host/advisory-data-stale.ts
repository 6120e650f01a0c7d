import { z } from "zod";
import { defineCheck } from "../../core/check.ts";
import { dataAgeVerdict } from "../../facts/advisory-age.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";

const report = (date: string, ...ecosystems: { name: string; date: string }[]) => ({
  report: { advisories: { id: "a", date, source: "feeds", ecosystems }, matches: [], judged: 3 },
});

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
  evaluate: ({ report }, { now, params: { mostHours } }) => dataAgeVerdict(report, now, mostHours),
  examples: {
    pass: [
      report("2025-12-31T00:00:00Z"),
      report("2025-12-30"),
      report("2025-12-30", { name: "debian:12", date: "2025-12-31" }),
    ],
    fail: [report("2025-11-01T00:00:00Z"), report("2025-12-31", { name: "debian:12", date: "2025-11-01" })],
    unknown: [report("")],
  },
});
