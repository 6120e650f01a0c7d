/** A name as one word of a shell command: names of files, accounts and units are whatever somebody chose, so all but plain ones are quoted. */
export function shellWord(name: string): string {
  return /^[A-Za-z0-9_@%+:,./-]+$/.test(name) && !name.startsWith("-") ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
