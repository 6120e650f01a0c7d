import { defineCheck, fail, failEach, notApplicable, unknown } from "../../core/check.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import {
  bindingsOfOthers,
  grants,
  grantsEverything,
  outOfJudgement,
  reachOf,
  seenInRole,
  shownSubject,
} from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

/** Rights to run something in a running pod or to look into its traffic. A websocket request is a GET, so get counts as create does. */
const rights = ["pods/exec", "pods/attach", "pods/portforward"].map((resource) => ({
  group: "",
  resource,
  verbs: ["create", "get"],
}));

export default defineCheck({
  title: "Commands in running pods allowed",
  severity: "medium",
  clauses: ["4.3.1-a", "4.3.1-c"],
  why: "Who may run commands in pods reads their secrets and changes what was assessed; in production hardly anyone needs it.",
  fix: "Remove pods/exec, pods/attach and pods/portforward from the role, or bind it outside of production only.",
  needs: { role },
  evaluate({ role }) {
    const out = outOfJudgement(role);
    if (out) return out.remedy === undefined ? notApplicable(out.reason) : unknown(out.reason, out.remedy);
    const holders = [
      ...new Set(
        bindingsOfOthers(role).flatMap((binding) =>
          binding.subjects.map((subject) => `${shownSubject(subject)} ${reachOf(binding)}`),
        ),
      ),
    ];
    const everything = role.rules.find(grantsEverything);
    if (everything)
      return fail({
        ...seenInRole(role, everything),
        key: "everything",
        found: `every right, held by ${holders.slice(0, 5).join(", ")}`,
        expected: "nobody but operators in need",
      });
    const found = rights.flatMap((right) => {
      const rule = role.rules.find((candidate) => grants(candidate, right) !== undefined);
      return rule === undefined
        ? []
        : [
            {
              ...seenInRole(role, rule),
              key: right.resource,
              found: `${right.resource}, held by ${holders.slice(0, 5).join(", ")}`,
              expected: "nobody but operators in need",
            },
          ];
    });
    return failEach(found, {
      ...seenInRole(role),
      found: "no right to run commands in pods",
      expected: "nobody but operators in need",
    });
  },
  examples: {
    pass: [{ role: exampleRole({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }) }],
    fail: [
      { role: exampleRole({ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }) },
      { role: exampleRole({ apiGroups: [""], resources: ["*"], verbs: ["get"] }) },
    ],
    notApplicable: [
      { role: exampleRole({ verbs: ["*"] }, { bindings: [] }) },
      {
        role: exampleRole(
          { verbs: ["*"] },
          { bindings: [{ name: "x", subjects: [{ kind: "Group", name: "system:masters" }] }] },
        ),
      },
    ],
    unknown: [{ role: exampleRole({}, { rules: [], unseen: true }) }],
  },
});
