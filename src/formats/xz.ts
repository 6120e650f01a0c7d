import xz from "xz-decompress";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";

const ok = 0;
const streamEnd = 1;

/**
 * What the decoder's WebAssembly exports. A context begins with six 32-bit words: size of either buffer, address,
 * position and length of the input buffer, address and position of the output buffer.
 */
interface XzExports {
  memory: { buffer: ArrayBuffer };
  create_context(): number;
  destroy_context(context: number): void;
  supply_input(context: number, length: number): void;
  get_next_output(context: number): number;
}

/**
 * The decoder is driven here rather than through the package's stream: that one holds a process-wide lock until it is
 * read to its end, so that two layers read side by side would wait for each other for ever.
 */
interface XzModule {
  _moduleInstance?: { exports: XzExports };
  _getModuleInstance(): Promise<void>;
}

/**
 * The content of a .xz file: one or more streams with their padding (xz-file-format §2). Damage and truncation are
 * `CORRUPT_INPUT`; a dictionary that does not fit into memory is `LIMIT_EXCEEDED`.
 */
export async function* unxz(
  source: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new XzDecoder(await xzExports(), what);
  try {
    for await (const piece of source) {
      for (const output of decoder.decode(piece)) yield output;
    }
    yield* decoder.finish();
  } finally {
    decoder.close();
  }
}

let exportsOnce: Promise<XzExports> | undefined;

function xzExports(): Promise<XzExports> {
  exportsOnce ??= loadExports();
  return exportsOnce;
}

async function loadExports(): Promise<XzExports> {
  const module = xz.XzReadableStream as unknown as XzModule;
  await module._getModuleInstance();
  if (!module._moduleInstance) throw new Error("xz-decompress did not load its decoder");
  return module._moduleInstance.exports;
}

/** One decoding context; it reads consecutive streams and their padding as one (xz.h, xz_dec_catrun). */
class XzDecoder {
  readonly #wasm: XzExports;
  readonly #what: string;
  #context: number;
  #offset = 0;

  constructor(wasm: XzExports, what: string) {
    this.#wasm = wasm;
    this.#what = what;
    this.#context = wasm.create_context();
    if (this.#context === 0) throw limitExceeded(what, "the memory that xz decoding may take");
  }

  *decode(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    const bufferSize = this.#words()[0]!;
    for (let at = 0; at < piece.length; at += bufferSize) {
      const part = piece.subarray(at, at + bufferSize);
      this.#supply(part);
      yield* this.#drain();
      this.#offset += part.length;
    }
  }

  /** Empty input asks whether the input may end here. */
  *finish(): Generator<Uint8Array, void, undefined> {
    this.#supply(new Uint8Array(0));
    const result = yield* this.#drain();
    if (result !== streamEnd) throw corrupt(this.#what, "xz: ends in the middle of a stream", this.#offset);
  }

  close(): void {
    if (this.#context !== 0) this.#wasm.destroy_context(this.#context);
    this.#context = 0;
  }

  /** Yields what comes out of the supplied input and answers the last result code. */
  *#drain(): Generator<Uint8Array, number, undefined> {
    for (;;) {
      const result = this.#step();
      const words = this.#words();
      const written = words[5]!;
      if (written > 0) {
        const output = new Uint8Array(this.#wasm.memory.buffer).slice(words[4]!, words[4]! + written);
        words[5] = 0;
        yield output;
      }
      if (result === streamEnd) return result;
      if (result !== ok) throw this.#failure(result);
      if (this.#words()[2] === this.#words()[3] && written < this.#words()[0]!) return result;
    }
  }

  #step(): number {
    try {
      return this.#wasm.get_next_output(this.#context);
    } catch (trap) {
      // A trap leaves the shared instance in an unknown state: the next file gets a new one.
      exportsOnce = undefined;
      this.#context = 0;
      throw corrupt(this.#what, `xz: ${messageOf(trap)}`, this.#offset);
    }
  }

  #supply(part: Uint8Array): void {
    const address = this.#words()[1]!;
    new Uint8Array(this.#wasm.memory.buffer).set(part, address);
    this.#wasm.supply_input(this.#context, part.length);
  }

  #words(): Uint32Array {
    return new Uint32Array(this.#wasm.memory.buffer, this.#context, 6);
  }

  /** Result codes of XZ Embedded (xz.h, enum xz_ret). */
  #failure(result: number): AppError {
    const offset = this.#offset + this.#words()[2]!;
    if (result === 3 || result === 4) return limitExceeded(this.#what, "the memory that xz decoding may take");
    if (result === 2 || result === 6) {
      return new AppError("UNSUPPORTED", `${this.#what}: xz: uses an option that is not supported at byte ${offset}`, {
        hint: "recompress it with `xz --check=crc32` and the default filters",
      });
    }
    if (result === 8) return corrupt(this.#what, "xz: ends in the middle of a stream", offset);
    return corrupt(this.#what, `xz: ${result === 5 ? "not an xz stream" : "damaged data"}`, offset);
  }
}
