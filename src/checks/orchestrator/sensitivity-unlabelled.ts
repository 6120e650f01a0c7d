import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Workload without a sensitivity level",
  severity: "medium",
  clauses: ["4.3.4-i"],
  why: "What carries no level can be kept apart from nothing: placement and network rules are written in terms of labels.",
  fix: "Label the pods with one of the organisation's levels, under the label that the policy names.",
  needs: { workload },
  evaluate({ workload }, { settings }) {
    const { sensitivityLabel: label, sensitivityLevels: levels } = settings;
    if (levels.length === 0)
      return unknown(
        "the policy names no sensitivity levels",
        "settings: sensitivityLevels: [public, internal, secret]",
      );
    const level = workload.podLabels[label];
    const evidence = {
      ...readFrom(workload.origin, "labels"),
      found: level === undefined ? `no label ${label}` : `${label}=${level}`,
      expected: levels,
    };
    return level !== undefined && levels.includes(level) ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [
      {
        workload: exampleWorkload({ podLabels: { "plimsoll.io/sensitivity": "secret" } }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    fail: [
      { workload: exampleWorkload(), context: { settings: { sensitivityLevels: ["public", "secret"] } } },
      {
        workload: exampleWorkload({ podLabels: { "plimsoll.io/sensitivity": "sekret" } }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    unknown: [{ workload: exampleWorkload({ podLabels: { "plimsoll.io/sensitivity": "secret" } }) }],
  },
});
