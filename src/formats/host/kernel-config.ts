/** The options of a kernel configuration (`CONFIG_X=y`) without their prefix, texts without their quotes; what is not set is absent. */
export function parseKernelConfig(text: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const found = /^CONFIG_([A-Za-z0-9_]+)=(.*)$/.exec(line);
    if (found) options[found[1]!] = unquoted(found[2]!);
  }
  return options;
}

/** Within quotes a backslash escapes what follows (Documentation/kbuild/kconfig). */
function unquoted(text: string): string {
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  return quoted === undefined ? text : quoted.replaceAll(/\\(.)/g, "$1");
}
