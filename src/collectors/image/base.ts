import { imageBase } from "../../facts/image/base.ts";
import { recordedBase } from "../../facts/image/recorded-base.ts";
import { defineImageCollector, type OpenedImage } from "../image-collector.ts";
import { historyOf } from "../image-history.ts";

/** Where builders write what an image was built on (OCI image-spec annotations.md). */
const baseName = "org.opencontainers.image.base.name";
const baseDigest = "org.opencontainers.image.base.digest";

export default defineImageCollector({
  provides: imageBase,
  version: 3,
  *collect(image) {
    yield {
      subject: image.subject,
      source: `${image.source}: configuration ${image.configDigest}`,
      value: baseOf(image),
    };
  },
});

function baseOf({ config, layers, builtFrom, annotations }: OpenedImage) {
  const steps = historyOf(config);
  const stated = statements({ config, builtFrom, annotations, recorded: recordedBase(steps)?.reference });
  const [base] = stated;
  const oldest = steps.map((step) => Date.parse(step.created ?? "")).find((time) => time > 0);
  return {
    reference: base?.reference,
    digest: base?.digest,
    shownBy: base?.shownBy,
    unknownBecause:
      base?.reference === undefined && builtFrom.length > 1
        ? `its provenance names ${builtFrom.length} images that it was built from, and not which one is its base`
        : undefined,
    // One layer that the first step copied or added, and nothing before it: built from scratch.
    scratch:
      base?.reference === undefined &&
      layers.length <= 1 &&
      /^(\/bin\/sh -c #\(nop\) )?(ADD|COPY) /.test(steps[0]?.createdBy ?? ""),
    oldestStep: oldest === undefined ? undefined : new Date(oldest).toISOString(),
  };
}

/** What says what the image was built on, the most certain first: labels are handed down from the base and may speak of the base's own. */
function statements({
  config: { labels },
  builtFrom,
  annotations,
  recorded,
}: Pick<OpenedImage, "config" | "builtFrom" | "annotations"> & { readonly recorded: string | undefined }) {
  // Of several images that the build took in, provenance does not say which one is the base.
  const [only, ...others] = builtFrom;
  const provenance = others.length === 0 ? only : undefined;
  const all = [
    { reference: annotations[baseName], digest: annotations[baseDigest], shownBy: "annotation" as const },
    { reference: labels[baseName], digest: labels[baseDigest], shownBy: "label" as const },
    { reference: provenance?.reference, digest: provenance?.digest, shownBy: "provenance" as const },
    { reference: recorded, digest: undefined, shownBy: "history" as const },
  ];
  return all.filter(({ reference, digest }) => (reference ?? digest ?? "") !== "");
}
