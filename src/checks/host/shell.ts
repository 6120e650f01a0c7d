/** What stands for a byte that is no UTF-8 in the name of a file: a lone surrogate, U+DC00 and the byte. */
const stray = /(?<![\ud800-\udbff])[\udc80-\udcff]/g;

/** A name as one word of a shell command: names of files, accounts and units are whatever somebody chose, so all but plain ones are quoted. */
export function shellWord(name: string): string {
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(name) && !name.startsWith("-")) return name;
  const quoted = name.replaceAll("'", `'\\''`);
  return `'${quoted.replaceAll(stray, (code) => `'"$(printf '\\${(code.charCodeAt(0) & 0xff).toString(8)}')"'`)}'`;
}
