import fc from "fast-check";
import { expect } from "vitest";
import { AppError } from "../src/core/errors.ts";

/** Asserts that a reader answers any text with a value or an AppError; `alphabet` makes texts that come near its grammar. */
export function survivesAnyText(read: (text: string) => unknown, alphabet: readonly string[]): void {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (input) => {
      expectAnswer(() => read(input));
    }),
    { numRuns: 150 },
  );
}

/** Asserts that a reader answers any bytes, and any cut or flip of valid ones, with a value or an AppError. */
export function survivesAnyBytes(read: (bytes: Uint8Array) => unknown, valid: Uint8Array): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => expectAnswer(() => read(bytes))),
    { numRuns: 200 },
  );
  const damage = fc.record({
    end: fc.nat(valid.length),
    at: fc.nat(Math.max(0, valid.length - 1)),
    value: fc.nat(255),
  });
  fc.assert(
    fc.property(damage, ({ end, at, value }) => {
      const copy = Uint8Array.from(valid);
      copy[at] = value;
      expectAnswer(() => read(copy.subarray(0, end)));
    }),
    { numRuns: 150 },
  );
}

function expectAnswer(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}

/** As `survivesAnyBytes`, for a reader that answers later. */
export async function survivesAnyBytesLater(
  read: (bytes: Uint8Array) => Promise<unknown>,
  valid: Uint8Array,
): Promise<void> {
  const damage = fc.record({
    end: fc.nat(valid.length),
    at: fc.nat(Math.max(0, valid.length - 1)),
    value: fc.nat(255),
  });
  const damaged = damage.map(({ end, at, value }) => {
    const copy = Uint8Array.from(valid);
    copy[at] = value;
    return copy.subarray(0, end);
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 600 }), damaged), async (bytes) => {
      const error: unknown = await read(bytes).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(AppError);
    }),
    { numRuns: 300 },
  );
}
