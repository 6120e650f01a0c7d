import { corrupt } from "../../core/errors.ts";

/** One socket of /proc/net/{tcp,tcp6,udp,udp6,raw,raw6}. */
export interface NetworkSocket {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  /** State number: 0x0A listening, 0x07 unconnected (include/net/tcp_states.h). */
  readonly state: number;
  readonly user: number;
  readonly inode: string;
}

/** Reads a table of /proc/net (proc_net(5)); `littleEndian` is the byte order of the machine that wrote it. Throws `CORRUPT_INPUT` for a line that is no socket. */
export function parseNetworkSockets(text: string, name: string, littleEndian = true): NetworkSocket[] {
  const sockets: NetworkSocket[] = [];
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields.length < 10) {
      if (line.trim() === "") continue;
      throw corrupt(name, "a line has too few fields");
    }
    const [address, port] = splitEndpoint(fields[1]!, name);
    const [, remotePort] = splitEndpoint(fields[2]!, name);
    sockets.push({
      localAddress: addressOf(address, name, littleEndian),
      localPort: port,
      remotePort,
      state: Number.parseInt(fields[3]!, 16),
      user: Number(fields[7]),
      inode: fields[9]!,
    });
  }
  return sockets;
}

function splitEndpoint(text: string, name: string): [string, number] {
  const [, address, port] = /^([0-9A-F]+):([0-9A-F]{4})$/i.exec(text) ?? [];
  if (address === undefined || port === undefined) throw corrupt(name, "an address is not hexadecimal");
  return [address, Number.parseInt(port, 16)];
}

/** Addresses are printed as words of 32 bits in the machine's byte order. */
function addressOf(hex: string, name: string, littleEndian: boolean): string {
  if (hex.length !== 8 && hex.length !== 32) throw corrupt(name, "an address has an odd length");
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8) {
    const group = [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(word + at, word + at + 2), 16));
    bytes.push(...(littleEndian ? group.reverse() : group));
  }
  return bytes.length === 4 ? bytes.join(".") : ipv6Text(bytes);
}

/** The text of an IPv6 address as RFC 5952 writes it: lower case, the longest run of zeros left out. IPv4-mapped ones in dotted form. */
export function ipv6Text(bytes: readonly number[]): string {
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255)
    return `::ffff:${bytes.slice(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16),
  );
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

/** True for an address that only the machine itself reaches. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");
}

/** True for an address that stands for all of the machine's. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::" || address === "::ffff:0.0.0.0";
}
