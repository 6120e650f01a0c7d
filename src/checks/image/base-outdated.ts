import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { imageLineage } from "../../facts/image/lineage.ts";

export default defineCheck({
  title: "Image was not rebuilt since its base was renewed",
  severity: "medium",
  clauses: ["4.1.2-g", "8176-6-b"],
  why: "The fixes of a new base reach an image only when it is rebuilt on it, and then everything that is built on that image in turn.",
  fix: "Rebuild it on the newer base; have the registry or a bot do so whenever the base changes.",
  references: ["CIS Docker 1.6.0 4.4"],
  needs: { lineage: imageLineage },
  evaluate({ lineage }) {
    const [base] = lineage.ancestors;
    if (base === undefined && lineage.derived.length > 0)
      return notApplicable("other images are built on it, and none at hand is its base");
    if (base === undefined)
      return unknown(
        "the image's base is not among the images at hand",
        "assess its base and the base's newest build along with it",
      );
    const [newest] = lineage.newerBases;
    const evidence = { at: "layers of the images at hand", expected: "the newest build of its base" };
    const own = `built on ${base.name}${base.created === undefined ? "" : ` of ${base.created.slice(0, 10)}`}`;
    if (newest) {
      return fail({
        ...evidence,
        found: `${own}; ${newest.name} of ${newest.created?.slice(0, 10)} is newer`,
        fix: `rebuild it on ${newest.name} of ${newest.created?.slice(0, 10)}, then what is built on it`,
        details: { base: base.subject, newer: newest.subject, rebuildStep: lineage.rebuildStep },
      });
    }
    if (lineage.needsRebuild)
      return fail({
        ...evidence,
        found: `${own}, which must itself be rebuilt first`,
        details: { base: base.subject, rebuildStep: lineage.rebuildStep },
      });
    if (base.created === undefined)
      return unknown(`${base.name} does not say when it was built`, "build it with a real date");
    return pass({ ...evidence, found: `${own}, the newest at hand` });
  },
  examples: {
    pass: [
      {
        lineage: {
          ancestors: [base()],
          derived: [],
          baseLayers: 1,
          shownBy: "layers",
          newerBases: [],
          needsRebuild: false,
          rebuildStep: 1,
        },
      },
    ],
    fail: [
      {
        lineage: {
          ancestors: [base()],
          derived: [],
          baseLayers: 1,
          shownBy: "layers",
          newerBases: [{ subject: "image/sha256:b", name: "debian:12", created: "2025-12-01T00:00:00Z" }],
          needsRebuild: true,
          rebuildStep: 1,
        },
      },
      {
        lineage: {
          ancestors: [base()],
          derived: [],
          baseLayers: 1,
          shownBy: "layers",
          newerBases: [],
          needsRebuild: true,
          rebuildStep: 2,
        },
      },
    ],
    notApplicable: [
      {
        lineage: {
          ancestors: [],
          derived: [{ subject: "image/sha256:c", name: "app" }],
          newerBases: [],
          needsRebuild: false,
          rebuildStep: 0,
        },
      },
    ],
    unknown: [{ lineage: { ancestors: [], derived: [], newerBases: [], needsRebuild: false, rebuildStep: 0 } }],
  },
});

function base() {
  return { subject: "image/sha256:a", name: "debian:12", created: "2025-06-01T00:00:00Z", layers: 1 };
}
