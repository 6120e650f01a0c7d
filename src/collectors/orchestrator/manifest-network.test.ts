import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { runCollector } from "../../core/collector.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { ManifestSet, openManifests } from "../manifest-set.ts";
import manifestNetwork from "./manifest-network.ts";
import manifestWorkload from "./manifest-workload.ts";

const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };

async function networksOf(set: ManifestSet) {
  const observations = await runCollector(manifestNetwork, set, set.subject, context);
  return observations.map((observation) =>
    namespaceNetwork.schema.parse("value" in observation ? observation.value : undefined),
  );
}

function pod(labels: string, more = ""): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: cart, namespace: shop, labels: ${labels}}\nspec: {containers: [{name: app, image: app}]${more}}\n`;
}
function policy(spec: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`;
}
async function cart(...texts: string[]) {
  const set = new ManifestSet("test");
  set.addText(texts.join("---\n"), "all.yaml");
  expect(set.unread).toEqual([]);
  return (await networksOf(set))[0]!.workloads[0]!;
}

describe("what network policies do to a pod (Kubernetes, NetworkPolicy v1)", () => {
  it("restricts nothing without a policy", async () => {
    expect(await cart(pod("{app: cart}"))).toMatchObject({
      ingressRestrictedBy: [],
      egressRestrictedBy: [],
      ingressFromInternet: true,
      egressToInternet: true,
    });
  });
  it("restricts ingress by default, and egress where it is written", async () => {
    expect(await cart(pod("{app: cart}"), policy("{podSelector: {}}"))).toMatchObject({
      ingressRestrictedBy: ["p"],
      egressRestrictedBy: [],
      ingressFromInternet: false,
    });
    expect(
      await cart(pod("{app: cart}"), policy("{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}")),
    ).toMatchObject({ ingressRestrictedBy: ["p"], egressRestrictedBy: ["p"], egressToInternet: false });
  });
  it("restricts nothing where everything is allowed", async () => {
    expect(await cart(pod("{app: cart}"), policy("{podSelector: {}, ingress: [{}]}"))).toMatchObject({
      ingressPolicies: ["p"],
      ingressRestrictedBy: [],
      ingressOpenedBy: ["p"],
    });
    expect(
      await cart(
        pod("{app: cart}"),
        policy("{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"),
      ),
    ).toMatchObject({ ingressPolicies: [], egressOpenedBy: ["p"] });
  });
  it("restricts by port alone", async () => {
    expect(await cart(pod("{app: cart}"), policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}"))).toMatchObject(
      { ingressRestrictedBy: ["p"], ingressFromInternet: true },
    );
  });
  it("selects by labels and expressions in its own namespace", async () => {
    expect(await cart(pod("{app: cart}"), policy("{podSelector: {matchLabels: {app: web}}}"))).toMatchObject({
      ingressPolicies: [],
    });
    expect(
      await cart(
        pod("{app: cart}"),
        policy("{podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [db]}]}}"),
      ),
    ).toMatchObject({ ingressPolicies: ["p"] });
    expect(await cart(pod("{app: cart}"), policy("{podSelector: {}}").replace("shop", "other"))).toMatchObject({
      ingressPolicies: [],
    });
  });
  it("does not reach pods on the host's network", async () => {
    expect(await cart(pod("{app: cart}", ", hostNetwork: true"), policy("{podSelector: {}}"))).toMatchObject({
      hostNetwork: true,
      ingressPolicies: [],
    });
  });
});

const cases = sharedData("network-policy");
/** What the reference analyses and this collector does not: other kinds of policies, and networks beside the cluster's own. */
const beyond = /AdminNetworkPolicy|UserDefinedNetwork|NetworkAttachmentDefinition|VirtualMachine/;

interface Connection {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
}

/** Addresses that the reference says are connected to a workload without restriction, in one direction. */
function openAddresses(connections: readonly Connection[], workload: string, end: "src" | "dst"): number {
  const other = end === "src" ? "dst" : "src";
  return connections
    .filter(
      (connection) =>
        connection[end] === workload &&
        connection.conn === "All Connections" &&
        connection[other].endsWith("[External]"),
    )
    .reduce((sum, connection) => sum + size(connection[other].replace("[External]", "")), 0);
}

function size(range: string): number {
  const [from, to] = range
    .split("-")
    .map((address) => address.split(".").reduce((number, part) => number * 256 + Number(part), 0));
  return to! - from! + 1;
}

describe.skipIf(!cases)("agrees with the reference on who is restricted (shared data network-policy)", () => {
  for (const name of cases ? readdirSync(cases) : []) {
    const folder = `${cases}/${name}`;
    const texts = existsSync(`${folder}/input`)
      ? readdirSync(`${folder}/input`, { recursive: true })
          .map(String)
          .filter((file) => /\.(ya?ml|json)$/.test(file))
      : [];
    const isBeyond = texts.some((file) => beyond.test(readFileSync(`${folder}/input/${file}`, "utf8")));
    it.skipIf(isBeyond || (!existsSync(`${folder}/expected.json`) && !existsSync(`${folder}/expected.txt`)))(
      name,
      async () => {
        const connections = readConnections(folder);
        const set = await openManifests(`${folder}/input`, name);
        const workloads = new Map(
          (await runCollector(manifestWorkload, set, set.subject, context)).flatMap((found) =>
            "value" in found
              ? [[`${found.subject}`, found.value as { kind: string; name: string; namespace: string; owner?: string }]]
              : [],
          ),
        );
        let compared = 0;
        for (const network of await networksOf(set)) {
          for (const item of network.workloads) {
            // The reference lets policies select pods on the host's network; Kubernetes leaves that undefined and most plugins do not.
            if (item.hostNetwork) compared++;
            if (item.hostNetwork) continue;
            const workload = [...workloads.values()].find(
              (candidate) =>
                candidate.kind === item.kind &&
                candidate.name === item.name &&
                candidate.namespace === network.namespace,
            )!;
            const [kind, owner] = workload.owner?.split("/") ?? [item.kind, item.name];
            const shown = `${network.namespace}/${owner}[${kind}]`;
            const mentioned =
              connections.length === 0 ||
              connections.some((connection) => connection.src === shown || connection.dst === shown);
            if (!mentioned) continue;
            compared++;
            expect({ shown, ingress: item.ingressRestrictedBy.length === 0 }).toEqual({
              shown,
              ingress: openAddresses(connections, shown, "dst") >= 2 ** 32,
            });
            expect({ shown, egress: item.egressRestrictedBy.length === 0 }).toEqual({
              shown,
              egress: openAddresses(connections, shown, "src") >= 2 ** 32,
            });
          }
        }
        expect(compared).toBeGreaterThan(0);
      },
    );
  }
});

function readConnections(folder: string): Connection[] {
  if (existsSync(`${folder}/expected.json`))
    return JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as Connection[];
  return readFileSync(`${folder}/expected.txt`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const match = /^(.*) => (.*) : (.*)$/.exec(line);
      return match ? [{ src: match[1]!, dst: match[2]!, conn: match[3]! }] : [];
    });
}
