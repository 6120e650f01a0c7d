import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FileBatch } from "./analysis-batch.ts";
import type { FileItems } from "./file-analysis.ts";

/** What a worker thread is started with: the user's YARA rules, since a thread makes its collectors itself. */
export interface WorkerSetup {
  readonly rules?: readonly string[] | undefined;
}

/** A worker's answer, with the buffer of the batch for the next one. */
export type BatchReply =
  | { readonly items: readonly (FileItems | undefined)[]; readonly buffer: ArrayBuffer }
  | { readonly failed: string; readonly buffer: ArrayBuffer };

/** As much of a worker thread as is used of it. */
export type WorkerThread = Pick<Worker, "postMessage" | "on" | "ref" | "unref">;

/** How worker threads are used. */
export interface WorkerOptions extends WorkerSetup {
  /** Threads at most; by default one fewer than there are processors, at most 4. PLIMSOLL_WORKERS says otherwise. */
  readonly count?: number | undefined;
  /** Milliseconds that analysis takes on the main thread before threads are started: a small image is over by then. */
  readonly patience?: number;
  /** Starts a thread; for tests. */
  readonly start?: (setup: WorkerSetup) => WorkerThread;
}

/** Batches that may wait at one thread, so that it never waits for the main one. */
const waitingAtOnce = 2;
/** Bytes that may be on their way to threads. */
const bytesUnderWay = 64 * 1024 ** 2;
/** Buffers that are kept to be filled again. */
const keptBuffers = 8;
const mostThreads = 4;
const usualPatience = 250;

/** The number of threads that the environment asks for (PLIMSOLL_WORKERS; 0 for none), undefined where it does not say. */
export function workersAskedFor(environment: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = environment["PLIMSOLL_WORKERS"];
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

interface Thread {
  readonly worker: WorkerThread;
  readonly waiting: Job[];
}

interface Job {
  readonly bytes: number;
  readonly resolve: (items: readonly (FileItems | undefined)[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Worker threads that analyse files of layers, started once that has cost the main thread some time. They keep the process alive only while they have
 * work. A thread that breaks down fails the batches that it had.
 */
export class AnalysisWorkers {
  readonly #options: WorkerOptions;
  readonly #count: number;
  readonly #threads: Thread[] = [];
  readonly #buffers: ArrayBuffer[] = [];
  #spent = 0;
  #underWay = 0;
  #broken = false;

  constructor(options: WorkerOptions = {}) {
    this.#options = options;
    this.#count = options.count ?? Math.min(mostThreads, availableParallelism() - 1);
  }

  /** Tells how long analysis on the main thread took, in milliseconds. */
  spent(milliseconds: number): void {
    this.#spent += milliseconds;
  }

  /** Whether so much time was spent that threads are worth their start. */
  get areWorthwhile(): boolean {
    return this.#count > 0 && !this.#broken && this.#spent >= (this.#options.patience ?? usualPatience);
  }

  /** A buffer of at least so many bytes to be filled for a batch. */
  buffer(bytes: number): ArrayBuffer {
    const last = this.#buffers.pop();
    return last !== undefined && last.byteLength >= bytes ? last : new ArrayBuffer(bytes);
  }

  /** Whether a thread would begin or soon begin with a batch of so many bytes. */
  hasRoomFor(bytes: number): boolean {
    if (!this.areWorthwhile || (this.#underWay > 0 && this.#underWay + bytes > bytesUnderWay)) return false;
    return this.#threads.length < this.#count || this.#threads.some(({ waiting }) => waiting.length < waitingAtOnce);
  }

  /** Sends a batch to the thread with the least to do; its buffer must not be used afterwards. */
  analyse(batch: FileBatch): Promise<readonly (FileItems | undefined)[]> {
    const thread = this.#idlest();
    const bytes = batch.buffer.byteLength;
    this.#underWay += bytes;
    const result = new Promise<readonly (FileItems | undefined)[]>((resolve, reject) => {
      thread.waiting.push({ bytes, resolve, reject });
    });
    // Whoever stops reading a layer leaves results behind that nobody waits for.
    result.catch(() => undefined);
    thread.worker.ref();
    thread.worker.postMessage(batch, [batch.buffer]);
    return result;
  }

  #idlest(): Thread {
    const idle = this.#threads.find(({ waiting }) => waiting.length === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < this.#count) return this.#start();
    return this.#threads.reduce((least, one) => (one.waiting.length < least.waiting.length ? one : least));
  }

  #start(): Thread {
    const { rules, start = startThread } = this.#options;
    const thread: Thread = { worker: start({ rules }), waiting: [] };
    thread.worker.unref();
    thread.worker.on("message", (reply: BatchReply) => this.#answered(thread, reply));
    thread.worker.on("error", (error: unknown) => this.#brokeDown(thread, error));
    thread.worker.on("exit", (code: number) => this.#brokeDown(thread, new Error(`a worker thread ended (${code})`)));
    this.#threads.push(thread);
    return thread;
  }

  #answered(thread: Thread, reply: BatchReply): void {
    const job = thread.waiting.shift();
    if (job === undefined) return;
    this.#underWay -= job.bytes;
    if (this.#buffers.length < keptBuffers) this.#buffers.push(reply.buffer);
    if (thread.waiting.length === 0) thread.worker.unref();
    if ("items" in reply) job.resolve(reply.items);
    else job.reject(new Error(reply.failed));
  }

  #brokeDown(thread: Thread, error: unknown): void {
    this.#broken = true;
    for (const job of thread.waiting.splice(0)) job.reject(error);
  }
}

function startThread(setup: WorkerSetup): WorkerThread {
  return new Worker(new URL("./analysis-worker.js", import.meta.url), { workerData: setup });
}
