import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressBytes, addressText, maskBytes, masked, sameAddress } from "./ip-address.ts";

describe("addresses as text", () => {
  it("are those that the system reads", () => {
    const text = fc.string({ unit: fc.constantFrom(..."0123456789abf:.:."), maxLength: 20 });
    const whole = fc.array(fc.constantFrom("0", "1", "ff", "2001", ":", "::", "10.0.0.1"), { maxLength: 10 });
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          whole.map((parts) => parts.join(":")),
          fc.ipV4(),
          fc.ipV6(),
        ),
        (one) => {
          const bytes = addressBytes(one);
          expect(bytes === undefined ? 0 : bytes.length === 4 ? 4 : 6, one).toBe(isIP(one));
          if (bytes !== undefined) expect(addressBytes(addressText(bytes))).toEqual(bytes);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("have masks of any length", () => {
    expect([0, 1, 8, 12, 32, 40].map((bits) => maskBytes(bits, 4).join("."))).toEqual([
      "0.0.0.0",
      "128.0.0.0",
      "255.0.0.0",
      "255.240.0.0",
      "255.255.255.255",
      "255.255.255.255",
    ]);
  });

  it("are compared by the part that a mask leaves", () => {
    const address = addressBytes("10.1.2.3")!;
    expect(masked(address, maskBytes(12, 4))).toEqual([10, 0, 0, 0]);
    expect(sameAddress(masked(address, maskBytes(16, 4)), [10, 1, 0, 0])).toBe(true);
    expect(sameAddress(address, addressBytes("::10.1.2.3")!)).toBe(false);
  });
});
