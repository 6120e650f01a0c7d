/**
 * Characters that a reader cannot see or that change the order of what is seen: controls, marks of direction (Unicode TR9),
 * characters without width, what is no character. Found in a name or a file, they must not make the page say something else.
 */
const deceptive =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|\p{Surrogate}/gu;
/** The same in JSON, where controls and lone surrogates are written as escapes. */
const deceptiveInJson =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|\\[bfru]/;

/** The text with such characters written as escapes: `\u202e`. Lines ended by CR LF end by LF. */
export function visibleText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(deceptive, escaped);
}

/** A YAML double-quoted scalar (YAML 1.2 §7.3.1) that can be copied without losing what cannot be seen. */
export function quotedScalar(text: string): string {
  return JSON.stringify(text).replace(deceptive, escaped);
}

/** JSON as data with every text in it made visible; data without such characters is parsed only. */
export function parseVisible(json: string): unknown {
  const data: unknown = JSON.parse(json);
  return deceptiveInJson.test(json) ? visible(data) : data;
}

function visible(value: unknown): unknown {
  if (typeof value === "string") return visibleText(value);
  if (Array.isArray(value)) return value.map(visible);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [visibleText(name), visible(member)]));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
