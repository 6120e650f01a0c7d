import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { FileDigest } from "./file-digest.ts";

/** A file of this machine as the helper is asked for it. */
export interface HelperJob {
  readonly path: string | Uint8Array;
  readonly algorithm: string;
}

/** Batches that wait at the helper, so that it never waits itself. */
const ahead = 2;

/** A thread that digests files beside this one. Each batch is known by what the caller gave with it. */
export class DigestHelper<B> {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #batches: B[] = [];
  #ended = false;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL("./digest-helper.mjs", import.meta.url), {
      workerData: { port: port2 },
      transferList: [port2],
      execArgv: [],
      // It keeps nothing: a small heap that is cleared often costs less than a large one.
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 },
    });
    for (const event of ["error", "exit"])
      this.#worker.on(event, () => {
        this.#ended = true;
      });
  }

  /** Batches that were handed over and not answered yet. */
  get waiting(): number {
    return this.#batches.length;
  }

  /** True where one more batch should be handed over. */
  get wantsMore(): boolean {
    return !this.#ended && this.#batches.length < ahead;
  }

  give(batch: B, jobs: readonly HelperJob[]): void {
    this.#batches.push(batch);
    this.#port.postMessage(jobs);
  }

  /** The batches that are done with their digests. Where the thread could not start or died: those that it had, without any. */
  done(): { readonly batch: B; readonly digests: readonly FileDigest[] | undefined }[] {
    const found: { batch: B; digests: readonly FileDigest[] | undefined }[] = [];
    for (let answer = receiveMessageOnPort(this.#port); answer; answer = receiveMessageOnPort(this.#port))
      found.push({ batch: this.#batches.shift()!, digests: answer.message });
    if (this.#ended) found.push(...this.#batches.splice(0).map((batch) => ({ batch, digests: undefined })));
    return found;
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}
