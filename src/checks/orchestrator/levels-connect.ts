import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { type Connections, connections } from "../../facts/orchestrator/connections.ts";

export default defineCheck({
  title: "Sensitivity levels connect without restriction",
  severity: "high",
  clauses: ["4.3.3-a", "4.3.3-c", "4.4.2-b"],
  why: "Where a public workload may connect to every port of a secret one, a break-in into the first reaches the second: the levels share one network.",
  fix: "Add NetworkPolicy objects that deny ingress by default and allow, between levels, named ports of named workloads only.",
  needs: { connections },
  evaluate({ connections }, { settings }) {
    const { sensitivityLabel: label, sensitivityLevels: levels } = settings;
    if (levels.length === 0)
      return unknown(
        "the policy names no sensitivity levels",
        "settings: sensitivityLevels: [public, internal, secret]",
      );
    const present = new Set(connections.groups.map((group) => group.podLabels[label]));
    if (present.size === 1 && !present.has(undefined)) return notApplicable("all workloads are of one level");
    if ([...present].every((level) => level === undefined))
      return unknown("none of the workloads carries a level", `label the pods with ${label}`);
    const found = pairsOf(connections, label, "open").map(({ pair, example, count }) => ({
      at: "network policies",
      key: pair,
      found: `${count} connections on every port, such as ${example}`,
      expected: "named ports of named workloads, or none",
    }));
    const [first, ...rest] = found;
    if (first && connections.unevaluated.length > 0)
      return unknown(`policies of other kinds may restrict them: ${connections.unevaluated.join(", ")}`);
    if (first) return fail(first, ...rest);
    const interfaces = pairsOf(connections, label, "limited").map(({ pair, count }) => `${pair}: ${count}`);
    return pass({
      at: "network policies",
      found: interfaces.length === 0 ? "levels do not connect" : interfaces,
      expected: "named ports of named workloads, or none",
    });
  },
  examples: {
    pass: [
      {
        connections: {
          groups: [
            {
              namespace: "shop",
              podLabels: { "plimsoll.io/sensitivity": "public" },
              workloads: ["Deployment/web"],
              openFrom: [0],
              limitedFrom: [],
            },
            {
              namespace: "shop",
              podLabels: { "plimsoll.io/sensitivity": "secret" },
              workloads: ["Deployment/pay"],
              openFrom: [1],
              limitedFrom: [0],
            },
          ],
        },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    fail: [
      {
        connections: {
          groups: [
            {
              namespace: "shop",
              podLabels: { "plimsoll.io/sensitivity": "public" },
              workloads: ["Deployment/web"],
              openFrom: [],
              limitedFrom: [],
            },
            {
              namespace: "shop",
              podLabels: { "plimsoll.io/sensitivity": "secret" },
              workloads: ["Deployment/pay"],
              openFrom: "all",
              limitedFrom: [],
            },
          ],
        },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    notApplicable: [
      {
        connections: {
          groups: [
            {
              namespace: "shop",
              podLabels: { "plimsoll.io/sensitivity": "public" },
              workloads: ["Deployment/web"],
              openFrom: "all",
              limitedFrom: [],
            },
          ],
        },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    unknown: [
      { connections: { groups: [] } },
      {
        connections: {
          groups: [
            { namespace: "shop", podLabels: {}, workloads: ["Deployment/web"], openFrom: "all", limitedFrom: [] },
          ],
        },
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
  },
});

interface LevelPair {
  readonly pair: string;
  readonly example: string;
  readonly count: number;
}

/** Connections between groups of different levels, counted by pair of levels; what carries no level counts as one of its own. */
function pairsOf({ groups }: Connections, label: string, kind: "open" | "limited"): LevelPair[] {
  const pairs = new Map<string, LevelPair>();
  for (const destination of groups) {
    const sources =
      kind === "limited"
        ? destination.limitedFrom
        : destination.openFrom === "all"
          ? groups.keys()
          : destination.openFrom;
    for (const index of sources) {
      const source = groups[index];
      const [from, to] = [source?.podLabels[label] ?? "none", destination.podLabels[label] ?? "none"];
      if (source === undefined || from === to) continue;
      const pair = `${from} → ${to}`;
      const known = pairs.get(pair);
      const example =
        known?.example ??
        `${source.namespace}/${source.workloads[0]} → ${destination.namespace}/${destination.workloads[0]}`;
      pairs.set(pair, {
        pair,
        example,
        count: (known?.count ?? 0) + source.workloads.length * destination.workloads.length,
      });
    }
  }
  return [...pairs.values()].sort((a, b) => (a.pair < b.pair ? -1 : 1));
}
