/** The options of a kernel configuration (`CONFIG_X=y`) without their prefix; what is not set is absent. */
export function parseKernelConfig(text: string): Record<string, string> {
  const options: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const found = /^CONFIG_([A-Za-z0-9_]+)=(.*)$/.exec(line);
    if (found) options[found[1]!] = found[2]!.replaceAll(/^"|"$/g, "");
  }
  return options;
}
