import { StringDecoder } from "node:string_decoder";

/** One line of a stream, without its end. */
export interface InputLine {
  /** From 1 on. */
  readonly number: number;
  readonly text: string;
  /** The line is longer than anything that is read; its text is the beginning. */
  readonly isCut?: boolean | undefined;
}

/** Characters that a line may have. */
export const longestLine = 65_536;

/**
 * The lines of a stream, as many at a time as have come, so that whoever writes them can wait for the answer to each. Lines end with a line feed, before
 * which a carriage return is dropped; a byte order mark is, too. A line without an end, as the last may be, is one all the same.
 */
export async function* inputLines(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<InputLine[]> {
  const decoder = new StringDecoder("utf8");
  let number = 0;
  let rest = "";
  let isCut = false;
  const lineOf = (text: string): InputLine => {
    const line = { number: ++number, text: text.replace(/\r$/, ""), ...(isCut && { isCut }) };
    isCut = false;
    return number === 1 ? { ...line, text: line.text.replace(/^\uFEFF/, "") } : line;
  };
  for await (const chunk of stream) {
    const texts = (rest + (typeof chunk === "string" ? chunk : decoder.write(chunk))).split("\n");
    rest = texts.pop() as string;
    const lines = texts.map((text) => {
      isCut ||= text.length > longestLine;
      return lineOf(text.slice(0, longestLine));
    });
    if (rest.length > longestLine) {
      isCut = true;
      rest = rest.slice(0, longestLine);
    }
    if (lines.length > 0) yield lines;
  }
  rest += decoder.end();
  if (rest !== "") yield [lineOf(rest)];
}
