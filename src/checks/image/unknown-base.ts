import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { imageBase } from "../../facts/image/base.ts";

export default defineCheck({
  title: "Image does not say what it was built on",
  severity: "low",
  clauses: ["8176-6-a"],
  why: "When a base image is fixed, only a recorded base tells which images must be rebuilt.",
  fix: "Build with a tool that records the base (BuildKit provenance, buildah), or set the labels org.opencontainers.image.base.name and org.opencontainers.image.base.digest.",
  needs: { base: imageBase },
  evaluate({ base }) {
    if (base.scratch) return notApplicable("it is a base image itself: one layer built from scratch");
    const expected = "name and digest of the base";
    if (base.reference === undefined) return fail({ at: "labels and provenance", found: "nothing", expected });
    const evidence = {
      at: `base, shown by ${base.shownBy}`,
      found: base.digest === undefined ? base.reference : `${base.reference}@${base.digest}`,
      expected,
    };
    return base.digest === undefined ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ base: { reference: "docker.io/library/alpine:3.20", digest: "sha256:abc", shownBy: "label" } }],
    fail: [{ base: {} }, { base: { reference: "docker.io/library/alpine:3.20", shownBy: "label" } }],
    notApplicable: [{ base: { scratch: true } }],
  },
});
