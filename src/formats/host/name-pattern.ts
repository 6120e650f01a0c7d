/** A pattern for names, as fnmatch(3) with FNM_CASEFOLD reads it: letters of either case, and no character that a star would not cross. */
export interface NamePattern {
  /** True where the whole name fits. */
  matches(name: string): boolean;
  /** True where a longer name that begins so may fit. */
  mayContinue(start: string): boolean;
}

type Part = { readonly any: true } | { readonly fits: (character: string) => boolean };

/** Reads a pattern of `*`, `?`, `[…]`, `[!…]`, classes and escapes. A bracket without an end stands for itself. */
export function namePattern(text: string): NamePattern {
  const parts = partsOf([...text]);
  return {
    matches: (name) => placesAfter(parts, name).has(parts.length),
    // Whatever part is left after the start, some character fits it.
    mayContinue: (start) => [...placesAfter(parts, start)].some((place) => place < parts.length),
  };
}

/** The places of the pattern at which one may stand after a text: never more than two for each character, as stars in a row are one. */
function placesAfter(parts: readonly Part[], text: string): ReadonlySet<number> {
  let places = withStars(parts, [0]);
  for (const character of text) {
    const next: number[] = [];
    for (const place of places) {
      const part = parts[place];
      if (part === undefined) continue;
      if ("any" in part) next.push(place);
      else if (part.fits(character)) next.push(place + 1);
    }
    places = withStars(parts, next);
    if (places.size === 0) break;
  }
  return places;
}

/** A star may stand for nothing. */
function withStars(parts: readonly Part[], places: readonly number[]): Set<number> {
  const all = new Set(places);
  for (const place of places) {
    const part = parts[place];
    if (part !== undefined && "any" in part) all.add(place + 1);
  }
  return all;
}

function partsOf(text: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at]!;
    const bracket = character === "[" ? bracketAt(text, at) : undefined;
    if (bracket !== undefined) {
      parts.push({ fits: bracket.fits });
      at = bracket.end;
    } else if (character === "*") {
      const last = parts.at(-1);
      if (last === undefined || !("any" in last)) parts.push({ any: true });
      at++;
    } else if (character === "?") {
      parts.push({ fits: () => true });
      at++;
    } else {
      const escaped = character === "\\" && at + 1 < text.length;
      const wanted = folded(escaped ? text[at + 1]! : character);
      parts.push({ fits: (other) => folded(other) === wanted });
      at += escaped ? 2 : 1;
    }
  }
  return parts;
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /^[A-Za-z0-9]$/,
  alpha: /^[A-Za-z]$/,
  blank: /^[ \t]$/,
  cntrl: /^[\0-\x1f\x7f]$/,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[ \t-\r]$/,
  upper: /^[A-Z]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

type Test = (character: string) => boolean;

/** The set of characters that a bracket stands for, and where it ends; undefined where nothing ends it. Classes alone tell the cases apart. */
function bracketAt(text: readonly string[], start: number): { readonly fits: Test; readonly end: number } | undefined {
  const negated = text[start + 1] === "!" || text[start + 1] === "^";
  const first = start + (negated ? 2 : 1);
  const tests: Test[] = [];
  for (let at = first; at < text.length; ) {
    if (text[at] === "]" && at > first)
      return { fits: (character) => tests.some((test) => test(character)) !== negated, end: at + 1 };
    const named = classAt(text, at);
    if (named !== undefined) {
      tests.push(named.fits);
      at = named.end;
      continue;
    }
    const low = characterAt(text, at);
    const high = text[low.end] === "-" && text[low.end + 1] !== "]" ? characterAt(text, low.end + 1) : low;
    if (low.character === undefined || high.character === undefined) return undefined;
    const [from, to] = [folded(low.character), folded(high.character)];
    tests.push((character) => folded(character) >= from && folded(character) <= to);
    at = high.end;
  }
  return undefined;
}

function characterAt(
  text: readonly string[],
  at: number,
): { readonly character: string | undefined; readonly end: number } {
  return text[at] === "\\" ? { character: text[at + 1], end: at + 2 } : { character: text[at], end: at + 1 };
}

function classAt(text: readonly string[], at: number): { readonly fits: Test; readonly end: number } | undefined {
  if (text[at] !== "[" || text[at + 1] !== ":") return undefined;
  const name = /^\[:([a-z]+):\]/.exec(text.slice(at, at + 12).join(""))?.[1];
  const found = name !== undefined && Object.hasOwn(classes, name) ? classes[name] : undefined;
  return found === undefined ? undefined : { fits: (character) => found.test(character), end: at + name!.length + 4 };
}

function folded(character: string): string {
  return character.toLowerCase();
}
