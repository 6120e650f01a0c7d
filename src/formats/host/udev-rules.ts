/** Keys whose value is a command that udevd runs as root. */
const runs = /^(RUN|PROGRAM)(\{\w+\})?$|^IMPORT\{program\}$/;

/**
 * The commands that rules of udev start (udev(7)): those of `RUN`, `PROGRAM` and `IMPORT{program}`, whatever the operator but `-=`, which takes one back.
 * A hash begins a comment only where a line does, and a line that ends in a backslash goes on in the next.
 */
export function udevPrograms(text: string): string[] {
  const key = /(?<![A-Z_])([A-Z_]+(?:\{[^{}"\n]*\})?)\s*([=!+:-]?=)\s*(?:e|i)?"((?:[^"\\\n]|\\.)*)"/g;
  return ruleLines(text).flatMap((line) =>
    [...line.matchAll(key)].flatMap(([, name, operator, value]) =>
      runs.test(name!) && operator !== "-=" && value !== "" ? [value!] : [],
    ),
  );
}

function ruleLines(text: string): string[] {
  return text
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .filter((line) => !/^\s*#/.test(line));
}
