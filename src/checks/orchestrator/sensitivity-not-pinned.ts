import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import type { Workload } from "../../facts/orchestrator/workload.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Workload may share a node with other sensitivity levels",
  severity: "high",
  clauses: ["4.3.4-a", "4.3.4-b", "4.3.4-c"],
  why: "Containers on one node share its kernel: a break-out from a public workload reaches the secret one beside it.",
  fix: "Label the nodes of each level and pin the pods to them: `nodeSelector: {plimsoll.io/sensitivity: secret}`; taint the nodes so that nothing else lands there.",
  needs: { workload },
  evaluate({ workload }, { settings }) {
    const { sensitivityLabel: label, sensitivityLevels: levels } = settings;
    if (levels.length === 0)
      return unknown(
        "the policy names no sensitivity levels",
        "settings: sensitivityLevels: [public, internal, secret]",
      );
    const level = workload.podLabels[label];
    const pinned = pinnedLevels(workload, label);
    const expected = `nodes with ${label}=${level ?? "its level"} only`;
    const field = workload.nodeSelector[label] === undefined ? "nodeAffinity" : "nodeSelector";
    if (workload.nodeName !== undefined)
      return fail({
        ...readFrom(workload.origin, "nodeName"),
        found: `tied to node ${workload.nodeName}, past the scheduler's rules`,
        expected,
      });
    if (pinned === undefined)
      return fail({ ...readFrom(workload.origin, "nodeSelector"), found: "may land on any node", expected });
    const evidence = {
      ...readFrom(workload.origin, field),
      found: `pinned to ${label} in ${pinned.join(", ")}`,
      expected,
    };
    return level !== undefined && pinned.length === 1 && pinned[0] === level ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      {
        workload: exampleWorkload({
          podLabels: { "plimsoll.io/sensitivity": "secret" },
          nodeSelector: { "plimsoll.io/sensitivity": "secret" },
        }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
      {
        workload: exampleWorkload({
          podLabels: { "plimsoll.io/sensitivity": "secret" },
          nodeAffinity: [[{ key: "plimsoll.io/sensitivity", operator: "In", values: ["secret"] }]],
        }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    fail: [
      {
        workload: exampleWorkload({ podLabels: { "plimsoll.io/sensitivity": "secret" } }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
      {
        workload: exampleWorkload({
          podLabels: { "plimsoll.io/sensitivity": "secret" },
          nodeSelector: { "plimsoll.io/sensitivity": "public" },
        }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    unknown: [{ workload: exampleWorkload() }],
  },
});

/** The levels of the nodes that the workload may land on, or undefined where its placement does not depend on the level. Alternatives of affinity add up. */
function pinnedLevels(workload: Workload, label: string): string[] | undefined {
  const selected = workload.nodeSelector[label];
  if (selected !== undefined) return [selected];
  if (workload.nodeAffinity.length === 0) return undefined;
  const each = workload.nodeAffinity.map(
    (terms) => terms.find((term) => term.key === label && term.operator === "In")?.values,
  );
  return each.every((values) => values !== undefined) ? [...new Set(each.flat())] : undefined;
}
