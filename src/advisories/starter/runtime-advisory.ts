import type { Severity } from "../../core/severity.ts";

/** Software that runs, builds or orders containers, as these facts name it. */
export type RuntimeComponent =
  | "runc"
  | "crun"
  | "kata"
  | "containerd"
  | "docker"
  | "buildkit"
  | "cri-o"
  | "podman"
  | "buildah"
  | "nvidia-container-toolkit"
  | "kubelet"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "etcd"
  | "ingress-nginx";

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
  | "untrusted-frontend"
  | "rootless"
  | "not-docker"
  | "krun-handler"
  | "confidential-guests"
  | "podman-machine"
  | "nvidia-hook"
  | "git-repo-volume"
  | "dynamic-resource-allocation"
  | "read-only-port"
  | "image-policy-webhook"
  | "mountable-secrets"
  | "portworx-in-tree"
  | "etcd-authentication"
  | "etcd-split-listeners"
  | "windows-node"
  | "proxy-to-control-plane"
  | "local-users";

/** A document that a fact was read in. */
export interface AdvisorySource {
  readonly name: string;
  readonly url: string;
}

/** One publicly known vulnerability of a container runtime, engine or orchestrator in its upstream versions. */
export interface RuntimeAdvisory {
  readonly id: string;
  readonly component: RuntimeComponent;
  /** Affected upstream versions as `[introduced,fixed)`; `0` is the beginning, and where no version is fixed there is no end. */
  readonly affected: readonly (readonly [introduced: string, fixed: string | undefined])[];
  /** Undefined where no source rates it. */
  readonly severity: Severity | undefined;
  readonly title: string;
  readonly precondition?: Precondition;
  /** Where the ranges were read, two at least. */
  readonly sources: readonly [AdvisorySource, AdvisorySource, ...AdvisorySource[]];
  /** What the sources do not agree on, and where that matters which of them counts here. */
  readonly disputed?: string;
}

/** The report of the Go vulnerability database with an id such as `GO-2025-4096`. */
export function go(id: string): AdvisorySource {
  return { name: "Go vulnerability database", url: `https://pkg.go.dev/vuln/${id}` };
}

/** The advisory that GitHub reviewed. */
export function github(id: string): AdvisorySource {
  return { name: "GitHub advisory", url: `https://github.com/advisories/${id}` };
}

/** The advisory that the project published itself. */
export function project(repository: string, id: string): AdvisorySource {
  return { name: `${repository} advisory`, url: `https://github.com/${repository}/security/advisories/${id}` };
}

/** The notes of a release that fixes it. */
export function release(repository: string, tag: string): AdvisorySource {
  return { name: `${repository} ${tag}`, url: `https://github.com/${repository}/releases/tag/${tag}` };
}

/** The record that the CVE numbering authority published. */
export function cve(id: string): AdvisorySource {
  return { name: "CVE record", url: `https://www.cve.org/CVERecord?id=${id}` };
}

/** The version ranges of the NVD, as anchore/nvd-data-overrides completes them. */
export function nvd(id: string): AdvisorySource {
  const year = id.split("-")[1];
  return {
    name: "NVD ranges",
    url: `https://github.com/anchore/nvd-data-overrides/blob/main/data/${year}/${id}.json`,
  };
}

/** The feed of the Kubernetes project, which names the component. */
export function feed(id: string): AdvisorySource {
  return {
    name: "Kubernetes CVE feed",
    url: `https://github.com/kubernetes-sigs/cve-feed-osv/blob/main/vulns/${id}.json`,
  };
}

/** The record that aquasecurity/vuln-list-k8s gathered from the CVE record and the announcement. */
export function list(id: string): AdvisorySource {
  return {
    name: "Kubernetes vulnerability list",
    url: `https://github.com/aquasecurity/vuln-list-k8s/blob/main/upstream/${id}.json`,
  };
}

/** Bitnami's record of a product. */
export function bitnami(product: string, id: string): AdvisorySource {
  return { name: "Bitnami", url: `https://github.com/bitnami/vulndb/blob/main/data/${product}/${id}.json` };
}

/** Writes one fact; `affected` is a list of `[introduced,fixed)`, or `[introduced,)` where no version is fixed. */
export function advisory(
  id: string,
  component: RuntimeComponent,
  affected: string,
  severity: Severity | undefined,
  title: string,
  sources: RuntimeAdvisory["sources"],
  more: Pick<RuntimeAdvisory, "precondition" | "disputed"> = {},
): RuntimeAdvisory {
  const ranges = [...affected.matchAll(/\[([^,]+),([^)]*)\)/g)].map(
    ([, introduced, fixed]): readonly [string, string | undefined] => [introduced!, fixed || undefined],
  );
  return { id, component, affected: ranges, severity, title, sources, ...more };
}
