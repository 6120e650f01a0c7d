import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../core/errors.ts";
import { analyseBatch, type FileBatch } from "./analysis-batch.ts";
import type { BatchReply, WorkerSetup } from "./analysis-workers.ts";
import { imageCollectors } from "./image/index.generated.ts";
import { malwareCollector } from "./image/malware.ts";
import type { ImageCollector } from "./image-collector.ts";

/* The program of a worker thread: it makes of batches of files what the main thread would make of them. */

const { rules } = workerData as WorkerSetup;
const collectors: ReadonlyMap<string, ImageCollector> = new Map<string, ImageCollector>(imageCollectors).set(
  "malware",
  malwareCollector({ rules }) as ImageCollector,
);

parentPort?.on("message", (batch: FileBatch) => {
  analyseBatch(batch, collectors).then(
    (items) => answer({ items, buffer: batch.buffer }),
    (error: unknown) => answer({ failed: messageOf(error), buffer: batch.buffer }),
  );
});

/** The buffer goes back, to be filled again. */
function answer(reply: BatchReply): void {
  parentPort?.postMessage(reply, [reply.buffer]);
}
