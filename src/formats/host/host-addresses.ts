import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { addressBytes, maskBytes, masked, sameAddress } from "./ip-address.ts";

/** An address of an interface of the machine, loopback left out. */
export interface InterfaceAddress {
  /** 4 or 16 bytes. */
  readonly address: readonly number[];
  /** How many bits its network may have; empty where that does not show. */
  readonly networkBits: readonly number[];
}

/**
 * The machine's own IPv4 addresses, read from the routing tables as /proc/net/fib_trie shows them (net/ipv4/fib_trie.c): routes to `host LOCAL`
 * are addresses, `link UNICAST` the networks of the interfaces. Throws `LIMIT_EXCEEDED` for too many routes.
 */
export function parseRoutingTrie(text: string, name: string): InterfaceAddress[] {
  const own = new Map<string, readonly number[]>();
  const networks = new Map<string, { network: readonly number[]; bits: number }>();
  let leaf: readonly number[] | undefined;
  for (const line of text.split("\n")) {
    const found = /^\s*\|-- (\S+)$/.exec(line);
    if (found) leaf = addressBytes(found[1]!);
    const route = /^\s*\/(\d{1,2}) (host|link) (LOCAL|UNICAST)\b/.exec(line);
    if (!route || leaf?.length !== 4 || leaf[0] === 127) continue;
    const bits = Number(route[1]);
    if (route[3] === "LOCAL" && bits === 32) own.set(leaf.join("."), leaf);
    if (route[2] === "link" && route[3] === "UNICAST")
      networks.set(`${leaf.join(".")}/${bits}`, { network: leaf, bits });
    if (own.size * networks.size > limits.records)
      throw limitExceeded(name, `${limits.records} pairs of addresses and networks`);
  }
  return [...own.values()].map((address) => ({
    address,
    networkBits: [...networks.values()]
      .filter(({ network, bits }) => bits <= 32 && sameAddress(masked(address, maskBytes(bits, 4)), network))
      .map(({ bits }) => bits),
  }));
}

/** The machine's own IPv6 addresses, read from /proc/net/if_inet6 (net/ipv6/addrconf.c). Throws `CORRUPT_INPUT` for a line that is no address. */
export function parseInterfaceAddresses6(text: string, name: string): InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [, digits, bits, device] =
      /^([0-9a-f]{32}) [0-9a-f]{2,} ([0-9a-f]{2}) [0-9a-f]{2} [0-9a-f]{2,}\s+(\S+)\s*$/i.exec(line) ?? [];
    if (digits === undefined) throw corrupt(name, "a line is no address of an interface");
    if (device === "lo") continue;
    const address = Array.from({ length: 16 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16));
    found.push({ address, networkBits: [Number.parseInt(bits!, 16)] });
  }
  return found;
}

/** The name that a file like /etc/hostname holds (hostname(5)): its first line that is no comment. Undefined where there is none. */
export function staticHostName(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "" && !line.startsWith("#"));
}

/** The full names that /etc/hosts (hosts(5)) gives for a name: the first name of each line that lists it. */
export function canonicalNames(text: string, name: string): string[] {
  const wanted = name.toLowerCase();
  const found = text.split("\n").flatMap((line) => {
    const [address, ...names] = line.replace(/#.*$/, "").trim().split(/\s+/);
    if (addressBytes(address?.replace(/%.*$/, "") ?? "") === undefined) return [];
    return names.some((one) => one.toLowerCase() === wanted) ? [names[0]!] : [];
  });
  return [...new Set(found)];
}
