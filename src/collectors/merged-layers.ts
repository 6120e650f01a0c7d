import { LayerTree } from "../formats/layer-tree.ts";
import type { LayerItem } from "./image-collector.ts";
import type { AnalysedEntry } from "./layer-cache.ts";

interface KeptItem {
  readonly collector: string;
  readonly path: string;
  readonly layer: number;
  readonly item: unknown;
  visible: boolean;
  visiblePath: string;
}

/** The layers of an image, applied one on the other, with what analysers made of their files. */
export class MergedLayers {
  readonly tree = new LayerTree<KeptItem[]>();
  readonly #items: KeptItem[] = [];
  #isMarked = false;

  /** Applies entries of the layer at `layer`, from 0; call it in the order of the layers. */
  add(layer: number, entries: Iterable<AnalysedEntry>): void {
    this.#isMarked = false;
    for (const { entry, items } of entries) {
      if (items === undefined) {
        this.tree.add(layer, entry);
        continue;
      }
      const data = Object.entries(items).map(([collector, item]) => keptItem(collector, entry.path, layer, item));
      this.#items.push(...data);
      this.tree.add(layer, { ...entry, data });
    }
  }

  /** What one collector's analyser made of the files of all layers, each with whether it is still seen and under which path. */
  itemsOf(collector: string): LayerItem<unknown>[] {
    this.#markVisible();
    return this.#items
      .filter((item) => item.collector === collector)
      .map(({ item, layer, visible, visiblePath }) => ({ item, layer, visible, path: visiblePath }));
  }

  /** What the merged tree still shows is what a container sees, under the path that it shows it at. */
  #markVisible(): void {
    if (this.#isMarked) return;
    this.#isMarked = true;
    for (const entry of this.tree.entries()) {
      for (const item of entry.data ?? []) {
        if (item.visible) continue;
        item.visible = true;
        item.visiblePath = entry.path;
      }
    }
  }
}

function keptItem(collector: string, path: string, layer: number, item: unknown): KeptItem {
  return { collector, path, layer, item, visible: false, visiblePath: path };
}
