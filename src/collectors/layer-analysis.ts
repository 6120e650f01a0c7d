import { analyseBatch, type BatchFile, type FileBatch } from "./analysis-batch.ts";
import type { AnalysisWorkers } from "./analysis-workers.ts";
import { type Analyser, analyseFile, type FileItems } from "./file-analysis.ts";
import type { ImageCollector, LayerFile } from "./image-collector.ts";
import type { AnalysedEntry } from "./layer-cache.ts";

/** Bytes and files of one batch for a thread; a larger file is a batch of its own. */
const batchBytes = 1024 ** 2;
const batchFiles = 256;

interface Slot {
  readonly entry: AnalysedEntry["entry"];
  items: FileItems | undefined;
  isDone: boolean;
}

/**
 * Analyses the files of one layer and gives its entries back in their order: on this thread at first, in batches on worker threads once they are worth it.
 * When they have enough to do, this thread does its part.
 */
export class LayerAnalysis {
  readonly #collectors: ReadonlyMap<string, ImageCollector>;
  readonly #workers: AnalysisWorkers | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #slots: Slot[] = [];
  #batch: { buffer: ArrayBuffer; used: number; files: BatchFile[]; slots: Slot[] } | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(analysers: readonly Analyser[], workers: AnalysisWorkers | undefined) {
    this.#collectors = new Map(analysers);
    this.#workers = workers;
  }

  /** Adds an entry that nobody looks into. */
  pass(entry: AnalysedEntry["entry"]): void {
    this.#slots.push({ entry, items: undefined, isDone: true });
  }

  /** Adds a file with its bytes, or with why they cannot be had. */
  async add(
    entry: AnalysedEntry["entry"],
    file: LayerFile,
    content: Uint8Array | string,
    interested: readonly Analyser[],
  ): Promise<void> {
    const slot: Slot = { entry, items: undefined, isDone: false };
    this.#slots.push(slot);
    if (typeof content !== "string" && this.#workers?.areWorthwhile) {
      await this.#enqueue(slot, file, content, interested);
      return;
    }
    const began = performance.now();
    slot.items = await analyseFile(file, content, interested);
    slot.isDone = true;
    this.#workers?.spent(performance.now() - began);
  }

  /** The entries whose turn it is and whose analysis is over. */
  finished(): AnalysedEntry[] {
    if (this.#failure) throw this.#failure.error;
    const open = this.#slots.findIndex(({ isDone }) => !isDone);
    const done = this.#slots.splice(0, open < 0 ? this.#slots.length : open);
    return done.map(({ entry, items }) => ({ entry, items }));
  }

  /** The rest, once all of it is analysed. */
  async rest(): Promise<AnalysedEntry[]> {
    await this.#send();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    return this.finished();
  }

  async #enqueue(slot: Slot, file: LayerFile, content: Uint8Array, interested: readonly Analyser[]): Promise<void> {
    const wantedBy = interested.map(([id]) => id);
    if (this.#batch && this.#batch.used + content.length > this.#batch.buffer.byteLength) await this.#send();
    this.#batch ??= {
      buffer: this.#workers!.buffer(Math.max(batchBytes, content.length)),
      used: 0,
      files: [],
      slots: [],
    };
    const batch = this.#batch;
    new Uint8Array(batch.buffer, batch.used, content.length).set(content);
    batch.files.push({ file, start: batch.used, length: content.length, wantedBy });
    batch.slots.push(slot);
    batch.used += content.length;
    if (batch.files.length >= batchFiles || batch.used >= batchBytes) await this.#send();
  }

  /** Gives the gathered files to a thread, or sees to them here where all have enough to do. */
  async #send(): Promise<void> {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined) return;
    const { buffer, files, slots } = batch;
    if (!this.#workers!.hasRoomFor(buffer.byteLength)) {
      settle(slots, await analyseBatch({ buffer, files }, this.#collectors));
      return;
    }
    this.#track(slots, { buffer, files });
  }

  #track(slots: readonly Slot[], batch: FileBatch): void {
    const done = this.#workers!.analyse(batch).then(
      (items) => settle(slots, items),
      (error: unknown) => {
        this.#failure ??= { error };
      },
    );
    const tracked: Promise<void> = done.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}

function settle(slots: readonly Slot[], items: readonly (FileItems | undefined)[]): void {
  slots.forEach((slot, at) => {
    slot.items = items[at];
    slot.isDone = true;
  });
}
