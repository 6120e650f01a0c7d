import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findingsIn } from "../../../test/manifest-verdicts.ts";
import { sharedData } from "../../../test/shared-data.ts";
import { ManifestSet } from "../../collectors/manifest-set.ts";
import type { Check } from "../../core/check.ts";

/*
 * Another scanner's verdicts on its own test cases, for the rules that ask what one of our checks asks. Where the two
 * disagree the case is listed with the reason; an unlisted disagreement fails, and so does a listed one that is gone.
 */

const rules = sharedData("kubernetes-rules");
/** The checks that answer each rule's question. */
const counterparts: Readonly<Record<string, readonly (string | { readonly check: string; readonly key: RegExp })[]>> = {
  "alert-any-hostpath": ["container/host-path-mounted"],
  "automount-service-account": ["orchestrator/service-account-token-mounted"],
  "container-hostPort": ["container/host-port-used"],
  "drop-capability-netraw": ["container/raw-sockets-allowed"],
  ensure_network_policy_configured_in_labels: ["orchestrator/ingress-unrestricted"],
  "host-network-access": ["container/host-network-shared"],
  "host-pid-ipc-privileges": ["container/host-processes-visible", "container/host-ipc-shared"],
  "host-pid-privileges": ["container/host-processes-visible"],
  "immutable-container-filesystem": ["container/root-file-system-writable"],
  "insecure-capabilities": ["container/capability-beyond-default"],
  "pod-security-admission-applied-1": ["orchestrator/pod-security-not-enforced"],
  "pod-security-admission-baseline-applied-1": ["orchestrator/pod-security-not-enforced"],
  "pods-in-default-namespace": ["orchestrator/environment-undeclared"],
  "resources-cpu-limits": ["container/cpu-unlimited"],
  "rule-allow-privilege-escalation": ["container/privilege-escalation-allowed"],
  "rule-can-bind-escalate": [{ check: "orchestrator/privilege-escalation-rights", key: /bind|everything/ }],
  "rule-can-create-pv": [{ check: "orchestrator/privilege-escalation-rights", key: /persistentvolumes|everything/ }],
  "rule-can-create-service-account-token": [
    { check: "orchestrator/privilege-escalation-rights", key: /serviceaccounts.token|everything/ },
  ],
  "rule-can-impersonate-users-groups-v1": [
    { check: "orchestrator/privilege-escalation-rights", key: /impersonate|everything/ },
  ],
  "rule-can-list-get-secrets-v1": ["orchestrator/secrets-readable"],
  "rule-credentials-configmap": ["orchestrator/secret-in-config-map"],
  "rule-list-all-cluster-admins-v1": ["orchestrator/cluster-admin-bound"],
  "cluster-admin-role": ["orchestrator/cluster-admin-bound"],
  "rule-privileged-container": ["container/privileged", "container/near-root-capability"],
  "set-hostprocess-true": ["container/windows-host-process"],
  "set-seccomp-profile-RuntimeDefault": ["container/seccomp-not-set"],
  "set-sysctls-params": ["container/unsafe-sysctl"],
  "exec-into-container-v1": ["orchestrator/commands-in-pods-allowed"],
  "agent-sandbox-image-tag-provenance": ["container/image-tag-floating"],
};

/** Cases in which our verdict differs, and why ours stands. */
const disagreements: Readonly<Record<string, string>> = {
  "ensure_network_policy_configured_in_labels/failed_pod_cilium_match_expressions_selective":
    "policies of Cilium are not evaluated: unknown, not fail",
  "ensure_network_policy_configured_in_labels/failed_pod_cilium_no_matched_label":
    "policies of Cilium are not evaluated: unknown, not fail",
  "exec-into-container-v1/clusterrole": "the authorizer knows `*` and `*/exec`, but `pods/*` grants nothing",
  "rule-can-create-pv/clusterrole-rolebinding":
    "persistent volumes are in no namespace: a RoleBinding gives no right to them",
  "rule-can-create-pv/role-rolebinding": "persistent volumes are in no namespace: a RoleBinding gives no right to them",
  "agent-sandbox-image-tag-provenance/success-dev-tag-no-floating-config":
    "the rule was told there which tags move; a tag named dev moves",
  "rule-list-all-cluster-admins-v1/clusterrole-rolebinding":
    "everything of the core group in one namespace is not everything: orchestrator/wildcard-rights reports it",
  "set-seccomp-profile-RuntimeDefault/pod": "a profile of one's own (Localhost) is as good, and may be better",
  "set-seccomp-profile-RuntimeDefault/workloads": "a profile of one's own (Localhost) is as good, and may be better",
};

async function checkOf(id: string): Promise<Check> {
  return ((await import(new URL(`../${id}.ts`, import.meta.url).href)) as { default: Check }).default;
}

function setOf(folder: string): ManifestSet {
  const set = new ManifestSet("case");
  for (const file of readdirSync(folder).sort()) set.addText(readFileSync(`${folder}/${file}`, "utf8"), file);
  return set;
}

async function fails(
  folder: string,
  wanted: readonly (string | { readonly check: string; readonly key: RegExp })[],
): Promise<boolean> {
  const ids = wanted.map((item) => (typeof item === "string" ? item : item.check));
  const keys = wanted.flatMap((item) => (typeof item === "string" ? [] : [item.key]));
  const checks = new Map(await Promise.all(ids.map(async (id) => [id, await checkOf(id)] as const)));
  const findings = await findingsIn(setOf(folder), checks);
  return findings.some((finding) => finding.status === "fail" && keys.every((key) => key.test(finding.key)));
}

describe.skipIf(!rules)("verdicts on another scanner's cases (shared data kubernetes-rules)", () => {
  for (const [rule, ids] of Object.entries(counterparts)) {
    const cases = rules && existsSync(`${rules}/${rule}`) ? readdirSync(`${rules}/${rule}`) : [];
    it.runIf(cases.length > 0)(`${rule}: ${cases.length} cases`, async () => {
      const found: string[] = [];
      for (const name of cases) {
        const folder = `${rules}/${rule}/${name}`;
        if (!existsSync(`${folder}/input`) || !existsSync(`${folder}/expected.json`)) continue;
        const expected = (JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as unknown[]).length > 0;
        if ((await fails(`${folder}/input`, ids)) !== expected) found.push(`${rule}/${name}`);
      }
      expect(found).toEqual(Object.keys(disagreements).filter((name) => name.startsWith(`${rule}/`)));
    });
  }
});
