import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { imageBase } from "../../facts/image/base.ts";

export default defineCheck({
  title: "Image is built on a floating base",
  severity: "low",
  clauses: ["4.1.2-f", "4.1.2-g"],
  why: "`latest` names another base at every build: nobody can say which one this image has, or repeat the build.",
  fix: "FROM name:version@sha256:…, renewed by a bot whenever the base changes.",
  references: ["CIS Docker 1.6.0 4.2"],
  needs: { base: imageBase },
  evaluate({ base }) {
    if (base.scratch) return notApplicable("it is built from scratch");
    if (base.reference === undefined)
      return unknown("the image does not say what it was built on", "label it org.opencontainers.image.base.name");
    const [name = "", digest = base.digest] = base.reference.split("@");
    const [, tag = "latest"] = /:([^/:]+)$/.exec(name) ?? [];
    const evidence = {
      at: `base, shown by ${base.shownBy}`,
      found: base.reference,
      expected: "a version, best with a digest",
    };
    return /^(latest|stable|edge|main|master|nightly|rolling|devel?)$/.test(tag) && digest === undefined
      ? fail(evidence)
      : pass(evidence);
  },
  examples: {
    pass: [
      { base: { reference: "docker.io/library/debian:12.5", shownBy: "label" } },
      { base: { reference: "docker.io/library/debian:latest", digest: "sha256:ab", shownBy: "label" } },
    ],
    fail: [
      { base: { reference: "docker.io/library/debian:latest", shownBy: "label" } },
      { base: { reference: "localhost:5000/debian", shownBy: "label" } },
    ],
    unknown: [{ base: {} }],
    notApplicable: [{ base: { scratch: true } }],
  },
});
