import { isPlaceholder, isRandom } from "./placeholder.ts";
import type { TokenRule } from "./secret-rule.ts";
import { textAt } from "./text-bytes.ts";

/** A token that its form gives away. */
export interface FoundToken {
  readonly secret: string;
  /** Bytes from the token's first to its last, of which the secret may be a part. */
  readonly length: number;
}

/** The token of a rule that begins at an offset; undefined where none does. */
export function tokenAt(bytes: Uint8Array, start: number, rule: TokenRule): FoundToken | undefined {
  rule.pattern.lastIndex = 0;
  const match = rule.pattern.exec(textAt(bytes, start, rule.reach));
  if (match === null) return undefined;
  const secret = match.groups?.["secret"] ?? match[0];
  if (isPlaceholder(secret) || !isRandom(secret, rule.entropy) || rule.isSound?.(match[0]) === false) return undefined;
  return { secret, length: match[0].length };
}
