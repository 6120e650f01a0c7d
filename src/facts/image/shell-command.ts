/** One command of a shell's text. */
export interface ShellCommand {
  /** Its program without folders: `apt-get`. */
  readonly name: string;
  /** Its words after the program, without quotes. */
  readonly words: readonly string[];
  /** True where it is called through sudo. */
  readonly isSudo: boolean;
  /** True where it reads what the command before it writes. */
  readonly isPiped: boolean;
  /** Where it begins in the text, counted in characters. */
  readonly offset: number;
  /** Where each of its words begins. */
  readonly wordOffsets: readonly number[];
}

interface RawCommand {
  readonly words: { text: string; offset: number }[];
  readonly isPiped: boolean;
}

/** Characters of one text that are looked at; a build step longer than this is a payload, not a command line. */
const textLimit = 1024 ** 2;
/** Texts within texts (`sh -c "sh -c …"`) that are opened. */
const nestingLimit = 3;
const shellNames = /^(?:ba|da|z|a|k|mk)?sh$/;
/** Words that stand before a command and change nothing about what it is. */
const prefixes = new Set([
  "exec",
  "time",
  "command",
  "builtin",
  "nohup",
  "then",
  "do",
  "else",
  "elif",
  "if",
  "while",
  "until",
  "!",
  "{",
]);

/** Takes a shell's text apart into simple commands, in order. No shell's whole grammar: what quoting and operators tell. */
export function shellCommands(text: string, nesting = 0): ShellCommand[] {
  const commands: ShellCommand[] = [];
  for (const raw of rawCommands(text.slice(0, textLimit))) {
    const command = commandOf(raw);
    if (command === undefined) continue;
    commands.push(command);
    const script = nesting < nestingLimit ? scriptOf(command) : undefined;
    for (const inner of script === undefined ? [] : shellCommands(script, nesting + 1))
      commands.push({
        ...inner,
        isSudo: inner.isSudo || command.isSudo,
        offset: command.offset,
        wordOffsets: inner.words.map(() => command.offset),
      });
  }
  return commands;
}

/** The text that a shell is given to run: `sh -c TEXT`. */
function scriptOf({ name, words }: ShellCommand): string | undefined {
  if (!shellNames.test(name)) return undefined;
  const option = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  return option < 0 ? undefined : words[option + 1];
}

function commandOf({ words, isPiped }: RawCommand): ShellCommand | undefined {
  let index = 0;
  let isSudo = false;
  for (; index < words.length; index++) {
    const { text } = words[index]!;
    if (prefixes.has(text) || /^[A-Za-z_]\w*=/.test(text) || text.startsWith("<<")) continue;
    if (/^(?:\/\S*\/)?(?:env|sudo)$/.test(text)) {
      isSudo ||= text.endsWith("sudo");
      while (words[index + 1]?.text.startsWith("-")) index += /^-[ugpC]$/.test(words[index + 1]!.text) ? 2 : 1;
      continue;
    }
    break;
  }
  const program = words[index];
  if (program === undefined)
    return isSudo ? { name: "sudo", words: [], isSudo, isPiped, offset: words[0]!.offset, wordOffsets: [] } : undefined;
  const name = program.text.slice(program.text.lastIndexOf("/") + 1);
  const rest = words.slice(index + 1);
  return {
    name,
    words: rest.map(({ text }) => text),
    isSudo,
    isPiped,
    offset: program.offset,
    wordOffsets: rest.map(({ offset }) => offset),
  };
}

function rawCommands(text: string): RawCommand[] {
  const commands: RawCommand[] = [];
  let words: RawCommand["words"] = [];
  let word = "";
  let start = -1;
  let isPiped = false;
  let quote = "";
  const endWord = () => {
    if (start >= 0) words.push({ text: word, offset: start });
    word = "";
    start = -1;
  };
  const endCommand = (pipes: boolean) => {
    endWord();
    if (words.length > 0) commands.push({ words, isPiped });
    words = [];
    isPiped = pipes;
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    const next = text[index + 1];
    if (quote !== "") {
      if (character === quote) quote = "";
      else if (character === "\\" && quote === '"' && next !== undefined && /["\\$`\n]/.test(next)) {
        word += next === "\n" ? "" : next;
        index++;
      } else word += character;
      continue;
    }
    if (character === "\\") {
      // A line that goes on in the next one is one line.
      if (next === "\n") endWord();
      else {
        if (start < 0) start = index;
        word += next ?? "";
      }
      index++;
    } else if (character === "#" && start < 0) {
      const end = text.indexOf("\n", index);
      if (end < 0) break;
      // In a Dockerfile a comment between continued lines ends nothing.
      if (text[end - 1] !== "\\") endCommand(false);
      index = end;
    } else if (character === '"' || character === "'") {
      if (start < 0) start = index;
      quote = character;
    } else if (character === "|" && next !== "|") endCommand(true);
    else if (character === "&" && (text[index - 1] === ">" || next === ">")) word += start < 0 ? "" : character;
    else if (/[;&|()\n]/.test(character)) endCommand(false);
    else if (/\s/.test(character)) endWord();
    else {
      if (start < 0) start = index;
      word += character;
    }
  }
  endCommand(false);
  return commands;
}

/** Where each word of a command begins, by the word: the last place of one that stands there twice. */
export function wordPlaces({ words, wordOffsets }: ShellCommand): ReadonlyMap<string, number> {
  return new Map(words.map((word, index) => [word, wordOffsets[index]!]));
}
