/** Multi-precision integers of the public part by algorithm (RFC 4880 §9.1): RSA, ElGamal, DSA. */
const publicIntegers: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 2, 16: 3, 17: 4 };
/** Public-key algorithms (RFC 9580 §9.1). */
const algorithms = new Set([1, 2, 3, 16, 17, 18, 19, 22, 25, 26, 27, 28]);
const ecdh = 18;
const ecdsa = 19;
const eddsa = 22;

/** Whether bytes begin with an OpenPGP secret key packet of version 3 to 6 (RFC 9580 §5.5.3), and whether a passphrase protects it. */
export function openPgpKey(
  bytes: Uint8Array,
): { readonly name: string; readonly title: string; readonly isEncrypted: boolean } | undefined {
  const start = secretKeyBody(bytes);
  if (start === undefined) return undefined;
  const version = bytes[start];
  if (version === undefined || version < 3 || version > 6) return undefined;
  if (!algorithms.has(bytes[start + (version === 3 ? 7 : 5)] ?? 0)) return undefined;
  const usage = usageOctet(bytes, start, version);
  return { name: "openpgp", title: "OpenPGP", isEncrypted: usage !== undefined && usage !== 0 };
}

/** Where the body of the first packet begins when that is a secret key (tag 5); RFC 9580 §4.2. */
function secretKeyBody(bytes: Uint8Array): number | undefined {
  const [first = 0, second = 0] = bytes;
  if ((first & 0xc0) === 0xc0)
    return (first & 0x3f) === 5 ? 1 + (second < 192 ? 1 : second < 224 ? 2 : second === 255 ? 5 : 1) : undefined;
  if ((first & 0x80) === 0 || (first & 0x3c) >> 2 !== 5) return undefined;
  return 1 + ([1, 2, 4, 0][first & 3] ?? 0);
}

/** The octet that says how the secret part is protected; undefined where the public part has an unknown form. */
function usageOctet(bytes: Uint8Array, start: number, version: number): number | undefined {
  const algorithm = bytes[start + (version === 3 ? 7 : 5)] ?? 0;
  let at = start + (version === 3 ? 8 : version >= 5 ? 10 : 6);
  const integers = publicIntegers[algorithm];
  if (integers !== undefined) {
    for (let index = 0; index < integers; index++) at = afterInteger(bytes, at);
    return bytes[at];
  }
  if (algorithm !== ecdh && algorithm !== ecdsa && algorithm !== eddsa) return undefined;
  at = afterInteger(bytes, at + 1 + (bytes[at] ?? 0));
  return bytes[algorithm === ecdh ? at + 1 + (bytes[at] ?? 0) : at];
}

/** A multi-precision integer is a length in bits of two bytes and as many bytes as those take. */
function afterInteger(bytes: Uint8Array, at: number): number {
  return at + 2 + Math.ceil((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) / 8);
}
