import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineFact } from "../core/fact.ts";
import { bytesSource } from "../formats/byte-source.ts";
import { fixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { openImageArchive } from "../formats/image-archive/image-archive.ts";
import { analyseBatch, type FileBatch } from "./analysis-batch.ts";
import { AnalysisWorkers, type BatchReply, type WorkerThread, workersAskedFor } from "./analysis-workers.ts";
import { defineImageCollector, type ImageCollector } from "./image-collector.ts";
import { readImage } from "./image-reader.ts";

const provides = defineFact({ id: "test/sizes", summary: "", obtain: "", schema: z.array(z.string()) });
const sizes = defineImageCollector<{ size: number; first?: number }, typeof provides.schema>({
  provides,
  version: 1,
  wants: ({ path }) => !path.endsWith(".skip"),
  analyse(_file, content) {
    if (content[0] === 0x62) throw new TypeError("a slip");
    return { size: content.length, ...(content.length === 0 ? {} : { first: content[0]! }) };
  },
  unread: (_file, reason) => ({ size: reason.length }),
  *collect(image, items) {
    const value = items.map(({ path, layer, item }) => `${path} ${layer} ${item.size} ${item.first}`);
    yield { subject: image.subject, source: image.source, value };
  },
}) as ImageCollector;
const collectors = new Map([["sizes", sizes]]);

/** A thread that lives in this one: what it is sent is cloned and handed over as to a real one, and answered later. */
class FakeThread extends EventEmitter {
  batches = 0;
  isReferenced = false;
  answer: (batch: FileBatch) => Promise<BatchReply> = async (batch) => ({
    items: await analyseBatch(batch, collectors),
    buffer: batch.buffer,
  });

  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void {
    const batch = structuredClone(message, { transfer: [...transfer] }) as FileBatch;
    this.batches += 1;
    setImmediate(() => this.answer(batch).then((reply) => this.emit("message", reply)));
  }
  ref(): void {
    this.isReferenced = true;
  }
  unref(): void {
    this.isReferenced = false;
  }
}

/** Threads that are worth their start at once, unless told otherwise. */
function fakeWorkers(count: number, patience = 0) {
  const threads: FakeThread[] = [];
  const start = () => {
    const thread = new FakeThread();
    threads.push(thread);
    return thread as unknown as WorkerThread;
  };
  return { threads, workers: new AnalysisWorkers({ count, patience, start }) };
}

/** Files of many sizes, some larger than a batch, one empty, some that break the analyser, each path also in the layer above. */
const files = Object.fromEntries(
  Array.from({ length: 700 }, (_, at) => {
    const size = at % 97 === 0 ? 1_300_000 : (at * 7_919) % 40_000;
    return [`f/${at}${at % 13 === 0 ? ".skip" : ""}`, String.fromCharCode(0x61 + (at % 5)).repeat(size)];
  }),
);
const layout = new LayoutFixture();
layout.setIndex([layout.addImage([fixtureLayer(files), fixtureLayer({ ...files, "f/.wh.1": "" })])]);
const archive = layout.tar();

async function facts(workers?: AnalysisWorkers) {
  const { images } = await openImageArchive(bytesSource("image.tar", archive));
  const origin = { name: "image.tar", format: "oci-layout" };
  const { observations } = await readImage(images[0]!, origin, collectors, undefined, workers);
  return observations;
}

describe("layers analysed on worker threads", () => {
  it.each([1, 3])("give what they give on one thread, in the same order (%i threads)", async (count) => {
    const { workers, threads } = fakeWorkers(count);
    expect(await facts(workers)).toEqual(await facts());
    expect(threads.length).toBeGreaterThan(0);
    expect(threads.length).toBeLessThanOrEqual(count);
    for (const { batches, isReferenced } of threads) {
      expect(batches).toBeGreaterThan(0);
      expect(isReferenced).toBe(false);
    }
  });

  it("start no thread for what costs little, nor where none may be started", async () => {
    for (const { workers, threads } of [fakeWorkers(2, 60_000), fakeWorkers(0)]) {
      expect(await facts(workers)).toEqual(await facts());
      expect(threads).toHaveLength(0);
    }
  });

  it("are analysed by the main thread as well where the others have enough to do", async () => {
    const { workers, threads } = fakeWorkers(1);
    const read = facts(workers);
    const expected = await facts();
    expect(await read).toEqual(expected);
    const bytes = 2 * Object.values(files).reduce((sum, text) => sum + text.length, 0);
    expect(threads[0]!.batches).toBeLessThan(bytes / 1024 ** 2);
  });

  it("end with an error where a thread breaks down, refuses a batch or just ends", async () => {
    const ways: readonly ((thread: FakeThread, batch: FileBatch) => Promise<BatchReply>)[] = [
      async (_thread, { buffer }) => ({ failed: "out of order", buffer }),
      (thread) => {
        thread.emit("error", new Error("out of memory"));
        return new Promise(() => undefined);
      },
      (thread) => {
        thread.emit("exit", 1);
        return new Promise(() => undefined);
      },
    ];
    for (const [at, way] of ways.entries()) {
      const threads: FakeThread[] = [];
      const start = () => {
        const thread = new FakeThread();
        thread.answer = (batch) => way(thread, batch);
        threads.push(thread);
        return thread as unknown as WorkerThread;
      };
      const workers = new AnalysisWorkers({ count: 1, patience: 0, start });
      await expect(facts(workers)).rejects.toThrow(["out of order", "out of memory", "ended (1)"][at]);
    }
  });

  it("leave nothing behind where the layer turns out to be damaged", async () => {
    const { workers } = fakeWorkers(2);
    const { images } = await openImageArchive(bytesSource("image.tar", archive));
    const [image] = images;
    const layer = image!.layers[0]!;
    const damaged = {
      ...layer,
      async *open() {
        let size = 0;
        for await (const piece of layer.open()) {
          size += piece.length;
          if (size > 3_000_000) return;
          yield piece;
        }
      },
    };
    const read = readImage(
      { ...image!, layers: [damaged] },
      { name: "image.tar", format: "oci-layout" },
      collectors,
      undefined,
      workers,
    );
    await expect(read).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(workers.hasRoomFor(1)).toBe(true);
  });
});

it("the environment says how many threads there may be", () => {
  const asked = ["0", "3", "", "many", "-1", undefined].map((text) => workersAskedFor({ PLIMSOLL_WORKERS: text }));
  expect(asked).toEqual([0, 3, undefined, undefined, undefined, undefined]);
});
