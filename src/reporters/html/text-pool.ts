import type { TextIndex } from "./page-data.ts";

/** Stores each text once and hands out its index. */
export class TextPool {
  readonly texts: string[] = [];
  readonly #indexes = new Map<string, TextIndex>();

  /** The index of the text, the same for equal texts. */
  indexOf(text: string): TextIndex {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const index = this.texts.push(text) - 1;
    this.#indexes.set(text, index);
    return index;
  }
}
