import type { OsRelease } from "../os-release.ts";

/** An operating system made to run containers and nothing else (SP 800-190 §2.6, §4.5.1). */
export interface ContainerOperatingSystem {
  readonly name: string;
  matches(release: OsRelease): boolean;
  /** What its maker promises and the kernel can prove. */
  readonly guarantees: readonly Guarantee[];
}
/** A promise of a container-specific operating system that can be seen in force. */
export type Guarantee =
  | "root-read-only"
  | "usr-read-only"
  | "verity"
  | "etc-in-memory"
  | "selinux-enforcing"
  | "lockdown"
  | "no-shell"
  | "signed-modules"
  | "no-ssh";

const variant = (id: string, ids: readonly string[]) => (release: OsRelease) =>
  ids.includes(release.id) && release.variantId === id;
const identifier =
  (...ids: readonly string[]) =>
  (release: OsRelease) =>
    ids.includes(release.id);

/** The known ones with what they promise (each maker's documentation of its security design). */
export const containerOperatingSystems: readonly ContainerOperatingSystem[] = [
  {
    name: "Bottlerocket",
    matches: identifier("bottlerocket"),
    guarantees: ["root-read-only", "verity", "etc-in-memory", "selinux-enforcing", "lockdown", "no-shell"],
  },
  { name: "Flatcar Container Linux", matches: identifier("flatcar"), guarantees: ["usr-read-only", "verity"] },
  { name: "Talos Linux", matches: identifier("talos"), guarantees: ["root-read-only", "no-shell", "no-ssh"] },
  {
    name: "Fedora CoreOS",
    matches: variant("coreos", ["fedora", "rhel", "centos"]),
    guarantees: ["usr-read-only", "selinux-enforcing"],
  },
  { name: "Red Hat CoreOS", matches: identifier("rhcos", "scos"), guarantees: ["usr-read-only", "selinux-enforcing"] },
  {
    name: "Container-Optimized OS",
    matches: identifier("cos"),
    guarantees: ["root-read-only", "verity", "signed-modules"],
  },
  {
    name: "openSUSE MicroOS",
    matches: identifier("opensuse-microos", "opensuse-leap-micro"),
    guarantees: ["root-read-only"],
  },
  {
    name: "SUSE Linux Micro",
    matches: identifier("sle-micro", "sl-micro", "suse-microos"),
    guarantees: ["root-read-only", "selinux-enforcing"],
  },
  { name: "Ubuntu Core", matches: identifier("ubuntu-core"), guarantees: ["root-read-only"] },
  {
    name: "Kairos",
    matches: (release) => release.id === "kairos" || release.variantId === "kairos",
    guarantees: ["root-read-only"],
  },
  { name: "RancherOS", matches: identifier("rancheros"), guarantees: [] },
  { name: "Elemental", matches: identifier("elemental", "sle-micro-rancher"), guarantees: ["root-read-only"] },
  { name: "LinuxKit", matches: identifier("linuxkit"), guarantees: [] },
];

/** The container-specific operating system that os-release names, or undefined for a general-purpose one. */
export function containerOsOf(release: OsRelease): ContainerOperatingSystem | undefined {
  return containerOperatingSystems.find((system) => system.matches(release));
}
