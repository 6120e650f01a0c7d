/** One element of DER (X.690 §8.1): its tag and where its content lies. */
export interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** Universal tags (X.680 §8.4), with the constructed bit where the type has it. */
export const derTag = { integer: 0x02, octetString: 0x04, objectIdentifier: 0x06, sequence: 0x30 } as const;

/** The element at an offset, or undefined where none lies wholly before `limit`. Only definite lengths of at most four bytes, as DER has. */
export function derElement(bytes: Uint8Array, at: number, limit = bytes.length): DerElement | undefined {
  if (at + 2 > limit) return undefined;
  const tag = bytes[at]!;
  const first = bytes[at + 1]!;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || at + 2 + lengthBytes > limit) return undefined;
  let length = lengthBytes === 0 ? first : 0;
  for (let index = 0; index < lengthBytes; index++) length = length * 256 + bytes[at + 2 + index]!;
  const start = at + 2 + lengthBytes;
  return start + length > limit ? undefined : { tag, start, end: start + length };
}

/** The elements inside a constructed one, at most `most` of them; undefined where they do not fill it exactly. */
export function derChildren(bytes: Uint8Array, parent: DerElement, most = 64): DerElement[] | undefined {
  const children: DerElement[] = [];
  for (let at = parent.start; at < parent.end; ) {
    const child = derElement(bytes, at, parent.end);
    if (child === undefined || children.length === most) return undefined;
    children.push(child);
    at = child.end;
  }
  return children;
}
