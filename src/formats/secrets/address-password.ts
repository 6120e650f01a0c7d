import { isPlaceholder } from "./placeholder.ts";
import { textAt } from "./text-bytes.ts";

const longestAddress = 512;

/** A password in an address, with its offsets in bytes. */
export interface AddressPassword {
  readonly secret: string;
  readonly start: number;
  readonly end: number;
}

/** The password of scheme://user:password@host (RFC 3986 §3.2.1), where `at` is the offset of what follows the slashes; undefined where there is none. */
export function addressPassword(bytes: Uint8Array, at: number): AddressPassword | undefined {
  const limit = Math.min(bytes.length, at + longestAddress);
  let colon = -1;
  for (let index = at; index < limit; index++) {
    const byte = bytes[index]!;
    if (byte === 0x40) return colon > at ? passwordBetween(bytes, colon + 1, index) : undefined;
    if (byte === 0x3a && colon < 0) colon = index;
    if (
      byte <= 0x20 ||
      byte >= 0x7f ||
      byte === 0x2f ||
      byte === 0x22 ||
      byte === 0x27 ||
      byte === 0x3c ||
      byte === 0x3e ||
      byte === 0x60
    )
      return undefined;
  }
  return undefined;
}

function passwordBetween(bytes: Uint8Array, start: number, end: number): AddressPassword | undefined {
  const secret = textAt(bytes, start, end - start);
  if (
    secret.length < 3 ||
    isPlaceholder(secret) ||
    /[{}$()[\]\\|]/.test(secret) ||
    /^(?:pass(?:word|wd)?|pwd?|secret|token|user(?:name)?|admin|root|test|guest|[A-Z_]+|[xX]+)$/.test(secret)
  )
    return undefined;
  return { secret, start, end };
}
