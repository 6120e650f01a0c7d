/** Lines `NAME=value` or `Name value` of a configuration file, comments left out, quotes at both ends removed; the last line of a name counts. */
export function parseKeyValues(text: string, separator: "=" | " "): Record<string, string> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const found = separator === "=" ? /^([^=\s]+)\s*=\s*(.*)$/.exec(line) : /^(\S+)\s+(.*)$/.exec(line);
    if (found) values[found[1]!] = found[2]!.trim().replaceAll(/^(["'])(.*)\1$/g, "$2");
  }
  return { ...values };
}
