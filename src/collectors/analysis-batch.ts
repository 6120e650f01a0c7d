import { type Analyser, analyseFile, type FileItems } from "./file-analysis.ts";
import type { ImageCollector, LayerFile } from "./image-collector.ts";

/** A file of a batch: where its bytes lie in the batch's buffer, and the ids of the collectors that want it. */
export interface BatchFile {
  readonly file: LayerFile;
  readonly start: number;
  readonly length: number;
  readonly wantedBy: readonly string[];
}

/** Files whose bytes lie one after the other in one buffer, so that they go to another thread without a copy each. */
export interface FileBatch {
  readonly buffer: ArrayBuffer;
  readonly files: readonly BatchFile[];
}

/** What is made of each file of a batch, in the order of its files. */
export async function analyseBatch(
  { buffer, files }: FileBatch,
  collectors: ReadonlyMap<string, ImageCollector>,
): Promise<(FileItems | undefined)[]> {
  const made: (FileItems | undefined)[] = [];
  for (const { file, start, length, wantedBy } of files) {
    const interested = wantedBy.map((id): Analyser => [id, collectorOf(id, collectors)]);
    made.push(await analyseFile(file, new Uint8Array(buffer, start, length), interested));
  }
  return made;
}

function collectorOf(id: string, collectors: ReadonlyMap<string, ImageCollector>): ImageCollector {
  const found = collectors.get(id);
  if (found === undefined) throw new Error(`no image collector is called ${id}`);
  return found;
}
