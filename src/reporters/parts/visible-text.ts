/** What a terminal, a browser or a reader would act on or could not see: controls, line ends, bidirectional and zero-width characters, lone surrogates, non-characters. */
const unsafe =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** The text on one line, with every character that acts instead of showing written as an escape: `\n`, `\u{1b}`. */
export function visible(text: string): string {
  return text.replace(unsafe, escaped);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/** A value of an observation as visible text: text as it is, anything else as JSON, cut after `limit` characters. */
export function valueText(value: unknown, limit = 200): string {
  const text = visible(typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing"));
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
