import { AppError } from "../core/errors.ts";
import type { Step } from "./yaml-documents.ts";

/** A value at a path of a parsed document, or nothing there. What is there but of another type than asked for is `CORRUPT_INPUT`: its reader would refuse it. */
export class Field {
  readonly value: unknown;
  /** From the root of the document. */
  readonly path: readonly Step[];
  readonly #base: number;

  /** `base` is the number of steps that lead to the object that the field is told of; shown paths leave them out. */
  constructor(value: unknown, path: readonly Step[] = [], base = 0) {
    this.value = value;
    this.path = path;
    this.#base = base;
  }

  /** False where nothing is written, or null. */
  get isSet(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** The path as people write it: `spec.containers[0].image`. */
  get shown(): string {
    return this.path
      .slice(this.#base)
      .reduce<string>(
        (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
        "",
      );
  }

  /** The field some steps further down; unset where a step leads nowhere. */
  at(...steps: readonly Step[]): Field {
    let value = this.value;
    for (const step of steps) value = stepInto(value, step);
    return new Field(value, [...this.path, ...steps], this.#base);
  }

  /** The items of a sequence; none where unset. */
  items(): Field[] {
    if (!this.isSet) return [];
    if (!Array.isArray(this.value)) throw this.#refuse("a list");
    return this.value.map((_, index) => this.at(index));
  }

  /** The entries of a mapping; none where unset. */
  entries(): [string, Field][] {
    if (!this.isSet) return [];
    if (typeof this.value !== "object" || Array.isArray(this.value)) throw this.#refuse("a mapping");
    return Object.keys(this.value as object).map((key) => [key, this.at(key)]);
  }

  /** The text; numbers and booleans are given as written in JSON. */
  text(): string | undefined {
    if (!this.isSet) return undefined;
    if (typeof this.value === "object") throw this.#refuse("a text");
    return String(this.value);
  }

  /** The truth value. */
  flag(): boolean | undefined {
    if (!this.isSet) return undefined;
    if (typeof this.value !== "boolean") throw this.#refuse("true or false");
    return this.value;
  }

  /** The number. */
  number(): number | undefined {
    if (!this.isSet) return undefined;
    if (typeof this.value !== "number" || !Number.isFinite(this.value)) throw this.#refuse("a number");
    return this.value;
  }

  /** Texts of a sequence of scalars. */
  texts(): string[] {
    return this.items().map((item) => item.text() ?? "");
  }

  /** A mapping of texts. */
  record(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([key, field]) => [key, field.text() ?? ""]));
  }

  #refuse(expected: string): AppError {
    const kind = Array.isArray(this.value)
      ? "a list"
      : this.value === null
        ? "null"
        : `a ${typeof this.value === "object" ? "mapping" : typeof this.value}`;
    return new AppError("CORRUPT_INPUT", `${this.shown || "the document"}: ${kind} where ${expected} belongs`);
  }
}

function stepInto(value: unknown, step: Step): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
  if (Array.isArray(value) && typeof step !== "number") return undefined;
  return (value as Record<Step, unknown>)[step];
}
