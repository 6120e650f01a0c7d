/** The words of an instruction after the Dockerfile's own rules: quotes hold a word together and are removed, a backslash takes the next character as it is. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const { text: word } of quotedWords(text)) words.push(unquoted(word));
  return words;
}

/** A word with its quotes still on it and where it begins. */
export interface QuotedWord {
  readonly text: string;
  readonly offset: number;
}

/** Takes a text apart at white space outside of quotes. An open quote ends with the text. */
export function quotedWords(text: string): QuotedWord[] {
  const words: QuotedWord[] = [];
  let start = -1;
  let quote = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (quote === "" && /\s/.test(character)) {
      if (start >= 0) words.push({ text: text.slice(start, index), offset: start });
      start = -1;
      continue;
    }
    if (start < 0) start = index;
    if (character === "\\" && quote !== "'") index++;
    else if (quote === "") quote = character === '"' || character === "'" ? character : "";
    else if (character === quote) quote = "";
  }
  if (start >= 0) words.push({ text: text.slice(start), offset: start });
  return words;
}

/** A word without its quotes and escapes. */
export function unquoted(word: string): string {
  if (!/["'\\]/.test(word)) return word;
  let result = "";
  let quote = "";
  for (let index = 0; index < word.length; index++) {
    const character = word[index]!;
    if (character === "\\" && quote !== "'") {
      const next = word[index + 1];
      if (next === undefined) break;
      // Between double quotes a backslash only escapes what would have a meaning there.
      if (quote === '"' && !/["\\$]/.test(next)) result += character;
      result += next;
      index++;
    } else if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
    else result += character;
  }
  return result;
}

/** The strings of an instruction in JSON form (`["a", "b"]`), or undefined for the shell form. */
export function jsonForm(text: string): string[] | undefined {
  if (!/^\s*\[/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    // What begins like JSON and is none, the builder takes for the shell form.
    return undefined;
  }
}
