import { isPlaceholder } from "./placeholder.ts";

/** A password that a command line hands over, with its offset in the text. */
export interface CommandPassword {
  readonly secret: string;
  readonly offset: number;
}

/** Programs by whose names such command lines are looked for. */
export const passwordPrograms = ["chpasswd", "sshpass", "curl ", "wget ", "mysql"] as const;

/** Characters of a command line before and behind the program that are looked at. */
export const commandReach = 400;

const quoted = `["']?`;
const value = `(?<secret>[^\\s"'|;&<>$\`\\\\]{3,128})`;
/** What stands before chpasswd on its line: `echo 'user:password' |` (chpasswd(8)). */
const piped = new RegExp(
  `(?:echo|printf)\\s{1,4}(?:-\\w{1,3}\\s{1,4})?${quoted}[\\w.-]{1,64}:${value}(?:\\\\n)?${quoted}\\s{0,8}\\|\\s{0,8}(?:sudo\\s{1,4})?$`,
);
/** What stands behind the others (sshpass(1), curl(1), wget(1), mysql(1)). */
const options: Readonly<Record<string, RegExp>> = {
  sshpass: new RegExp(`^sshpass\\s{1,4}-p\\s{0,4}${quoted}${value}`),
  "curl ": new RegExp(`^curl\\s[^\\n|;&]{0,300}?\\s?(?:-u|--user)[ =]{0,4}${quoted}[\\w.@+-]{1,64}:${value}`),
  "wget ": new RegExp(`^wget\\s[^\\n|;&]{0,300}?--(?:http-|ftp-)?password[ =]${quoted}${value}`),
  mysql: new RegExp(`^mysql(?:dump|admin)?(?:\\s[^\\n|;&]{0,300}?)?\\s-p${quoted}${value}`),
};

/** The password in the command line around the program that begins at `at`, of a text that reaches {@link commandReach} characters to both sides; undefined where there is none. */
export function commandPassword(text: string, at: number, program: string): CommandPassword | undefined {
  const isPiped = program === "chpasswd";
  const line = isPiped
    ? text.slice(Math.max(text.lastIndexOf("\n", at - 1) + 1, at - commandReach), at)
    : text.slice(at, at + commandReach);
  const match = (isPiped ? piped : options[program])?.exec(line);
  const secret = match?.groups?.["secret"];
  if (
    match == null ||
    secret === undefined ||
    isPlaceholder(secret) ||
    /^[A-Z_]+$|^\d+(?::\d+)?$|^(?:pass(?:word|wd)?|pwd)$/.test(secret)
  )
    return undefined;
  const start = isPiped ? at - line.length : at;
  return { secret, offset: start + match.index + match[0].lastIndexOf(secret) };
}
