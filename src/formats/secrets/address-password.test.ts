import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressPassword } from "./address-password.ts";

const found = (text: string) => {
  const bytes = Buffer.from(text, "latin1");
  const password = addressPassword(bytes, text.indexOf("://") + 3);
  return password === undefined ? undefined : text.slice(password.start, password.end);
};

describe("the password in an address", () => {
  it.each([
    ["postgres://app:xK9vq27Lm@db:5432/app", "xK9vq27Lm"],
    ["redis://:S3cure-pw@cache", undefined],
    ["amqp://a:b:c%40d@queue", "b:c%40d"],
    ["https://example.org/a:b@c", undefined],
    ["https://user:password@host", undefined],
    ["https://user:$PASSWORD{}@host", undefined],
    ["https://user:ab@host", undefined],
    ["https://user@host", undefined],
    ["https://user:secret-x9", undefined],
    ["https://user:sec ret@host", undefined],
    [`https://${"a".repeat(400)}:${"b".repeat(200)}@host`, undefined],
  ])("%j has %j", (text, password) => expect(found(text)).toBe(password));

  it("lies within the bytes, whatever they are", () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(70), (bytes, at) => {
        const password = addressPassword(bytes, at);
        if (password === undefined) return;
        expect(password.start).toBeGreaterThan(at);
        expect(Buffer.from(bytes).toString("latin1", password.start, password.end)).toBe(password.secret);
        expect(bytes[password.end]).toBe(0x40);
      }),
    ));
});
