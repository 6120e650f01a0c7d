import { defineCheck, failEach } from "../../core/check.ts";
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
    return failEach(
      missing.map(({ what, labels: names }) => ({
        at: "configuration: Labels",
        found: `no ${what}`,
        expected: names[0],
        key: what,
      })),
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
    fail: [{ configuration: {} }],
  },
});
