import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
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
    if (base.location !== undefined)
      return unknown(
        "whether the image records its base is up to the builder, which a Dockerfile does not tell",
        "assess the image that is built of it",
      );
    if (base.reference === undefined)
      return fail({ at: "labels and provenance", found: base.unknownBecause ?? "nothing", expected });
    const evidence = {
      at: `base, shown by ${base.shownBy}`,
      found: base.digest === undefined ? base.reference : `${base.reference}@${base.digest}`,
      expected,
    };
    return base.digest === undefined ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ base: { reference: "docker.io/library/alpine:3.20", digest: "sha256:abc", shownBy: "label" } }],
    fail: [
      { base: {} },
      { base: { unknownBecause: "its provenance names 2 images" } },
      { base: { reference: "docker.io/library/alpine:3.20", shownBy: "label" } },
    ],
    unknown: [
      {
        base: {
          reference: "docker.io/library/alpine:3.20",
          shownBy: "Dockerfile",
          location: { file: "Dockerfile", line: 1 },
        },
      },
    ],
    notApplicable: [{ base: { scratch: true } }],
  },
});
