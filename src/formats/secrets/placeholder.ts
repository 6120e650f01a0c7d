import { entropyOf } from "./entropy.ts";

/** Words by which people say that a value is not the real one. */
const pretence =
  /example|sample|placeholder|change[_-]?me|replace[_-]?me|your[_-]|[_-]your|redacted|dummy|insert[_-]|put[_-]|fill[_-]|xxxx|\*\*\*|<[a-z _-]+>|\.\.\.|foobar|lorem|not[_-]?a[_-]?real|fake|todo|mock|abcdefgh|12345678|87654321|deadbeef|0123456/i;
/** Values that say where a secret comes from, and words that stand where a value is optional. */
const reference =
  /^(?:\$\{?[\w.]+|\$\(|<[^>]*>|\{\{|\{[\w.]+\}|%[\w.]+%|%[sdv@]|#\{|@[\w.]+@|\/run\/secrets\/|env[.:]|process\.env|os\.environ|vault:|secret:|arn:|file:|projects\/|true$|false$|yes$|no$|on$|off$|null$|nil$|none$|undefined$|disabled?$|enabled?$|optional$|required$|auto$|default$|\*+$)/i;

/** True for values that say where a secret comes from, or that there is none: `${TOKEN}`, `/run/secrets/token`, `none`. */
export function isReference(value: string): boolean {
  return reference.test(value);
}

/** True for values that stand where a secret would: examples of documentation, runs of one character, counters. */
export function isPlaceholder(value: string): boolean {
  return isReference(value) || pretence.test(value) || /(.)\1{5}/.test(value) || isCounter(value);
}

/** True when the characters are spread as those of a random value are: at least `bits` per character, as far as the length allows. */
export function isRandom(value: string, bits: number): boolean {
  // A text of n characters cannot have more than log2(n) bits; random ones come close to it.
  return entropyOf(value) >= Math.min(bits, Math.log2(value.length) * 0.8);
}

/** True when most characters follow their neighbour in code order, as in `abcdef` and `98765`. */
function isCounter(value: string): boolean {
  let steps = 0;
  for (let index = 1; index < value.length; index++) {
    if (Math.abs(value.charCodeAt(index) - value.charCodeAt(index - 1)) === 1) steps++;
  }
  return value.length >= 6 && steps > (value.length - 1) * 0.6;
}
