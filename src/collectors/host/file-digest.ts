import { availableParallelism } from "node:os";
import { systemPath } from "../../formats/path-bytes.ts";
import { DigestHelper } from "./digest-helper.ts";
import { digestFile } from "./digest-work.mjs";

/** The digest of a file in hexadecimal, or why there is none. */
export type FileDigest = { readonly digest: string } | { readonly missing: "absent" | "unread" };

/** A file of this machine to be digested. */
export interface DigestJob {
  readonly path: string;
  readonly algorithm: string;
}

/** Files between two breaths of the event loop. */
const filesPerTurn = 64;
/** Files between two looks at what the helper has done. */
const filesPerLook = 4;
/** Files that the helper is given at a time. */
const filesPerBatch = 16;

/** Digests a regular file of this machine piece by piece. What is no regular file is not read: a pipe would wait, a device might never end. */
export function fileDigest(path: string, algorithm: string): FileDigest {
  return digestFile(systemPath(path), algorithm);
}

/** Digests many files, one after another in groups, on this thread and, where there are many files and several processors, on a helper thread. */
export class ManyDigests {
  #helper: DigestHelper<readonly number[]> | undefined;

  /** The digests in the order of the files. What an abort left undone is unread. */
  async of(files: readonly DigestJob[], signal: AbortSignal): Promise<FileDigest[]> {
    const found = files.map((): FileDigest => ({ missing: "unread" }));
    const left = [...files.keys()].reverse();
    for (let done = 1; !signal.aborted; done++) {
      if (done % filesPerLook === 0 || left.length === 0) this.#exchange(files, left, found);
      const index = left.pop();
      if (index !== undefined) found[index] = fileDigest(files[index]!.path, files[index]!.algorithm);
      else if ((this.#helper?.waiting ?? 0) === 0) break;
      if (index !== undefined && done % filesPerTurn !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (left.length > filesPerTurn && availableParallelism() > 1) this.#helper ??= new DigestHelper();
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#helper?.close();
  }

  #exchange(files: readonly DigestJob[], left: number[], found: FileDigest[]): void {
    const helper = this.#helper;
    if (helper === undefined) return;
    for (const { batch, digests } of helper.done()) {
      if (digests === undefined) left.push(...batch);
      else for (const [at, index] of batch.entries()) found[index] = digests[at]!;
    }
    while (helper.wantsMore && left.length > filesPerBatch) {
      const batch = left.splice(-filesPerBatch);
      const jobs = batch.map((index) => ({ ...files[index]!, path: systemPath(files[index]!.path) }));
      helper.give(batch, jobs);
    }
  }
}
