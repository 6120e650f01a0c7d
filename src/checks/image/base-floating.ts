import type { z } from "zod";
import { defineCheck, type Evidence, failEach, notApplicable, unknown } from "../../core/check.ts";
import { imageBase } from "../../facts/image/base.ts";

type Base = z.output<typeof imageBase.schema>;

const expected = "a version, best with a digest";

export default defineCheck({
  title: "Image is built on a floating base",
  severity: "low",
  clauses: ["4.1.2-f", "4.1.2-g"],
  why: "`latest` names another base at every build: nobody can say which one this image has, or repeat the build.",
  fix: "FROM name:version@sha256:…, renewed by a bot whenever the base changes.",
  references: ["CIS Docker 1.6.0 4.2"],
  needs: { base: imageBase },
  evaluate({ base }) {
    const evidence = { at: `base, shown by ${base.shownBy}`, expected, location: base.location };
    const floating: Evidence[] = floatingBuildImages(base);
    if (base.reference !== undefined && floats(base.reference, base.digest))
      floating.unshift({ ...evidence, found: base.reference });
    if (floating.length === 0 && base.scratch) return notApplicable("it is built from scratch");
    if (floating.length === 0 && base.reference === undefined)
      return unknown(
        base.unknownBecause ?? "the image does not say what it was built on",
        base.location === undefined
          ? "label it org.opencontainers.image.base.name"
          : "give ARG a default, or assess the image that is built of it",
      );
    return failEach(floating, { ...evidence, found: base.reference });
  },
  examples: {
    pass: [
      { base: { reference: "docker.io/library/debian:12.5", shownBy: "label" } },
      { base: { reference: "docker.io/library/debian:latest", digest: "sha256:ab", shownBy: "label" } },
      {
        base: {
          reference: "docker.io/library/debian:12",
          shownBy: "Dockerfile",
          location: { file: "Dockerfile", line: 1 },
        },
      },
    ],
    fail: [
      { base: { reference: "docker.io/library/debian:latest", shownBy: "label" } },
      { base: { reference: "localhost:5000/debian", shownBy: "label" } },
      {
        base: {
          reference: "docker.io/library/debian",
          shownBy: "Dockerfile",
          location: { file: "Dockerfile", line: 1 },
        },
      },
      {
        base: {
          scratch: true,
          buildImages: [
            {
              text: "golang",
              reference: "docker.io/library/golang",
              use: "stage build",
              location: { file: "Dockerfile", line: 1 },
            },
          ],
        },
      },
    ],
    unknown: [
      { base: {} },
      {
        base: {
          unknownBecause: "FROM $BASE: only a build gives BASE a value",
          location: { file: "Dockerfile", line: 1 },
        },
      },
    ],
    notApplicable: [{ base: { scratch: true } }],
  },
});

/** What is copied out of a floating image is as little known as what is built on one. */
function floatingBuildImages({ buildImages }: Base): Evidence[] {
  return buildImages.flatMap(({ reference, use, location }) =>
    reference !== undefined && floats(reference)
      ? [{ at: use, found: reference, expected, key: `${use} ${reference}`, location }]
      : [],
  );
}

function floats(reference: string, known?: string): boolean {
  const [name = "", digest = known] = reference.split("@");
  const [, tag = "latest"] = /:([^/:]+)$/.exec(name) ?? [];
  return digest === undefined && /^(latest|stable|edge|main|master|nightly|rolling|devel?)$/.test(tag);
}
