import { ZSTDDecoder } from "zstddec/stream";
import { corrupt, limitExceeded, messageOf } from "../core/errors.ts";
import { ZstdFrameGuard } from "./zstd-frames.ts";

const inputSize = 128 * 1024;
const outputSize = 512 * 1024;
/** Error codes are the last 120 values of size_t (zstd_errors.h, ZSTD_error_maxCode). */
const firstError = 2 ** 32 - 120;
const memoryAllocationError = 2 ** 32 - 64;

/** What the decoder's WebAssembly exports: the streaming part of zstd.h, with addresses as numbers. */
interface ZstdExports {
  memory: { buffer: ArrayBuffer };
  malloc(size: number): number;
  free(address: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): void;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

/**
 * The content of a zstd stream (RFC 8878): concatenated and skippable frames, checksums verified. Damage and truncation
 * are `CORRUPT_INPUT`, a window above 2^`limits.zstdWindowLog` is `LIMIT_EXCEEDED`.
 *
 * Node's own decoder, where there is one, stops after the first frame, and the package's generator never ends on
 * damaged input; so the package's WebAssembly is driven here, behind a guard that reads the frame and block headers.
 */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const guard = new ZstdFrameGuard(what);
  const decoder = new ZstdDecoder(await zstdExports(), what);
  try {
    for await (const piece of source) {
      guard.inspect(piece);
      for (const output of decoder.decode(piece)) yield output;
    }
    guard.finish();
  } finally {
    decoder.close();
  }
}

let exportsOnce: Promise<ZstdExports> | undefined;

function zstdExports(): Promise<ZstdExports> {
  exportsOnce ??= loadExports();
  return exportsOnce;
}

/** The package hands the instance to `_init` once per process; this decoder keeps it. */
class InstanceKeeper extends ZSTDDecoder {
  static exports: ZstdExports | undefined;

  override _init(result: { instance: { exports: unknown } }): void {
    InstanceKeeper.exports = result.instance.exports as ZstdExports;
    super._init(result as never);
  }
}

async function loadExports(): Promise<ZstdExports> {
  const keeper = new InstanceKeeper();
  // The package calls `_init` without its object.
  keeper._init = InstanceKeeper.prototype._init.bind(keeper);
  await keeper.init();
  if (!InstanceKeeper.exports) throw new Error("zstddec was already started by another part of the program");
  return InstanceKeeper.exports;
}

/** One decoding context with its buffers inside the WebAssembly memory. */
class ZstdDecoder {
  readonly #wasm: ZstdExports;
  readonly #what: string;
  readonly #context: number;
  readonly #input: number;
  readonly #output: number;
  /** Two C structures, ZSTD_outBuffer and ZSTD_inBuffer: address, size and position, 32 bits each. */
  readonly #structures: number;
  #offset = 0;
  #isBroken = false;

  constructor(wasm: ZstdExports, what: string) {
    this.#wasm = wasm;
    this.#what = what;
    this.#context = wasm.ZSTD_createDCtx();
    this.#input = wasm.malloc(inputSize);
    this.#output = wasm.malloc(outputSize);
    this.#structures = wasm.malloc(24);
    if (!this.#context || !this.#input || !this.#output || !this.#structures) {
      this.close();
      throw limitExceeded(what, "the memory that zstd decoding may take");
    }
  }

  *decode(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < piece.length; at += inputSize) {
      yield* this.#decodePart(piece.subarray(at, at + inputSize));
    }
  }

  close(): void {
    if (this.#isBroken) return;
    if (this.#context) this.#wasm.ZSTD_freeDCtx(this.#context);
    for (const address of [this.#input, this.#output, this.#structures]) {
      if (address) this.#wasm.free(address);
    }
  }

  *#decodePart(part: Uint8Array): Generator<Uint8Array, void, undefined> {
    new Uint8Array(this.#wasm.memory.buffer).set(part, this.#input);
    let consumed = 0;
    for (;;) {
      const structures = new Uint32Array(this.#wasm.memory.buffer, this.#structures, 6);
      structures.set([this.#output, outputSize, 0, this.#input, part.length, consumed]);
      const result = this.#step(consumed);
      const after = new Uint32Array(this.#wasm.memory.buffer, this.#structures, 6);
      const written = after[2]!;
      const stuck = written === 0 && after[5] === consumed;
      consumed = after[5]!;
      if (result >= firstError) throw this.#failure(result, consumed);
      if (written > 0) yield new Uint8Array(this.#wasm.memory.buffer).slice(this.#output, this.#output + written);
      if (consumed === part.length && written < outputSize) break;
      if (stuck) throw corrupt(this.#what, "zstd: decoding makes no progress", this.#offset + consumed);
    }
    this.#offset += part.length;
  }

  #step(consumed: number): number {
    try {
      return this.#wasm.ZSTD_decompressStream(this.#context, this.#structures, this.#structures + 12) >>> 0;
    } catch (trap) {
      // What a trap leaves behind must not be touched again, not even to free it.
      this.#isBroken = true;
      throw corrupt(this.#what, `zstd: ${messageOf(trap)}`, this.#offset + consumed);
    }
  }

  #failure(result: number, consumed: number) {
    if (result === memoryAllocationError) return limitExceeded(this.#what, "the memory that zstd decoding may take");
    return corrupt(this.#what, `zstd: damaged data (error ${2 ** 32 - result})`, this.#offset + consumed);
  }
}
