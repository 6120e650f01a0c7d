import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { namespace } from "../../facts/orchestrator/namespace.ts";

export default defineCheck({
  title: "Sensitivity levels share a namespace",
  severity: "medium",
  clauses: ["4.3.4-j"],
  why: "Rights, network rules and secrets are given by namespace: levels that share one share these too.",
  fix: "Give each sensitivity level namespaces of its own.",
  needs: { namespace },
  evaluate({ namespace }, { settings }) {
    const { sensitivityLabel: label, sensitivityLevels: levels } = settings;
    if (levels.length === 0)
      return unknown(
        "the policy names no sensitivity levels",
        "settings: sensitivityLevels: [public, internal, secret]",
      );
    if (namespace.workloads === 0) return notApplicable("nothing runs in it");
    const found = [...new Set(Object.values(namespace.podLabels).map((labels) => labels[label] ?? "none"))].sort();
    const evidence = {
      ...readFrom(namespace.origin, ""),
      at: `namespace ${namespace.name}`,
      found,
      expected: "one level",
    };
    if (found.length > 1) return fail(evidence);
    return found[0] === "none"
      ? unknown("none of its workloads carries a level", `label the pods with ${label}`)
      : pass(evidence);
  },
  examples: {
    pass: [
      {
        namespace: {
          name: "shop",
          declared: true,
          workloads: 1,
          podLabels: { "Deployment/cart": { "plimsoll.io/sensitivity": "secret" } },
          origin: {},
        },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    fail: [
      {
        namespace: {
          name: "shop",
          declared: true,
          workloads: 2,
          podLabels: {
            "Deployment/cart": { "plimsoll.io/sensitivity": "secret" },
            "Deployment/web": { "plimsoll.io/sensitivity": "public" },
          },
          origin: {},
        },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    unknown: [{ namespace: { name: "shop", declared: true, workloads: 1, origin: {} } }],
    notApplicable: [
      {
        namespace: { name: "shop", declared: true, workloads: 0, origin: {} },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
  },
});
