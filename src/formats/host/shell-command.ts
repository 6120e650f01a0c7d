/** Programs that run what stands behind them. */
const runsOthers =
  /^(ba|da|z|k|a)?sh$|^(python|perl|ruby|node|php|lua|tclsh)[\d.]*$|^(env|nice|ionice|chrt|nohup|setsid|stdbuf|timeout|time|flock|sudo|exec|command|run-parts|start-stop-daemon|\.|source|systemd-run|unshare|chroot|xargs|cronic|chronic)$/;

/**
 * The paths of the programs that a line of shell starts, as far as they are written out: of each simple command the program and, where that runs
 * others (interpreters, `nice`, `run-parts`), the absolute paths among its words. What a variable or a substitution stands for is not known.
 */
export function programsIn(line: string): string[] {
  const found = new Set<string>();
  for (const words of simpleCommands(line)) {
    const start = words.findIndex(
      (word) => !/^([A-Za-z_]\w*=.*|!|\{|\}|\(|if|then|else|elif|while|until|do|fi|done)$/s.test(word),
    );
    const program = words[start];
    if (program === undefined) continue;
    if (program.startsWith("/")) found.add(program);
    if (!runsOthers.test(program.slice(program.lastIndexOf("/") + 1))) continue;
    for (const [at, word] of words.entries()) {
      if (at <= start) continue;
      // `sh -c` takes a line of shell itself.
      if (words[at - 1] === "-c") for (const path of programsIn(word)) found.add(path);
      else if (/^\/[^*?[\]$`]+$/.test(word)) found.add(word);
    }
  }
  return [...found];
}

const separators = new Set([";", "&", "|", "\n", "(", ")", "`"]);

/** Words by command: quotes and backslashes resolved, redirections and their targets left out, comments too. */
function simpleCommands(line: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let redirected = false;
  const endWord = () => {
    if (word !== undefined && !redirected) words.push(word);
    if (word !== undefined) redirected = false;
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    redirected = false;
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === "\\") word = (word ?? "") + (line[++at] ?? "");
    else if (character === "'" || character === '"') {
      const end = line.indexOf(character, at + 1);
      word = (word ?? "") + line.slice(at + 1, end < 0 ? line.length : end);
      at = end < 0 ? line.length : end;
    } else if (character === "#" && word === undefined) {
      const end = line.indexOf("\n", at);
      at = end < 0 ? line.length : end - 1;
    } else if (character === ">" || character === "<") {
      if (word !== undefined && /^\d+$/.test(word)) word = undefined;
      endWord();
      redirected = true;
      if (line[at + 1] === ">" || line[at + 1] === "<" || line[at + 1] === "&") at++;
    } else if (separators.has(character)) endCommand();
    else if (/\s/.test(character)) endWord();
    else word = (word ?? "") + character;
  }
  endCommand();
  return commands;
}
