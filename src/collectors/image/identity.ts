import { imageIdentity } from "../../facts/image/identity.ts";
import { defineImageCollector, type OpenedImage } from "../image-collector.ts";
import { instructionsByLayer, shownHistoryOf } from "../image-history.ts";

export default defineImageCollector({
  provides: imageIdentity,
  version: 2,
  *collect(image) {
    yield { subject: image.subject, source: image.source, value: identityOf(image) };
  },
});

function identityOf(image: OpenedImage) {
  const { name, references, format, manifestDigest, configDigest, platform, config } = image;
  const createdBy = instructionsByLayer(shownHistoryOf(config));
  return {
    name,
    references: [...references],
    format,
    manifestDigest,
    configDigest,
    platform: { ...platform },
    created: realDate(config.created),
    size: image.layers.reduce((sum, layer) => sum + layer.size, 0),
    layers: image.layers.map((layer, index) => ({ ...layer, createdBy: createdBy.get(index) })),
  };
}

/** Builders that want the same bytes from every build write the Unix epoch or the year 1: no date at all. */
function realDate(created: string | undefined): string | undefined {
  const time = Date.parse(created ?? "");
  return Number.isNaN(time) || time <= 0 ? undefined : new Date(time).toISOString();
}
