/** What modprobe.d(5) files forbid. */
export interface ModprobeRules {
  /** Modules whose aliases are ignored; they still load by name. */
  readonly blacklisted: ReadonlySet<string>;
  /** Modules whose load command is replaced by one that does nothing. */
  readonly disabled: ReadonlySet<string>;
}

/** Reads the text of modprobe.d files. Dashes and underscores are one in module names. */
export function parseModprobe(text: string): ModprobeRules {
  const blacklisted = new Set<string>();
  const disabled = new Set<string>();
  for (const line of text.replaceAll(/\\\n/g, " ").split("\n")) {
    const words = line.trim().split(/\s+/);
    const name = moduleName(words[1] ?? "");
    if (words[0] === "blacklist") blacklisted.add(name);
    if (words[0] === "install" && /^(\/usr)?\/(bin|sbin)\/(true|false)$|^:$/.test(words[2] ?? "")) disabled.add(name);
  }
  return { blacklisted, disabled };
}

/** A module's name as the kernel shows it: underscores for dashes, without folder and ending. */
export function moduleName(text: string): string {
  return text
    .split("/")
    .at(-1)!
    .replace(/\.ko(\.(gz|xz|zst))?$/, "")
    .replaceAll("-", "_");
}
