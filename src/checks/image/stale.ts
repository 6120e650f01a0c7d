import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { imageIdentity } from "../../facts/image/identity.ts";

const day = 86_400_000;

export default defineCheck({
  title: "Image has not been rebuilt for long",
  severity: "medium",
  clauses: ["4.1.2-g", "4.2.2-e"],
  why: "An image is frozen on the day it is built: fixes of its base and packages reach it only when somebody rebuilds it.",
  fix: "Rebuild it on today's base with --pull --no-cache, on a schedule.",
  references: ["CIS Docker 1.6.0 4.4"],
  needs: { identity: imageIdentity },
  evaluate({ identity }, { now, settings }) {
    if (identity.created === undefined)
      return unknown(
        "the image does not say when it was built",
        "build it with SOURCE_DATE_EPOCH set to the real date, or label it org.opencontainers.image.created",
      );
    const age = Math.floor((now.getTime() - Date.parse(identity.created)) / day);
    const evidence = {
      at: "configuration: created",
      found: `${identity.created.slice(0, 10)}, ${age} days ago`,
      expected: `at most ${settings.maxImageAgeDays} days ago`,
    };
    return age > settings.maxImageAgeDays ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ identity: { ...image("2025-12-01T00:00:00Z") } }],
    fail: [
      { identity: { ...image("2020-04-23T00:00:00Z") } },
      { identity: { ...image("2025-12-01T00:00:00Z") }, context: { settings: { maxImageAgeDays: 30 } } },
    ],
    unknown: [{ identity: { ...image(undefined) } }],
  },
});

function image(created: string | undefined) {
  return {
    name: "app",
    references: [],
    format: "oci-layout",
    configDigest: "sha256:0",
    platform: { os: "linux", architecture: "amd64" },
    created,
    size: 1,
    layers: [],
  };
}
