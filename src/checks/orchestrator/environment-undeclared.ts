import { z } from "zod";
import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import { namespace } from "../../facts/orchestrator/namespace.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Workload in no declared environment",
  severity: "low",
  clauses: ["4.4.5-a"],
  why: "Where development, test and production are not told apart, neither rights nor network rules can keep them apart; the default namespace belongs to none of them.",
  fix: "Give each environment namespaces of its own and label them: `kubectl label namespace shop environment=production`.",
  references: ["CIS Kubernetes 1.10.0 5.7.1", "CIS Kubernetes 1.10.0 5.7.4"],
  needs: { workload, namespace },
  params: z.object({
    /** Labels of a namespace that may name its environment. */
    labels: z
      .array(z.string())
      .default(["environment", "env", "plimsoll.io/environment", "app.kubernetes.io/environment"]),
  }),
  evaluate({ workload, namespace }, { params }) {
    const expected = `a namespace with a label ${params.labels.join(" or ")}`;
    if (workload.namespace === "default") {
      return fail({
        ...readFrom(workload.origin, "namespace"),
        found: workload.namespaceDeclared ? "namespace default" : "no namespace, which means default",
        expected,
      });
    }
    const label = params.labels.find((name) => namespace.labels[name]);
    if (label !== undefined)
      return pass({
        ...readFrom(namespace.origin, "labels"),
        found: `namespace ${namespace.name}: ${label}=${namespace.labels[label]}`,
        expected,
      });
    if (!namespace.declared)
      return unknown(
        `the labels of namespace ${namespace.name} were not read`,
        `add the manifest of Namespace ${namespace.name}`,
      );
    return fail({
      ...readFrom(namespace.origin, "labels"),
      found: `namespace ${namespace.name} without such a label`,
      expected,
    });
  },
  examples: {
    pass: [
      {
        workload: exampleWorkload(),
        namespace: { name: "shop", declared: true, labels: { environment: "production" }, workloads: 1, origin: {} },
      },
    ],
    fail: [
      {
        workload: exampleWorkload({ namespace: "default", namespaceDeclared: false }),
        namespace: { name: "default", declared: false, workloads: 1, origin: {} },
      },
      { workload: exampleWorkload(), namespace: { name: "shop", declared: true, workloads: 1, origin: {} } },
    ],
    unknown: [{ workload: exampleWorkload(), namespace: { name: "shop", declared: false, workloads: 1, origin: {} } }],
  },
});
