import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { matchesGlob } from "../../core/glob.ts";
import { imageBase } from "../../facts/image/base.ts";

export default defineCheck({
  title: "Image is built on a base that the policy does not trust",
  severity: "high",
  clauses: ["4.1.2-f"],
  why: "Whoever makes the base layer puts files into every image above it.",
  fix: "Build FROM one of the bases in settings.trustedBases, or have this base vetted and added.",
  needs: { base: imageBase },
  evaluate({ base }, { settings }) {
    if (base.scratch) return notApplicable("it is built from scratch");
    if (settings.trustedBases.length === 0)
      return unknown("the policy names no trusted bases", "list them in settings.trustedBases of the policy file");
    if (base.reference === undefined)
      return unknown("the image does not say what it was built on", "label it org.opencontainers.image.base.name");
    const name = base.reference.replace(/@.*$/, "");
    const evidence = {
      at: `base, shown by ${base.shownBy}`,
      found: name,
      expected: settings.trustedBases.join(" or "),
    };
    const repository = name.replace(/:[^/:]+$/, "");
    return settings.trustedBases.some((trusted) => matchesGlob(trusted, name) || matchesGlob(trusted, repository))
      ? pass(evidence)
      : fail(evidence);
  },
  examples: {
    pass: [
      {
        base: { reference: "docker.io/library/debian:12", shownBy: "label" },
        context: { settings: { trustedBases: ["docker.io/library/*"] } },
      },
    ],
    fail: [
      {
        base: { reference: "docker.io/stranger/debian:12", shownBy: "label" },
        context: { settings: { trustedBases: ["docker.io/library/*"] } },
      },
    ],
    unknown: [
      { base: { reference: "docker.io/library/debian:12", shownBy: "label" } },
      { base: {}, context: { settings: { trustedBases: ["x"] } } },
    ],
    notApplicable: [{ base: { scratch: true } }],
  },
});
