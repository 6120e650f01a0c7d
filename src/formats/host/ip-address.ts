import { ipv6Text } from "./proc-net.ts";

/** The bytes of an IP address, 4 or 16, as inet_pton(3) reads it: no zone, no leading zeros in dotted numbers. Undefined for any other text. */
export function addressBytes(text: string): readonly number[] | undefined {
  return text.includes(":") ? sixteenBytes(text) : fourBytes(text);
}

function fourBytes(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function sixteenBytes(text: string): number[] | undefined {
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const [before, after] = sides.map((side, index) => groupBytes(side, index === sides.length - 1));
  if (before === undefined) return undefined;
  if (sides.length === 1) return before.length === 16 ? before : undefined;
  // The double colon stands for at least one group.
  if (after === undefined || before.length + after.length > 14) return undefined;
  return [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after];
}

/** Groups of 16 bits; the last of an address may be four bytes with dots. */
function groupBytes(side: string, isLast: boolean): number[] | undefined {
  if (side === "") return [];
  const bytes: number[] = [];
  const groups = side.split(":");
  for (const [index, group] of groups.entries()) {
    const dotted = isLast && index === groups.length - 1 && group.includes(".") ? fourBytes(group) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group.slice(0, -2) || "0", 16), Number.parseInt(group.slice(-2), 16));
    else return undefined;
  }
  return bytes;
}

/** A mask of so many bits, set from the left, in the bytes of an address of `size` bytes. */
export function maskBytes(bits: number, size: number): readonly number[] {
  return Array.from({ length: size }, (_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))));
}

/** The part of an address that a mask of the same length leaves. */
export function masked(address: readonly number[], mask: readonly number[]): readonly number[] {
  return address.map((byte, index) => byte & mask[index]!);
}

/** True for the same bytes. */
export function sameAddress(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** An address in the text that is usual for it. */
export function addressText(address: readonly number[]): string {
  return address.length === 4 ? address.join(".") : ipv6Text(address);
}
