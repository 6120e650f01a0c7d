import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { canonicalNames, parseInterfaceAddresses6, parseRoutingTrie, staticHostName } from "./host-addresses.ts";
import { addressText } from "./ip-address.ts";

const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.2
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
     |-- 198.51.100.7
        /32 host LOCAL
Local:
        |-- 192.0.2.2
           /32 host LOCAL
`;

describe("addresses of a host", () => {
  it("are read from the kernel's routing tables, loopback left out", () => {
    const found = parseRoutingTrie(trie, "fib_trie");
    expect(found.map(({ address, networkBits }) => [addressText(address), networkBits])).toEqual([
      ["192.0.2.2", [24]],
      ["198.51.100.7", []],
    ]);
  });

  it("are read from the table of IPv6 addresses", () => {
    const text =
      "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n00000000000000000000000000000001 01 80 10 80       lo\n";
    const found = parseInterfaceAddresses6(text, "if_inet6");
    expect(found.map(({ address, networkBits }) => [addressText(address), networkBits])).toEqual([
      ["fe80::fc:ff:fe00:1", [64]],
    ]);
    expect(() => parseInterfaceAddresses6("fe80 04 40 20 80 eth0\n", "if_inet6")).toThrow(/no address/);
  });

  it("answer any text", () => {
    survivesAnyText(
      (text) => parseRoutingTrie(text, "f"),
      ["  |-- ", "10.0.0.1", "\n", "   /32 host LOCAL", "   /24 link UNICAST"],
    );
    survivesAnyText((text) => parseInterfaceAddresses6(text, "f"), ["0".repeat(32), " 04", " 40", " eth0", "\n"]);
    survivesAnyText((text) => canonicalNames(text, "web"), ["10.0.0.1", " ", "web", "#", "\n", "::1"]);
    survivesAnyText(staticHostName, ["#", "\n", "web"]);
  });
});

describe("names of a host", () => {
  it("are read from /etc/hostname and /etc/hosts", () => {
    expect(staticHostName("# written by hand\n\n web1 \nother\n")).toBe("web1");
    expect(staticHostName("# nothing\n")).toBeUndefined();
    const hosts =
      "127.0.0.1 localhost\n127.0.1.1 web1.example.org WEB1 # here\n# 10.0.0.1 x web1\nfe80::1%eth0 web1 x\nweb1 a\n";
    expect(canonicalNames(hosts, "web1")).toEqual(["web1.example.org", "web1"]);
  });
});
