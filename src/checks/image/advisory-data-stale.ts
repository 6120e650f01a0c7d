import { z } from "zod";
import { defineCheck } from "../../core/check.ts";
import { dataAgeVerdict } from "../../facts/advisory-age.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";

const report = (date: string, ...ecosystems: { name: string; date: string }[]) => ({
  vulnerabilities: { advisories: { id: "a", date, source: "feeds", ecosystems }, matches: [], judged: 14 },
});

export default defineCheck({
  title: "The image was judged by old advisory data",
  severity: "medium",
  clauses: ["4.1.1-f", "4.1.1-g"],
  why: "A gate lets through what became known since then: that nothing was found says less than it seems to.",
  fix: "plimsoll db update, then assess again.",
  needs: { vulnerabilities: imageVulnerabilities },
  params: z.object({
    /** Hours that may lie between the date of the data and the assessment. */
    mostHours: z.number().positive().default(48),
  }),
  evaluate: ({ vulnerabilities }, { now, params: { mostHours } }) => dataAgeVerdict(vulnerabilities, now, mostHours),
  examples: {
    pass: [report("2025-12-30"), report("2025-11-01", { name: "npm", date: "2025-12-31T00:00:00Z" })],
    fail: [
      report("2025-11-01T00:00:00Z"),
      report("2025-12-31", { name: "alpine:3.20", date: "2025-12-31" }, { name: "npm", date: "2025-02-18" }),
    ],
    unknown: [report("yesterday")],
  },
});
