import { defineCheck, type Evidence, failEach, notApplicable, unknown } from "../../core/check.ts";
import { matchesGlob } from "../../core/glob.ts";
import { imageBase } from "../../facts/image/base.ts";

export default defineCheck({
  title: "Image is built on a base that the policy does not trust",
  severity: "high",
  clauses: ["4.1.2-f"],
  why: "Whoever makes the base layer puts files into every image above it.",
  fix: "Build FROM one of the bases in settings.trustedBases, or have this base vetted and added.",
  references: ["CIS Docker 1.6.0 4.2"],
  needs: { base: imageBase },
  evaluate({ base }, { settings }) {
    const isTrusted = (reference: string) => {
      const name = reference.replace(/@.*$/, "");
      const repository = name.replace(/:[^/:]+$/, "");
      return settings.trustedBases.some((trusted) => matchesGlob(trusted, name) || matchesGlob(trusted, repository));
    };
    const expected = settings.trustedBases.join(" or ");
    const strange = base.buildImages.filter(({ reference }) => reference !== undefined && !isTrusted(reference));
    if (base.scratch && base.buildImages.length === 0) return notApplicable("it is built from scratch");
    if (settings.trustedBases.length === 0)
      return unknown("the policy names no trusted bases", "list them in settings.trustedBases of the policy file");
    const evidence: Evidence = {
      at: `base, shown by ${base.shownBy}`,
      found: base.scratch ? "scratch" : base.reference?.replace(/@.*$/, ""),
      expected,
      location: base.location,
    };
    const untrusted: Evidence[] = strange.map(({ reference, use, location }) => {
      const found = reference?.replace(/@.*$/, "");
      return { at: use, found, expected, key: `${use} ${found}`, severity: "medium", location };
    });
    if (base.reference !== undefined && !isTrusted(base.reference)) untrusted.unshift(evidence);
    if (untrusted.length === 0 && base.reference === undefined && !base.scratch)
      return unknown(
        base.unknownBecause ?? "the image does not say what it was built on",
        base.location === undefined
          ? "label it org.opencontainers.image.base.name"
          : "give ARG a default, or assess the image that is built of it",
      );
    const untold = base.buildImages.find(({ reference }) => reference === undefined);
    if (untrusted.length === 0 && untold !== undefined)
      return unknown(`${untold.text} (${untold.use}) is only known when the image is built`, "give ARG a default");
    return failEach(untrusted, evidence);
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
        base: {
          reference: "docker.io/library/debian:12",
          shownBy: "Dockerfile",
          buildImages: [
            {
              text: "stranger/tools:1",
              reference: "docker.io/stranger/tools:1",
              use: "COPY --from",
              location: { file: "Dockerfile", line: 6 },
            },
          ],
        },
        context: { settings: { trustedBases: ["docker.io/library/*"] } },
      },
      {
        base: { reference: "docker.io/stranger/debian:12", shownBy: "label" },
        context: { settings: { trustedBases: ["docker.io/library/*"] } },
      },
    ],
    unknown: [
      {
        base: {
          unknownBecause: "FROM $BASE: only a build gives BASE a value",
          location: { file: "Dockerfile", line: 1 },
        },
        context: { settings: { trustedBases: ["docker.io/library/*"] } },
      },
      { base: { reference: "docker.io/library/debian:12", shownBy: "label" } },
      { base: {}, context: { settings: { trustedBases: ["x"] } } },
    ],
    notApplicable: [{ base: { scratch: true } }],
  },
});
