/** One setting of a unit file: `[Service] ExecStart=…`. */
export interface UnitSetting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** The settings of a systemd unit file in order (systemd.syntax(7)): comments left out, continued lines joined. What is no setting is skipped, as systemd does with a warning. */
export function parseUnitFile(text: string): UnitSetting[] {
  const settings: UnitSetting[] = [];
  let section = "";
  for (const line of joinedLines(text)) {
    const header = /^\[(.+)\]$/.exec(line);
    if (header) {
      section = header[1]!;
      continue;
    }
    const split = line.indexOf("=");
    if (split <= 0 || section === "") continue;
    settings.push({ section, name: line.slice(0, split).trim(), value: line.slice(split + 1).trim() });
  }
  return settings;
}

/** Comments within a continued line are skipped, they do not end it. */
function joinedLines(text: string): string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const raw of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r|\0/)) {
    const line = raw.trimStart();
    if (line.startsWith("#") || line.startsWith(";")) continue;
    // A backslash that is itself escaped does not go on.
    const continued = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    const part = continued ? line.slice(0, -1).trimEnd() : line.trimEnd();
    open = open === undefined ? part : `${open} ${part}`.trim();
    if (continued) continue;
    if (open !== "") lines.push(open);
    open = undefined;
  }
  if (open) lines.push(open);
  return lines;
}

/** The values in force of a list setting such as ExecStart= over a unit and its drop-ins: an empty value clears what came before. */
export function listSetting(settings: readonly UnitSetting[], section: string, name: string): string[] {
  let values: string[] = [];
  for (const setting of settings) {
    if (setting.section !== section || setting.name !== name) continue;
    values = setting.value === "" ? [] : [...values, setting.value];
  }
  return values;
}

/** The value in force of a single setting: the last one; an empty value stands for the default and gives undefined. */
export function lastSetting(settings: readonly UnitSetting[], section: string, name: string): string | undefined {
  const last = settings.findLast((setting) => setting.section === section && setting.name === name);
  return last?.value === "" ? undefined : last?.value;
}

/** A boolean as systemd writes it (systemd.syntax(7)); undefined for any other word. */
export function unitBoolean(word: string): boolean | undefined {
  if (/^(1|yes|y|true|t|on)$/i.test(word)) return true;
  return /^(0|no|n|false|f|off)$/i.test(word) ? false : undefined;
}

/** The words of an Exec line: quotes and backslashes resolved, the prefixes `@-:+!|` of the program removed (systemd.service(5), "Command lines"). */
export function commandWords(line: string): string[] {
  const words = unitWords(line);
  if (words[0] !== undefined) words[0] = words[0].replace(/^[@\-:+!|]+/, "");
  return words;
}

/** The words of a value: split at spaces, quotes and backslashes resolved. */
export function unitWords(line: string): string[] {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^\s"'\\]|\\.)+)/gsy;
  let word: string | undefined;
  for (let at = 0; at < line.length; ) {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found) {
      word = (word ?? "") + (found[1] ?? found[2] ?? found[3] ?? "").replaceAll(/\\(.)/gs, "$1");
      at = pattern.lastIndex;
      continue;
    }
    if (/\s/.test(line[at]!)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + line[at]!;
    at++;
  }
  if (word !== undefined) words.push(word);
  return words;
}
