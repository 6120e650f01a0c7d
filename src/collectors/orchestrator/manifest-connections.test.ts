import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { runCollector } from "../../core/collector.ts";
import { type Connections, connections } from "../../facts/orchestrator/connections.ts";
import { workloadOf } from "../../formats/kubernetes/workloads.ts";
import { ManifestSet, openManifests } from "../manifest-set.ts";
import manifestConnections from "./manifest-connections.ts";

const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };

async function connectionsOf(set: ManifestSet): Promise<Connections> {
  const [found] = await runCollector(manifestConnections, set, set.subject, context);
  return connections.schema.parse(found !== undefined && "value" in found ? found.value : undefined);
}

describe("who may connect to whom", () => {
  const pod = (name: string, namespace: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}]}]}\n`;
  async function toB(...policies: string[]) {
    const set = new ManifestSet("test");
    const texts = policies.map(
      (spec, index) =>
        `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p${index}, namespace: x}\nspec: ${spec}\n`,
    );
    set.addText([pod("a", "x"), pod("b", "x"), pod("c", "y"), ...texts].join("---\n"), "all.yaml");
    const { groups } = await connectionsOf(set);
    const { openFrom, limitedFrom } = groups.find((group) => group.workloads[0] === "Pod/b")!;
    const name = (index: number) => groups[index]!.workloads[0]!.slice(4);
    return { open: openFrom === "all" ? ["a", "b", "c"] : openFrom.map(name), limited: limitedFrom.map(name) };
  }

  it.each([
    ["all without policies", [], ["a", "b", "c"], []],
    ["none under deny-all", ["{podSelector: {}}"], [], []],
    [
      "pods of the namespace by an empty pod selector",
      ["{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}"],
      ["a", "b"],
      [],
    ],
    [
      "all pods by an empty namespace selector",
      ["{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}"],
      ["a", "b", "c"],
      [],
    ],
    [
      "another namespace by its name",
      ["{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: y}}}]}]}"],
      ["c"],
      [],
    ],
    [
      "both in one peer must hold",
      ["{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}]}]}"],
      ["a"],
      [],
    ],
    [
      "either of two peers",
      [
        "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {none: x}}}, {podSelector: {matchLabels: {app: a}}}]}]}",
      ],
      ["a"],
      [],
    ],
    ["named ports of the destination", ["{podSelector: {}, ingress: [{ports: [{port: http}]}]}"], [], ["a", "b", "c"]],
    ["no port of that name", ["{podSelector: {}, ingress: [{ports: [{port: dns}]}]}"], [], []],
    [
      "ports that egress and ingress share",
      [
        "{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{port: 80}]}]}",
        "{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{ports: [{port: 81, endPort: 90}]}]}",
      ],
      [],
      ["b", "c"],
    ],
    ["addresses are the outside", ["{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}"], [], []],
  ])("%s", async (_title, policies, open, limited) => {
    expect(await toB(...policies)).toEqual({ open, limited });
  });
});

const cases = sharedData("network-policy");
const beyond = /AdminNetworkPolicy|UserDefinedNetwork|NetworkAttachmentDefinition|VirtualMachine|hostNetwork"?: *true/;

describe.skipIf(!cases)("agrees with the reference on every pair of workloads (shared data network-policy)", () => {
  for (const name of cases ? readdirSync(cases) : []) {
    const folder = `${cases}/${name}`;
    const texts = readdirSync(`${folder}/input`, { recursive: true })
      .map(String)
      .filter((file) => /\.(ya?ml|json)$/.test(file));
    const isBeyond = texts.some((file) => beyond.test(readFileSync(`${folder}/input/${file}`, "utf8")));
    it.skipIf(isBeyond)(name, async () => {
      const set = await openManifests(`${folder}/input`, name);
      const shown = new Map<string, string>();
      for (const object of set.objects) {
        const workload = workloadOf(object);
        const [kind, owner] = workload?.owner?.split("/") ?? [object.kind, object.name];
        if (workload)
          shown.set(
            `${workload.namespace}/${object.kind}/${object.name}`,
            `${workload.namespace}/${owner}[${kind || "Pod"}]`,
          );
      }
      const { groups } = await connectionsOf(set);
      const found = new Map<string, boolean>();
      for (const group of groups) {
        const open = group.openFrom === "all" ? [...groups.keys()] : group.openFrom;
        for (const [indices, isOpen] of [
          [open, true],
          [group.limitedFrom, false],
        ] as const) {
          for (const index of indices) {
            for (const source of groups[index]!.workloads) {
              for (const destination of group.workloads) {
                const from = shown.get(`${groups[index]!.namespace}/${source}`)!;
                const to = shown.get(`${group.namespace}/${destination}`)!;
                if (from !== to) found.set(`${from} => ${to}`, isOpen);
              }
            }
          }
        }
      }
      expect(Object.fromEntries([...found].sort())).toEqual(expectedPairs(folder));
    });
  }
});

function expectedPairs(folder: string): Record<string, boolean> {
  const lines = existsSync(`${folder}/expected.txt`)
    ? readFileSync(`${folder}/expected.txt`, "utf8")
        .split("\n")
        .map((line) => /^(.*) => (.*) : (.*)$/.exec(line)?.slice(1) ?? [])
    : (JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as { src: string; dst: string; conn: string }[]).map(
        ({ src, dst, conn }) => [src, dst, conn],
      );
  const pairs = lines.filter(
    ([from, to]) =>
      from !== undefined && ![from, to].some((end) => end!.endsWith("[External]") || end!.startsWith("{")),
  );
  return Object.fromEntries(
    pairs.map(([from, to, ports]) => [`${from} => ${to}`, ports === "All Connections"] as const).sort(),
  );
}
