import type { Severity } from "../../core/severity.ts";

/** Software that runs, builds or orders containers, as these facts name it. */
export type RuntimeComponent =
  | "runc"
  | "containerd"
  | "docker"
  | "buildkit"
  | "cri-o"
  | "podman"
  | "nvidia-container-toolkit"
  | "kubelet"
  | "kube-apiserver";

/** What must hold on a machine besides the version. */
export type Precondition =
  | "authorization-plugin"
  | "encrypted-swarm-overlay"
  | "selinux"
  | "firewalld"
  | "host-network-container"
  | "user-namespaces"
  | "checkpoint-restore"
  | "classic-builder"
  | "rootless"
  | "not-docker"
  | "nvidia-hook"
  | "git-repo-volume"
  | "dynamic-resource-allocation"
  | "read-only-port"
  | "image-policy-webhook"
  | "local-users";

/** One publicly known vulnerability of a container runtime, engine or orchestrator in its upstream versions. */
export interface RuntimeAdvisory {
  readonly id: string;
  readonly component: RuntimeComponent;
  /** Affected upstream versions as `[introduced,fixed)`; `0` is the beginning. */
  readonly affected: readonly (readonly [introduced: string, fixed: string])[];
  /** Undefined where neither source rates it. */
  readonly severity: Severity | undefined;
  readonly title: string;
  readonly precondition?: Precondition;
  /** Where the ranges were read, two at least. */
  readonly sources: readonly [string, string, ...string[]];
  /** What the sources do not agree on. */
  readonly disputed?: string;
}

/** Go vulnerability database (vuln.go.dev). */
export const go = "Go vulnerability database";
/** Reviewed advisories of GitHub. */
export const github = "GitHub advisory";
/** Version ranges of the NVD as kept by anchore/nvd-data-overrides. */
export const nvd = "NVD ranges";
/** The feed of the Kubernetes project. */
export const feed = "Kubernetes CVE feed";
/** AlmaLinux's errata, for the rating. */
export const alma = "AlmaLinux advisory";
/** Update notices of Flatcar Container Linux, which name ids, scores and fixed versions. */
export const flatcar = "Flatcar update notice";

/** Writes one fact; `affected` is a list of `[introduced,fixed)`. */
export function advisory(
  id: string,
  component: RuntimeComponent,
  affected: string,
  severity: Severity | undefined,
  title: string,
  sources: RuntimeAdvisory["sources"],
  more: Pick<RuntimeAdvisory, "precondition" | "disputed"> = {},
): RuntimeAdvisory {
  const ranges = [...affected.matchAll(/\[([^,]+),([^)]+)\)/g)].map(
    ([, introduced, fixed]): readonly [string, string] => [introduced!, fixed!],
  );
  return { id, component, affected: ranges, severity, title, sources, ...more };
}
