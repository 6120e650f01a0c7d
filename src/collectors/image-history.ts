import type { ImageConfig } from "../formats/image-archive/image-config.ts";

/** One step of an image's history with the layer that it made. */
export interface HistoryStep {
  readonly createdBy: string | undefined;
  readonly created: string | undefined;
  readonly comment: string | undefined;
  readonly emptyLayer: boolean;
  /** Index from 0; undefined for a step that made none. */
  readonly layer: number | undefined;
}

/** The steps, oldest first. They are matched with layers only where there are as many that made one as there are layers: a history that was cut or squashed names none. */
export function historyOf(config: ImageConfig): HistoryStep[] {
  const made = config.history.filter((step) => !step.emptyLayer).length;
  const isComplete = made === config.rootfs.diffIds.length;
  let layer = 0;
  return config.history.map(({ createdBy, created, comment, emptyLayer }) => ({
    createdBy,
    created,
    comment,
    emptyLayer,
    layer: emptyLayer || !isComplete ? undefined : layer++,
  }));
}
