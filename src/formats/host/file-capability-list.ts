/**
 * File capabilities by path in what getcap(8) prints: `PATH CAPABILITIES`, in versions of libcap before 2.42 `PATH = CAPABILITIES`. The capabilities hold no
 * white space, so a path may. Lines of another form are left out.
 */
export function parseFileCapabilities(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, path, capabilities] =
      /^(\/.*?)(?: =)? ((?:[a-z_0-9,]*[=+-][eip]*)+(?: \[rootid=\d+\])?)$/.exec(line) ?? [];
    if (path !== undefined && capabilities !== undefined) found.set(path, capabilities);
  }
  return found;
}

/** The names in the text of capabilities (cap_from_text(3)) that a program gets, as `cap_net_raw`; `all` where none is named. */
export function grantedCapabilities(text: string): string[] {
  const names = new Set<string>();
  for (const clause of text.split(" ")[0]?.match(/[a-z_0-9,]*[=+][eip]+/g) ?? []) {
    const list = clause.replace(/[=+].*$/, "");
    if (!/[=+][ei]*p/.test(clause)) continue;
    for (const name of list === "" ? ["all"] : list.split(",")) names.add(name);
  }
  return [...names].sort();
}
