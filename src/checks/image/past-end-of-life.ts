import { defineCheck } from "../../core/check.ts";
import { maintenanceVerdict } from "../../facts/end-of-life-evidence.ts";
import { imageEndOfLife } from "../../facts/image/end-of-life.ts";

const record = { product: "alpine", source: "endoflife.date", dataDate: "2025-12-01" };

export default defineCheck({
  title: "Image is built on a release past its end of life",
  severity: "high",
  clauses: ["4.1.1-f", "4.1.2-g"],
  why: "A release without maintenance gets no advisories and no fixes: that nothing is reported for it means nothing.",
  fix: "Rebuild on a release that is maintained.",
  references: ["CIS Docker 1.6.0 4.4"],
  needs: { life: imageEndOfLife },
  evaluate: ({ life }, context) => maintenanceVerdict(life, context),
  examples: {
    pass: [
      { life: { ...record, release: "3.22", endsOn: "2027-05-01" } },
      { life: { ...record, release: "edge", ended: false } },
    ],
    fail: [
      { life: { ...record, release: "3.11", endsOn: "2021-11-01" } },
      { life: { ...record, release: "2.1", ended: true } },
    ],
    unknown: [{ life: { ...record, release: "9.9" } }],
  },
});
