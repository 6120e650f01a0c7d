import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { AppError, messageOf } from "../core/errors.ts";
import { defaultPolicy, type Policy, parsePolicy } from "../policy/policy-file.ts";

/** The policy in force and the file it came from; without a name the built-in one. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly name?: string | undefined;
}

const usualName = "plimsoll.yaml";

/** Reads the named policy file, or plimsoll.yaml where there is one, or takes the built-in policy. */
export async function loadPolicy(named: string | undefined): Promise<LoadedPolicy> {
  const name = named ?? usualName;
  try {
    return { policy: parsePolicy(await readFile(name, "utf8"), name), name };
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (named === undefined) return { policy: defaultPolicy };
    throw new AppError("CONFIG_INVALID", `cannot read policy ${named}: ${messageOf(error)}`, {
      hint: "check the path given by --policy or PLIMSOLL_POLICY",
      cause: error,
    });
  }
}

/** Lets the policy file's `options` fill in what neither the command line nor the environment said. */
export function applyPolicyOptions(command: Command, { policy, name }: LoadedPolicy): void {
  for (const [option, value] of Object.entries(policy.options)) {
    const known = command.options.find((candidate) => candidate.long === `--${option}`);
    if (!known) {
      throw new AppError("CONFIG_INVALID", `${name}: options.${option}: there is no such option`, {
        hint: `see "plimsoll ${command.name()} --help"`,
      });
    }
    const source = command.getOptionValueSource(known.attributeName());
    if (source === undefined || source === "default")
      command.setOptionValueWithSource(known.attributeName(), value, "config");
  }
}
