/** Counts line ends up to ascending offsets, each byte once. */
export class LineCounter {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #line = 1;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  /** The line, from 1, in which the offset lies. */
  at(offset: number): number {
    for (; this.#offset < offset; this.#offset++) if (this.#bytes[this.#offset] === 0x0a) this.#line++;
    return this.#line;
  }
}
