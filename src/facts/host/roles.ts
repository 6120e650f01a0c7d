import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import type { Settings } from "../../core/settings.ts";

/** What a host can be for; what is expected of it follows. */
export const hostRoleNames = [
  "docker",
  "containerd",
  "cri-o",
  "podman",
  "rootless",
  "kubernetes-worker",
  "kubernetes-control-plane",
  "container-os",
  "ci",
  "bare-metal",
  "virtual",
  "cloud",
] as const;
/** One role of a host. */
export type HostRole = (typeof hostRoleNames)[number];

/** What the host is for, as far as it shows. Derived. */
export const roles = defineFact({
  id: "host/roles",
  summary: "what the host is for",
  obtain: "plimsoll assess host, or name the roles in the policy file (settings: hostRoles)",
  schema: z.object({ roles: z.array(z.object({ role: z.enum(hostRoleNames), shownBy: z.array(z.string()) })) }),
});
/** What the host is for. */
export type Roles = z.output<typeof roles.schema>;

/** The roles that count: those that the organisation set, else those that were detected. */
export function rolesInForce(found: Roles, settings: Settings): ReadonlySet<string> {
  return new Set(settings.hostRoles ?? found.roles.map(({ role }) => role));
}

/** True where the host runs containers by any engine. */
export function runsContainers(inForce: ReadonlySet<string>): boolean {
  return ["docker", "containerd", "cri-o", "podman", "kubernetes-worker", "kubernetes-control-plane"].some((role) =>
    inForce.has(role),
  );
}

/** True where Kubernetes places containers on the host. */
export function isKubernetesNode(inForce: ReadonlySet<string>): boolean {
  return inForce.has("kubernetes-worker") || inForce.has("kubernetes-control-plane");
}
