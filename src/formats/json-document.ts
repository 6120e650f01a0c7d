import { corrupt, limitExceeded } from "../core/errors.ts";

/** Bytes of one JSON file of package metadata; real ones are far smaller. */
const largest = 32 * 1024 ** 2;

/** A JSON object of a file from an untrusted source, read member by member: what is of another type than asked for counts as absent. */
export class JsonObject {
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(members: object) {
    this.#members = members as Readonly<Record<string, unknown>>;
  }

  /** Parses bytes of UTF-8. Throws `CORRUPT_INPUT` for what is no JSON, `LIMIT_EXCEEDED` for too much of it. */
  static parse(bytes: Uint8Array, name: string): JsonObject {
    const value = parseJson(bytes, name);
    const object = JsonObject.of(value);
    if (object === undefined) throw corrupt(name, "is no JSON object");
    return object;
  }

  static of(value: unknown): JsonObject | undefined {
    return value !== null && typeof value === "object" && !Array.isArray(value) ? new JsonObject(value) : undefined;
  }

  text(key: string): string | undefined {
    const value = this.#own(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  number(key: string): number | undefined {
    const value = this.#own(key);
    return typeof value === "number" ? value : undefined;
  }

  isTrue(key: string): boolean {
    return this.#own(key) === true;
  }

  object(key: string): JsonObject | undefined {
    return JsonObject.of(this.#own(key));
  }

  /** The members of an array that are objects. */
  objects(key: string): JsonObject[] {
    return this.array(key).flatMap((value) => JsonObject.of(value) ?? []);
  }

  /** The members of an array that are texts. */
  texts(key: string): string[] {
    return this.array(key).filter((value) => typeof value === "string");
  }

  array(key: string): readonly unknown[] {
    const value = this.#own(key);
    return Array.isArray(value) ? value : [];
  }

  keys(): string[] {
    return Object.keys(this.#members);
  }

  #own(key: string): unknown {
    return Object.hasOwn(this.#members, key) ? this.#members[key] : undefined;
  }
}

/** Parses JSON of any kind. Throws `CORRUPT_INPUT` or `LIMIT_EXCEEDED`. */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  if (bytes.length > largest) throw limitExceeded(name, `${largest} bytes of JSON`);
  try {
    return JSON.parse(
      Buffer.from(bytes)
        .toString("utf8")
        .replace(/^\uFEFF/, ""),
    );
  } catch {
    throw corrupt(name, "is no JSON");
  }
}
