import { AppError } from "../core/errors.ts";
import { hostRoleNames } from "../facts/host/roles.ts";
import type { LoadedPolicy } from "./options.ts";

/** The policy with the host's roles of the command line, where some were given. A role that is not known, there or in the policy file, is `USAGE` or `CONFIG_INVALID`: it would silently expect nothing. */
export function withHostRoles(loaded: LoadedPolicy, given: readonly string[] | undefined): LoadedPolicy {
  const hint = `the roles are ${hostRoleNames.join(", ")}`;
  const wrong = given?.find((role) => !isRole(role));
  if (wrong !== undefined) throw new AppError("USAGE", `--host-role: there is no role ${wrong}`, { hint });
  const unknown = loaded.policy.settings.hostRoles?.find((role) => !isRole(role));
  if (unknown !== undefined)
    throw new AppError(
      "CONFIG_INVALID",
      `${loaded.name ?? "policy"}: settings.hostRoles: there is no role ${unknown}`,
      { hint },
    );
  if (given === undefined) return loaded;
  return { ...loaded, policy: { ...loaded.policy, settings: { ...loaded.policy.settings, hostRoles: [...given] } } };
}

function isRole(name: string): boolean {
  return (hostRoleNames as readonly string[]).includes(name);
}
