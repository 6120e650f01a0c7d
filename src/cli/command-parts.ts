import { Option } from "commander";

/** Collects the values of an option that may be given again. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

/** The examples below the help of a command: each with what it does. */
export function examples(...lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length)) + 2;
  return `\nExamples:\n${lines.map(([command, what]) => `  $ ${command.padEnd(width)}${what}`).join("\n")}`;
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
