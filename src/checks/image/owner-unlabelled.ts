import { defineCheck, type Evidence, failEach, unknown } from "../../core/check.ts";
import { imageConfiguration } from "../../facts/image/configuration.ts";

/** What must be known of an image, and the labels that say it, the first of which is the standard one (OCI image-spec annotations.md; label-schema.org before it). */
const wanted = [
  {
    what: "owner",
    labels: [
      "org.opencontainers.image.authors",
      "org.opencontainers.image.vendor",
      "maintainer",
      "org.label-schema.vendor",
      "vendor",
    ],
  },
  {
    what: "source",
    labels: ["org.opencontainers.image.source", "org.opencontainers.image.url", "org.label-schema.vcs-url", "vcs-url"],
  },
  { what: "revision", labels: ["org.opencontainers.image.revision", "org.label-schema.vcs-ref", "vcs-ref"] },
] as const;

export default defineCheck({
  title: "Image does not say who owns it and what it was built from",
  severity: "info",
  clauses: ["4.1.2-c"],
  why: "A finding reaches somebody only when the image names its owner and source.",
  fix: "LABEL org.opencontainers.image.vendor=… org.opencontainers.image.source=… org.opencontainers.image.revision=…",
  needs: { configuration: imageConfiguration },
  evaluate({ configuration }) {
    const { labels, author } = configuration;
    const said = (what: string, names: readonly string[]) =>
      names.some((name) => (labels[name] ?? "") !== "") || (what === "owner" && (author ?? "") !== "");
    const missing = wanted.filter(({ what, labels: names }) => !said(what, names));
    const open = configuration.open.find(({ setting }) => setting === "labels");
    // What is set to nothing is missing whatever the build adds; what is not set it may add.
    const certain =
      open === undefined ? missing : missing.filter(({ labels: names }) => names.some((name) => labels[name] === ""));
    if (open !== undefined && certain.length === 0 && missing.length > 0)
      return unknown(
        `the Dockerfile names no ${missing.map(({ what }) => what).join(" and no ")}: ${open.reason}`,
        open.remedy,
      );
    return failEach(
      certain.map(
        ({ what, labels: names }): Evidence => ({
          at: "configuration: Labels",
          found: `no ${what}`,
          expected: names[0],
          key: what,
          location: names.map((name) => configuration.places[`label ${name}`]).find((place) => place !== undefined),
        }),
      ),
      { at: "configuration: Labels", found: "owner, source and revision" },
    );
  },
  examples: {
    pass: [
      {
        configuration: {
          labels: {
            "org.opencontainers.image.vendor": "Example",
            "org.opencontainers.image.source": "https://example.invalid/shop",
            "org.opencontainers.image.revision": "ab12",
          },
        },
      },
    ],
    fail: [
      { configuration: {} },
      {
        configuration: {
          labels: { maintainer: "" },
          open: [{ setting: "labels", reason: "the build may give them", remedy: "build it" }],
        },
      },
    ],
    unknown: [
      { configuration: { open: [{ setting: "labels", reason: "the build may give them", remedy: "build it" }] } },
    ],
  },
});
