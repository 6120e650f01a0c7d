import { imageBase } from "../../facts/image/base.ts";
import { defineImageCollector, type OpenedImage } from "../image-collector.ts";
import { historyOf } from "../image-history.ts";

/** Where builders write what an image was built on (OCI image-spec annotations.md). */
const baseName = "org.opencontainers.image.base.name";
const baseDigest = "org.opencontainers.image.base.digest";

export default defineImageCollector({
  provides: imageBase,
  version: 2,
  *collect(image) {
    yield {
      subject: image.subject,
      source: `${image.source}: configuration ${image.configDigest}`,
      value: baseOf(image),
    };
  },
});

function baseOf({ config, layers, builtFrom }: OpenedImage) {
  const labelled = config.labels[baseName];
  const [only, ...others] = builtFrom;
  // Of several images that the build took in, provenance does not say which one is the base.
  const stated = labelled === undefined && others.length === 0 ? only : undefined;
  const reference = labelled ?? stated?.reference;
  const steps = historyOf(config);
  const oldest = steps.map((step) => Date.parse(step.created ?? "")).find((time) => time > 0);
  return {
    reference,
    digest: config.labels[baseDigest] ?? stated?.digest,
    shownBy: labelled !== undefined ? ("label" as const) : stated === undefined ? undefined : ("provenance" as const),
    unknownBecause:
      reference === undefined && others.length > 0
        ? `its provenance names ${builtFrom.length} images that it was built from, and not which one is its base`
        : undefined,
    // One layer that the first step copied or added, and nothing before it: built from scratch.
    scratch:
      reference === undefined &&
      layers.length <= 1 &&
      /^(\/bin\/sh -c #\(nop\) )?(ADD|COPY) /.test(steps[0]?.createdBy ?? ""),
    oldestStep: oldest === undefined ? undefined : new Date(oldest).toISOString(),
  };
}
