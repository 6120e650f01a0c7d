import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { addressBytes, addressText } from "./ip-address.ts";
import { parseSudoers } from "./sudoers.ts";
import { type HostMatch, matchHosts, type SudoHost } from "./sudoers-hosts.ts";
import { expandSudoers } from "./sudoers-rules.ts";

const own = (text: string, ...networkBits: number[]) => ({ address: addressBytes(text)!, networkBits });
const web1: SudoHost = {
  name: "web1",
  canonicalNames: [],
  addresses4: [own("192.0.2.2", 24), own("198.51.100.7")],
  addresses6: [own("2001:db8::2", 64), own("fe80::1", 64)],
  fullNames: false,
};
const nameless: SudoHost = {
  name: undefined,
  canonicalNames: [],
  addresses4: undefined,
  addresses6: undefined,
  fullNames: undefined,
};
/** The answer for a host list as it stands in a rule, aliases before it. */
function answer(list: string, host: SudoHost, aliases = ""): HostMatch {
  const statements = parseSudoers(`${aliases}\nu ${list} = ALL`, "f").map((one) => ({ ...one, file: "f" }));
  return matchHosts(expandSudoers(statements)[0]!.hosts, host);
}
const holds = (list: string, host: SudoHost = web1, aliases = "") => answer(list, host, aliases).holds;

describe("host lists of sudoers", () => {
  it.each([
    ["ALL", "yes"],
    ["web1", "yes"],
    ["WEB1", "yes"],
    ["web2", "no"],
    ["web1.example.org", "no"],
    ["web*", "yes"],
    ["w?b[0-9]", "yes"],
    ["W[A-F]B[\\!2-9]", "yes"],
    ["*.example.org", "no"],
    ["!web1", "no"],
    ["!web2", "no"],
    ["!!web1", "yes"],
    ["ALL, !web1", "no"],
    ["!web1, ALL", "yes"],
    ["ALL, !web2", "yes"],
    ["192.0.2.2", "yes"],
    ["192.0.2.0", "yes"],
    ["192.0.2.1", "no"],
    ["192.0.2.0/24", "yes"],
    ["192.0.2.99/255.255.255.0", "yes"],
    ["192.0.0.2/255.255.0.255", "yes"],
    ["192.0.3.0/24", "no"],
    ["0.0.0.0/0", "no"],
    ["127.0.0.1", "no"],
    ["ALL, !192.0.2.0/24", "no"],
    ["198.51.100.0", "unknown"],
    ["198.51.100.1", "no"],
    ["2001:db8::2", "yes"],
    ["2001:DB8:0:0::", "yes"],
    ["2001:db8::/32, db", "yes"],
    ["2001:db9::/32", "no"],
    ["fe80::/10", "yes"],
    ["fe80::/ffc0::", "yes"],
    ["::1", "no"],
    ["+web", "unknown"],
    ["+web, ALL", "yes"],
    ["+web, web1", "yes"],
    ["web1, +web", "yes"],
    ["web1, !+web", "unknown"],
    ["!+web", "no"],
  ])("%s: %s on web1", (list, expected) => {
    expect(holds(list)).toBe(expected);
  });

  it("say what could not be told", () => {
    expect(answer("+web", web1)).toEqual({
      holds: "unknown",
      because: "who belongs to the netgroup +web is not looked up",
    });
    expect(answer("web1", nameless)).toEqual({
      holds: "unknown",
      because: "the host's name is not known, so web1 cannot be compared",
    });
    expect(answer("10.0.0.0/8", nameless)).toMatchObject({ because: expect.stringContaining("addresses") });
    expect(holds("2001:db8::/32", nameless)).toBe("unknown");
    expect(holds("ALL", nameless)).toBe("yes");
    expect(holds("*", nameless)).toBe("yes");
    expect(holds("ALL, !web1", nameless)).toBe("unknown");
  });

  it("compare full names where fqdn is set, and leave them open where the domain is not known", () => {
    const full = { ...web1, fullNames: true };
    expect(
      ["web1", "web1.example.org", "db.example.org", "*.example.org", "db*.example.org"].map((one) => holds(one, full)),
    ).toEqual(["yes", "unknown", "no", "unknown", "no"]);
    const listed = { ...full, canonicalNames: ["web1.example.org"] };
    expect(["web1", "web1.example.org", "web1.example.com", "*.example.org"].map((one) => holds(one, listed))).toEqual([
      "yes",
      "yes",
      "no",
      "yes",
    ]);
    // Distributions build sudo either way, so without the setting only what both say is sure.
    const unset = { ...listed, fullNames: undefined };
    expect(["web1", "web1.example.org", "web1.example.com"].map((one) => holds(one, unset))).toEqual([
      "yes",
      "unknown",
      "no",
    ]);
    const dotted = { ...unset, name: "web1.example.org", canonicalNames: [] };
    expect(["web1", "web1.example.org", "*.example.org", "web1.example.com"].map((one) => holds(one, dotted))).toEqual([
      "yes",
      "yes",
      "yes",
      "no",
    ]);
    const renamed = { ...full, canonicalNames: ["front.example.org"] };
    expect(["web1", "front", "db"].map((one) => holds(one, renamed))).toEqual(["unknown", "unknown", "no"]);
  });

  it("go through aliases in aliases, negated as often as they are", () => {
    const aliases = "Host_Alias WEB = web1, !DBS : DBS = db1, !OLD : OLD = db9, 10.0.0.0/8";
    const on = (name: string, list: string) => holds(list, { ...web1, name }, aliases);
    expect([on("web1", "WEB"), on("db1", "WEB"), on("db9", "WEB"), on("other", "WEB")]).toEqual([
      "yes",
      "no",
      "yes",
      "no",
    ]);
    expect([on("web1", "ALL, !WEB"), on("db1", "ALL, !WEB"), on("other", "ALL, !WEB")]).toEqual(["no", "yes", "yes"]);
  });

  it("find an address in a network as other programs do", () => {
    const version = fc.constantFrom(4 as const, 6 as const);
    const cases = version.chain((kind) => {
      const size = kind === 4 ? 4 : 16;
      const bytes = fc.array(fc.constantFrom(0, 1, 2, 127, 128, 254, 255), { minLength: size, maxLength: size });
      return fc.record({
        kind: fc.constant(kind),
        one: bytes,
        other: bytes,
        shared: fc.nat(size),
        bits: fc.integer({ min: 1, max: size * 8 }),
      });
    });
    fc.assert(
      fc.property(cases, ({ kind, one, other, shared, bits }) => {
        const network = [...one.slice(0, shared), ...other.slice(shared)];
        const list = new BlockList();
        list.addSubnet(addressText(network), bits, kind === 4 ? "ipv4" : "ipv6");
        const expected = list.check(addressText(one), kind === 4 ? "ipv4" : "ipv6");
        const addresses = [{ address: one, networkBits: [] }];
        const host = { ...web1, addresses4: kind === 4 ? addresses : [], addresses6: kind === 6 ? addresses : [] };
        const text = `${addressText(network)}/${bits}`;
        expect(matchHosts([{ text, negated: false }], host).holds, text).toBe(expected ? "yes" : "no");
      }),
      { numRuns: 400 },
    );
  });

  it("never call sure what more knowledge would change", () => {
    const item = fc.record({
      text: fc.constantFrom("ALL", "web1", "db1", "w*", "web1.a", "*.a", "192.0.2.2", "10.0.0.0/8", "fe80::/10"),
      negated: fc.boolean(),
    });
    const known = fc.record({
      name: fc.constantFrom("web1", "db1", "web1.a"),
      canonicalNames: fc.constantFrom([], ["web1.a"], ["web1.b"]),
      addresses4: fc.constantFrom([], [own("192.0.2.2", 24)], [own("10.1.2.3", 8)]),
      addresses6: fc.constantFrom([], [own("fe80::1", 64)]),
      fullNames: fc.boolean(),
    });
    const hidden = fc.record({ names: fc.boolean(), addresses: fc.boolean(), setting: fc.boolean() });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), known, hidden, (items, all, hide) => {
        const less: SudoHost = {
          ...all,
          ...(hide.names ? { name: undefined, canonicalNames: [] } : {}),
          ...(hide.addresses ? { addresses4: undefined, addresses6: undefined } : {}),
          ...(hide.setting ? { fullNames: undefined } : {}),
        };
        const guess = matchHosts(items, less).holds;
        const full = matchHosts(items, all).holds;
        if (guess !== "unknown") expect(guess).toBe(full);
        if (items.every(({ text }) => text === "ALL")) expect(guess).toBe(items.at(-1)!.negated ? "no" : "yes");
      }),
      { numRuns: 1000 },
    );
  });

  it("answer any text", () => {
    survivesAnyText(
      (text) => matchHosts([{ text, negated: false }], web1),
      ["web", "*", "?", "[", "]", "!", "-", "[:alpha:]", "\\", ".", ":", "/", "1", "255", "fe80", "+"],
    );
  });
});
