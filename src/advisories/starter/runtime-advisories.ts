import { containerRuntimeAdvisories } from "./container-runtimes.ts";
import { containerdAdvisories } from "./containerd.ts";
import { controlPlaneAdvisories } from "./control-plane.ts";
import { dockerEngineAdvisories } from "./docker-engine.ts";
import { nodeComponentAdvisories } from "./node-components.ts";
import { otherEngineAdvisories } from "./other-engines.ts";
import type { Precondition, RuntimeAdvisory } from "./runtime-advisory.ts";

export type { AdvisorySource, RuntimeAdvisory, RuntimeComponent } from "./runtime-advisory.ts";

/** Day on which these facts were last checked against their sources, ISO 8601. */
export const runtimeAdvisoriesDate = "2026-11-25";

/** Runtime, engine and orchestrator vulnerabilities that SP 800-190 §4.4.1 is answered with where no advisory data is at hand. Written from the sources that each names. */
export const runtimeAdvisories: readonly RuntimeAdvisory[] = [
  ...containerRuntimeAdvisories,
  ...containerdAdvisories,
  ...dockerEngineAdvisories,
  ...otherEngineAdvisories,
  ...nodeComponentAdvisories,
  ...controlPlaneAdvisories,
];

/** Preconditions in words, to follow "only where". */
export const preconditionTexts: Readonly<Record<Precondition, string>> = {
  "authorization-plugin": "the engine uses an authorization plugin",
  "encrypted-swarm-overlay": "a swarm has encrypted overlay networks",
  selinux: "SELinux confines the containers",
  firewalld: "firewalld manages the firewall",
  "host-network-container": "a container runs as root in the host's network",
  "user-namespaces": "pods use user namespaces",
  "checkpoint-restore": "checkpoints of containers are restored",
  "classic-builder": "images are built by the classic builder",
  "untrusted-frontend": "builds use a frontend that is not trusted",
  rootless: "containers run rootless without a cgroup namespace",
  "not-docker": "another engine than Docker starts runc",
  "krun-handler": "crun starts virtual machines (krun)",
  "confidential-guests": "guests are confidential, so that the host is not trusted",
  "podman-machine": "podman machine is used",
  "nvidia-hook": "containers get GPUs by the toolkit's hook or legacy mode",
  "git-repo-volume": "pods may use gitRepo volumes",
  "dynamic-resource-allocation": "dynamic resource allocation is on",
  "read-only-port": "the kubelet's read-only port is open",
  "image-policy-webhook": "ImagePolicyWebhook decides on images",
  "mountable-secrets": "service accounts name the secrets that may be mounted",
  "portworx-in-tree": "the Portworx volumes built into Kubernetes are used",
  "etcd-authentication": "etcd's own authentication is on, which Kubernetes does not use",
  "etcd-split-listeners": "etcd has --listen-client-http-urls and a list of revoked certificates",
  "windows-node": "the node runs Windows",
  "proxy-to-control-plane": "people who may use the API server's proxy can answer for names that it looks up",
  "local-users": "people without root log in to the host",
};
