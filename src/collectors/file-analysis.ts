import { AppError, messageOf } from "../core/errors.ts";
import type { ImageCollector, LayerFile } from "./image-collector.ts";

/** A collector that looks at the bytes of files, with its id. */
export type Analyser = readonly [id: string, collector: ImageCollector];

/** What collectors made of a file, by their ids. Plain JSON. */
export type FileItems = Readonly<Record<string, unknown>>;

/** What each collector that wants the file makes of its bytes, or of the reason why they cannot be had; undefined where none makes anything of them. */
export async function analyseFile(
  file: LayerFile,
  content: Uint8Array | string,
  interested: readonly Analyser[],
): Promise<FileItems | undefined> {
  const items: (readonly [string, unknown])[] = [];
  for (const [id, collector] of interested) {
    const made = itemOf(collector, file, content);
    const item = made instanceof Promise ? await made : made;
    if (item !== undefined) items.push([id, item]);
  }
  return items.length === 0 ? undefined : Object.fromEntries(items);
}

function itemOf(collector: ImageCollector, file: LayerFile, content: Uint8Array | string): unknown {
  if (typeof content === "string") return collector.unread?.(file, content);
  // What hostile bytes may yield is told as unread; anything else is a bug, told the same way and named as one.
  const unread = (error: unknown) =>
    collector.unread?.(file, error instanceof AppError ? error.message : `a bug while reading it: ${messageOf(error)}`);
  try {
    const made = collector.analyse?.(file, content);
    return made instanceof Promise ? made.catch(unread) : made;
  } catch (error) {
    return unread(error);
  }
}
