import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** The fields of one paragraph by lower-case name; continuation lines are joined by newlines. The first of two equal names wins. */
export type Fields = ReadonlyMap<string, string>;

/**
 * The paragraphs of a control file (deb822(5), the form of dpkg and opkg databases and, for its first paragraph, of Python metadata).
 * Lines that belong to nothing are passed over. Throws `LIMIT_EXCEEDED` for too many paragraphs.
 */
export function* controlParagraphs(text: string, name: string): Generator<Fields> {
  let fields = new Map<string, string>();
  let current: string | undefined;
  let count = 0;
  for (const line of linesOf(text)) {
    if (line.trim() === "") {
      if (fields.size > 0) {
        if (++count > limits.records) throw limitExceeded(name, `${limits.records} paragraphs`);
        yield fields;
      }
      fields = new Map();
      current = undefined;
    } else if (line[0] === " " || line[0] === "\t") {
      if (current !== undefined) fields.set(current, `${fields.get(current)!}\n${line.trim()}`);
    } else if (line[0] !== "#") {
      current = addField(fields, line);
    }
  }
  if (fields.size > 0) yield fields;
}

/** Adds a `Name: value` line; gives the name that continuation lines belong to. */
function addField(fields: Map<string, string>, line: string): string | undefined {
  const colon = line.indexOf(":");
  if (colon <= 0) return undefined;
  const name = line.slice(0, colon).trim().toLowerCase();
  if (fields.has(name)) return undefined;
  fields.set(name, line.slice(colon + 1).trim());
  return name;
}

/** The lines of a text without their line ends, one at a time. */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    yield text[end - 1] === "\r" && end > start ? text.slice(start, end - 1) : text.slice(start, end);
    start = end + 1;
  }
}
