import { linesOf } from "../control-fields.ts";

/** The assignments of a Java properties file that metadata uses: `key=value` or `key: value`, comments left out. */
export function parseProperties(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const trimmed = line.trim();
    if (trimmed.startsWith("#") || trimmed.startsWith("!")) continue;
    const separator = trimmed.search(/[=:]/);
    if (separator > 0) values.set(trimmed.slice(0, separator).trim(), trimmed.slice(separator + 1).trim());
  }
  return values;
}

/** The main attributes of a `MANIFEST.MF` (JAR file specification): a line that begins with a space goes on from the one before; the first empty line ends them. */
export function parseManifest(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let current: string | undefined;
  for (const line of linesOf(text.replaceAll("\r\n", "\n").replaceAll("\r", "\n"))) {
    if (line === "") break;
    if (line[0] === " ") {
      if (current !== undefined) values.set(current, values.get(current)! + line.slice(1));
      continue;
    }
    const colon = line.indexOf(":");
    current = colon > 0 ? line.slice(0, colon).trim().toLowerCase() : undefined;
    if (current !== undefined) values.set(current, line.slice(colon + 1).trim());
  }
  return values;
}
