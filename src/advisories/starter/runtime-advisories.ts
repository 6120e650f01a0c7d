import { containerEngineAdvisories } from "./container-engines.ts";
import { containerRuntimeAdvisories } from "./container-runtimes.ts";
import { nodeComponentAdvisories } from "./node-components.ts";
import type { Precondition, RuntimeAdvisory } from "./runtime-advisory.ts";

export type { RuntimeAdvisory, RuntimeComponent } from "./runtime-advisory.ts";

/** Day on which these facts were last checked against their sources, ISO 8601. */
export const runtimeAdvisoriesDate = "2026-08-22";

/** Runtime, engine and orchestrator vulnerabilities that SP 800-190 §4.4.1 is answered with where no advisory data is at hand. Written from the sources that each names. */
export const runtimeAdvisories: readonly RuntimeAdvisory[] = [
  ...containerRuntimeAdvisories,
  ...containerEngineAdvisories,
  ...nodeComponentAdvisories,
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
  rootless: "containers run rootless without a cgroup namespace",
  "not-docker": "another engine than Docker starts runc",
  "nvidia-hook": "containers get GPUs by the toolkit's hook or legacy mode",
  "git-repo-volume": "pods may use gitRepo volumes",
  "dynamic-resource-allocation": "dynamic resource allocation is on",
  "read-only-port": "the kubelet's read-only port is open",
  "image-policy-webhook": "ImagePolicyWebhook decides on images",
  "local-users": "people without root log in to the host",
};
