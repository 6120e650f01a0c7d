import type { Command } from "commander";
import { prettyJson } from "../core/canonical-json.ts";
import { defaultPolicy, policySchema } from "../policy/policy-file.ts";
import { loadPolicy } from "./options.ts";

/** Prints the settings, gate rules and option values in force, each with where it came from. */
export async function show(given: readonly unknown[]): Promise<void> {
  const options = given.at(-2) as { policy?: string };
  const command = given.at(-1) as Command;
  const { policy, name } = await loadPolicy(options.policy);
  const lines = [`policy: ${name ?? "built in (there is no plimsoll.yaml here)"}`, ""];
  for (const part of ["settings", "gate"] as const) {
    for (const [key, value] of Object.entries(policy[part])) {
      const isDefault = JSON.stringify(value) === JSON.stringify((defaultPolicy[part] as Record<string, unknown>)[key]);
      lines.push(`${part}.${key} = ${JSON.stringify(value)}  (${isDefault ? "default" : name})`);
    }
  }
  const assess = command.parent?.parent?.commands.find((candidate) => candidate.name() === "assess");
  lines.push("", "options of assess:");
  for (const option of assess?.options ?? []) {
    const [value, source] = optionValue(
      option.long?.slice(2) ?? "",
      option.envVar,
      option.defaultValue,
      policy.options,
      name,
    );
    if (value !== undefined) lines.push(`--${option.long?.slice(2)} = ${JSON.stringify(value)}  (${source})`);
  }
  lines.push(
    "",
    `waivers: ${policy.waivers.length}, declarations: ${policy.declarations.length}, custom checks: ${policy.customChecks.length}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
}

function optionValue(
  name: string,
  variable: string | undefined,
  fallback: unknown,
  configured: Readonly<Record<string, unknown>>,
  file: string | undefined,
): [unknown, string] {
  const fromEnvironment = variable === undefined ? undefined : process.env[variable];
  if (fromEnvironment !== undefined) return [fromEnvironment, `environment ${variable}`];
  if (configured[name] !== undefined) return [configured[name], file ?? "policy"];
  return [fallback, "default"];
}

/** Prints the JSON Schema of the policy file. */
export function schema(): void {
  process.stdout.write(prettyJson(policySchema()));
}
