import { Option } from "commander";

/** Collects the values of an option that may be given again. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

/** One example of a command, and what it does. */
type Example = readonly [command: string, what: string];

/** The examples below the help of a command: each with what it does. */
export function examples(...lines: readonly Example[]): string {
  return `\nExamples:\n${exampleLines(lines, 0)}`;
}

/** The examples of assess, which several files add to: all are laid out to one width. */
export function assessExamples(...lines: readonly Example[]): string {
  return exampleLines(lines, 66);
}

/** A command that is longer than the rest of its lines may be is still parted from what it does. */
function exampleLines(lines: readonly Example[], width: number): string {
  const column = width || Math.max(...lines.map(([command]) => command.length)) + 2;
  return lines.map(([command, what]) => `  $ ${`${command}  `.padEnd(column)}${what}`).join("\n");
}

/** Where advisory data is. */
export function advisoryOption(): Option {
  return new Option("--advisories <path>", "advisory data: a built file, or a folder or archive of raw feeds").env(
    "PLIMSOLL_ADVISORIES",
  );
}

/** Which policy file is in force. */
export function policyOption(): Option {
  return new Option("-p, --policy <file>", "policy file (default: plimsoll.yaml where there is one)").env(
    "PLIMSOLL_POLICY",
  );
}
