import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { namespace } from "../../facts/orchestrator/namespace.ts";

const label = "pod-security.kubernetes.io/enforce";

export default defineCheck({
  title: "Namespace without enforced pod security",
  severity: "medium",
  clauses: ["4.4.3-a", "4.4.3-d", "4.5.5-f"],
  why: "Unless the API server refuses them, privileged pods run as soon as someone asks for one; a scan sees them only afterwards.",
  fix: "kubectl label namespace NAME pod-security.kubernetes.io/enforce=restricted (or baseline)",
  references: ["CIS Kubernetes 1.10.0 5.2.1"],
  needs: { namespace },
  evaluate({ namespace }) {
    const level = namespace.labels[label];
    const expected = "baseline or restricted";
    if (!namespace.declared)
      return unknown(
        `the labels of namespace ${namespace.name} were not read`,
        `add the manifest of Namespace ${namespace.name}`,
      );
    if (["kube-system", "kube-public", "kube-node-lease"].includes(namespace.name))
      return notApplicable("it belongs to the cluster itself, whose parts need the node");
    if (level === undefined)
      return fail({ ...readFrom(namespace.origin, "labels"), found: `no label ${label}`, expected });
    const evidence = { ...readFrom(namespace.origin, "labels"), found: `${label}=${level}`, expected };
    if (level === "baseline" || level === "restricted") return pass(evidence);
    return level === "privileged"
      ? fail(evidence)
      : pass({ ...evidence, found: `${label}=${level}, no known level: the API server then enforces restricted` });
  },
  examples: {
    pass: [
      { namespace: { name: "shop", declared: true, labels: { [label]: "restricted" }, workloads: 1, origin: {} } },
    ],
    fail: [
      { namespace: { name: "shop", declared: true, workloads: 1, origin: {} } },
      { namespace: { name: "shop", declared: true, labels: { [label]: "privileged" }, workloads: 1, origin: {} } },
    ],
    unknown: [{ namespace: { name: "shop", declared: false, workloads: 1, origin: {} } }],
    notApplicable: [{ namespace: { name: "kube-system", declared: true, workloads: 1, origin: {} } }],
  },
});
