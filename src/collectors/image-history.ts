import { isFirstOfBuild } from "../facts/image/recorded-base.ts";
import type { ImageConfig } from "../formats/image-archive/image-config.ts";
import { configurationMask } from "../formats/secrets/configuration-secrets.ts";

/** One step of an image's history with the layer that it made. */
export interface HistoryStep {
  readonly createdBy: string | undefined;
  readonly created: string | undefined;
  readonly comment: string | undefined;
  readonly emptyLayer: boolean;
  /** Index from 0; undefined for a step that made none. Of several steps that a builder put into one layer each has it. */
  readonly layer: number | undefined;
}

/** Instructions that put files into an image, as builders record them; the classic builder and buildah write RUN without its keyword. */
const content =
  /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ADD|COPY|RUN)\s|^(?:\|\d{1,3} .*?)?\/bin\/[a-z]+ (?:-\S+ )+(?!#\(nop\))/s;

/**
 * The steps, oldest first. They are matched with layers only where there are as many that made one as there are layers: a history that was cut or
 * squashed names none. Builders that make one layer of several steps (buildah without `--layers`, kaniko with a single snapshot) leave it to the
 * last of them: those before it that bring files have the same layer.
 */
export function historyOf(config: ImageConfig): HistoryStep[] {
  const made = config.history.filter((step) => !step.emptyLayer).length;
  const isComplete = made === config.rootfs.diffIds.length;
  const parts = partsOfLaterLayers(config.history);
  let layer = 0;
  return config.history.map(({ createdBy, created, comment, emptyLayer }, index) => {
    const own = isComplete && (!emptyLayer || parts[index]) ? layer : undefined;
    if (!emptyLayer) layer++;
    return { createdBy, created, comment, emptyLayer, layer: own };
  });
}

/** Which steps belong to the layer that a later step of the same build was left. */
function partsOfLaterLayers(history: ImageConfig["history"]): boolean[] {
  const parts: boolean[] = [];
  let hasLayer = false;
  for (const [index, { emptyLayer, createdBy = "", comment }] of [...history.entries()].reverse()) {
    if (!emptyLayer) hasLayer = true;
    parts[index] = emptyLayer && hasLayer && content.test(createdBy);
    if (isFirstOfBuild(comment)) hasLayer = false;
  }
  return parts;
}

/** What made each layer, by its index: of several steps that share one all, those that bring no files left out. */
export function instructionsByLayer(steps: readonly HistoryStep[]): Map<number, string> {
  const texts = new Map<number, string[]>();
  for (const { layer, createdBy = "", emptyLayer } of steps) {
    if (layer === undefined) continue;
    const earlier = texts.get(layer) ?? [];
    // The step that the builder left the layer to may itself bring nothing, as CMD does.
    if (!emptyLayer && earlier.length > 0 && !content.test(createdBy)) continue;
    texts.set(layer, [...earlier, createdBy]);
  }
  return new Map([...texts].map(([layer, all]) => [layer, all.join("; ")]));
}

/** The same as it may be stored and shown: secrets in its texts are masked. */
export function shownHistoryOf(config: ImageConfig): HistoryStep[] {
  const mask = maskOf(config);
  return historyOf(config).map((step) => ({
    ...step,
    createdBy: step.createdBy === undefined ? undefined : mask(step.createdBy),
    comment: step.comment === undefined ? undefined : mask(step.comment),
  }));
}

/** What masks the texts of a configuration: a secret that one of them names is hidden in all of them. */
export function maskOf(config: ImageConfig): (text: string, name?: string) => string {
  return configurationMask({ env: config.env, labels: config.labels, history: config.history });
}
