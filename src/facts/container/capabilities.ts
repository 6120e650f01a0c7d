import type { Container } from "./container.ts";

/** Capabilities that a container has when nothing is set: Docker and containerd. Source: capabilities(7), the default OCI specification of both. */
const dockerDefaults = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "NET_RAW",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];
/** The same of Podman. Source: containers.conf(5), default_capabilities. */
const podmanDefaults = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** How a container comes by a capability. */
export type CapabilityOrigin = "privileged" | "added" | "default";

/** A capability's name as the kernel's headers have it, without `CAP_`, in capitals. */
export function capabilityName(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, "");
}

/** How the container comes by the capability, or undefined where it does not have it. The default of the widest runtime is assumed where the runtime is not known. */
export function capabilityOrigin(container: Container, capability: string): CapabilityOrigin | undefined {
  if (container.privileged) return "privileged";
  const added = container.capabilities.add.map(capabilityName);
  const dropped = container.capabilities.drop.map(capabilityName);
  if (dropped.includes(capability)) return undefined;
  if (added.includes(capability) || added.includes("ALL")) return "added";
  if (dropped.includes("ALL")) return undefined;
  return (container.runtime === "podman" ? podmanDefaults : dockerDefaults).includes(capability)
    ? "default"
    : undefined;
}
