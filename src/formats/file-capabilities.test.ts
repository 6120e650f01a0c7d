import fc from "fast-check";
import { expect, it } from "vitest";
import { capabilityNames } from "./file-capabilities.ts";

it.each([
  ["cap_net_raw+ep as setcap writes it", "0100000200200000000000000000000000000000", ["CAP_NET_RAW"]],
  ["revision 3 with a root user id", "010000030000200000000000000000000000000000000000", ["CAP_SYS_ADMIN"]],
  ["a capability of the second pair", "0100000200000000000000008000000000000000", ["CAP_BPF"]],
  ["revision 1", "010000010000010000000000", ["CAP_SYS_MODULE"]],
  ["an inheritable set only", "0000000200000000001000000000000000000000", ["CAP_NET_ADMIN"]],
  ["a capability without a name yet", "0100000200000000000000000000008000000000", ["CAP_63"]],
  ["too few bytes", "01000002", []],
])("reads %s", (_, hex, expected) => {
  expect(capabilityNames(Buffer.from(hex, "hex"))).toEqual(expected);
});

it("never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => capabilityNames(bytes).length >= 0));
});
