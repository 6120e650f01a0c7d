import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { imageLineage } from "../../facts/image/lineage.ts";

const alone = { ancestors: [], derived: [], newerBases: [], needsRebuild: false, rebuildStep: 0 };

export default defineCheck({
  title: "Image names a base that it was not built on",
  severity: "medium",
  clauses: ["8176-6-a", "4.1.2-f"],
  why: "Labels are inherited and copied: one that names another base sends rebuilds and trust to the wrong place.",
  fix: "Let the builder write org.opencontainers.image.base.digest, and override what the base's own labels say.",
  needs: { lineage: imageLineage },
  evaluate({ lineage }) {
    const { label } = lineage;
    if (label === undefined) return notApplicable("it has no label with its base's digest: see unknown-base");
    if (label.state === "unseen")
      return unknown("the base that its label names is not among the images at hand", "assess that base along with it");
    const evidence = {
      at: "recorded base: org.opencontainers.image.base.digest",
      found: `${label.reference ?? "base"}@${label.digest}`,
      expected: "a base whose layers it begins with",
    };
    return label.state === "confirmed"
      ? pass(evidence)
      : fail({ ...evidence, found: `${evidence.found}, whose layers it does not have` });
  },
  examples: {
    pass: [{ lineage: { ...alone, label: { digest: "sha256:a", reference: "debian:12", state: "confirmed" } } }],
    fail: [{ lineage: { ...alone, label: { digest: "sha256:a", reference: "debian:12", state: "contradicted" } } }],
    notApplicable: [{ lineage: alone }],
    unknown: [{ lineage: { ...alone, label: { digest: "sha256:a", state: "unseen" } } }],
  },
});
