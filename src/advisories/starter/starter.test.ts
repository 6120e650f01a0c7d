import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { feedFiles } from "../sources/feed-files.ts";
import { compareInRange } from "../versions/range.ts";
import { versionOrder } from "../versions/version-order.ts";
import { preconditionTexts, type RuntimeAdvisory, runtimeAdvisories } from "./runtime-advisories.ts";

const order = versionOrder("golang")!;
type Range = readonly [introduced: string, fixed: string | undefined, isIncluded?: boolean];

/** Go modules, or names of the Kubernetes feed, that a component is built from. */
const modules: Readonly<Record<string, RegExp>> = {
  runc: /^github\.com\/opencontainers\/runc$/,
  containerd: /^github\.com\/containerd\/containerd(\/v\d+)?$/,
  docker: /^github\.com\/docker\/docker$/,
  buildkit: /^github\.com\/moby\/buildkit$/,
  "cri-o": /^github\.com\/cri-o\/cri-o$/,
  podman: /^github\.com\/containers\/(podman(\/v\d+)?|libpod)$/,
  buildah: /^github\.com\/containers\/buildah$/,
  "nvidia-container-toolkit": /^github\.com\/NVIDIA\/nvidia-container-toolkit$/,
  kubelet: /^k8s\.io\/(kubernetes|kubelet)$/,
  "kube-apiserver": /^k8s\.io\/(kubernetes|apiserver)$/,
  "kube-controller-manager": /^k8s\.io\/(kubernetes|controller-manager)$/,
  etcd: /^(go\.etcd\.io\/etcd\/v3|github\.com\/etcd-io\/etcd)$/,
  "ingress-nginx": /^k8s\.io\/ingress-nginx$/,
  kata: /^github\.com\/kata-containers\/(runtime|kata-containers)$/,
};

interface Event {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
}
interface Affected {
  readonly package: { readonly name: string };
  readonly ranges?: readonly { readonly type: string; readonly events: readonly Event[] }[];
}
interface OsvDocument {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly affected?: readonly Affected[];
}

/** The ranges of each CVE by package. Packages that end in a major version begin with it. */
async function rangesIn(path: string): Promise<Map<string, Map<string, Range[]>>> {
  const found = new Map<string, Map<string, Range[]>>();
  const wanted = new Set(runtimeAdvisories.map(({ id }) => id));
  for await (const file of feedFiles(path)) {
    if (!file.path.endsWith(".json")) continue;
    // The Kubernetes feed has line breaks within texts, which JSON does not allow.
    const document = JSON.parse((await file.text()).replaceAll(/\s/g, " ")) as OsvDocument;
    for (const id of [document.id, ...(document.aliases ?? [])].filter((one) => wanted.has(one)))
      for (const one of document.affected ?? []) {
        const byPackage = found.get(id) ?? new Map<string, Range[]>();
        found.set(id, byPackage);
        const { name } = one.package;
        byPackage.set(name, [...(byPackage.get(name) ?? []), ...rangesOf(one)]);
      }
  }
  return found;
}

function rangesOf({ package: { name }, ranges = [] }: Affected): Range[] {
  const major = /\/v(\d+)$/.exec(name)?.[1];
  const start = major === undefined || name.startsWith("go.etcd.io") ? "0" : `${major}.0.0`;
  const found: Range[] = [];
  for (const { events: written } of ranges.filter(({ type }) => type !== "GIT")) {
    let introduced: string | undefined;
    for (const event of written.map((one) => asReleased(name, one))) {
      if (event.introduced !== undefined) introduced = event.introduced === "0" ? start : event.introduced;
      else if (introduced !== undefined) {
        found.push([introduced, event.fixed ?? event.last_affected, event.fixed === undefined]);
        introduced = undefined;
      }
    }
    if (introduced !== undefined) found.push([introduced, undefined]);
  }
  return found;
}

/** Libraries of Kubernetes are 0.17.3 where the release that they are of is 1.17.3. */
function asReleased(name: string, event: Event): Event {
  if (!name.startsWith("k8s.io/")) return event;
  return Object.fromEntries(
    Object.entries(event).map(([kind, version]) => [kind, version.replace(/^0\.(?=[1-9])/, "1.")]),
  );
}

function isIn(ranges: readonly Range[], version: string): boolean {
  return ranges.some(([introduced, end, isIncluded]) => {
    const begins = introduced === "0" || compareInRange(order, version, introduced) >= 0;
    if (!begins || end === undefined) return begins;
    const compared = compareInRange(order, version, end);
    return compared < 0 || (isIncluded === true && compared === 0);
  });
}

/** Versions at which the two disagree: every bound of either, as what lies between two bounds is as its lower one. */
function differences(ours: RuntimeAdvisory["affected"], theirs: readonly Range[]): string[] {
  const bounds = [
    ...ours.flat().map((bound) => bound ?? "0"),
    ...theirs.flatMap(([introduced, end]) => [introduced, end ?? "0"]),
  ];
  const versions = new Set(["0.0.1", ...bounds.filter((bound) => bound !== "0")]);
  return [...versions].filter((version) => isIn(ours, version) !== isIn(theirs, version));
}

/** Facts that disagree with a data set and do not say so. */
function undisputed(data: ReadonlyMap<string, ReadonlyMap<string, readonly Range[]>>): {
  compared: number;
  wrong: string[];
} {
  const wrong: string[] = [];
  let compared = 0;
  for (const fact of runtimeAdvisories) {
    const packages = [...(data.get(fact.id) ?? [])].filter(([name]) => modules[fact.component]?.test(name));
    const theirs = packages.flatMap(([, ranges]) => ranges);
    if (theirs.length === 0) continue;
    compared++;
    const at = differences(fact.affected, theirs);
    if (at.length > 0 && fact.disputed === undefined) wrong.push(`${fact.id} of ${fact.component} at ${at.join(", ")}`);
  }
  return { compared, wrong };
}

describe("the facts on runtimes", () => {
  it("each name two documents by address, and a precondition that has words", () => {
    for (const { id, sources, precondition } of runtimeAdvisories) {
      expect([id, new Set(sources.map(({ url }) => url)).size >= 2]).toEqual([id, true]);
      for (const { url } of sources) expect(new URL(url).protocol).toBe("https:");
      if (precondition !== undefined) expect(preconditionTexts[precondition]).toMatch(/\w/);
    }
  });
  it("know every kind of component", () => {
    const known = new Set(runtimeAdvisories.map(({ component }) => component));
    for (const component of [...Object.keys(modules), "crun"])
      expect([component, known.has(component as never)]).toEqual([component, true]);
  });
  it("the comparison with other data sees differences", () => {
    expect(differences([["0", "1.2.0"]], [["0", "1.2.0"]])).toEqual([]);
    expect(differences([["0", "1.2.0"]], [["0", "1.2.1"]])).toEqual(["1.2.0"]);
    expect(differences([["1.0.0", "1.2.0"]], [["0", "1.2.0"]])).toEqual(["0.0.1"]);
  });

  const ghsa = sharedData("advisories/ghsa_golang.tar.xz");
  it.skipIf(!ghsa)(
    `agree with GitHub's reviewed advisories or say what is disputed${ghsa ? "" : " (skipped: ghsa_golang is missing)"}`,
    async () => {
      const { compared, wrong } = undisputed(await rangesIn(ghsa!));
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(60);
    },
    30_000,
  );
  const kubernetesList = sharedData("advisories/k8s.tar.xz");
  it.skipIf(!kubernetesList)(
    `agree with the list of Kubernetes' vulnerabilities or say what is disputed${kubernetesList ? "" : " (skipped: k8s is missing)"}`,
    async () => {
      const { compared, wrong } = undisputed(await rangesIn(kubernetesList!));
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(15);
    },
    30_000,
  );
  const kubernetes = sharedData("advisories/k8sfeed.tar.xz");
  it.skipIf(!kubernetes)(
    `agree with the Kubernetes feed or say what is disputed${kubernetes ? "" : " (skipped: k8sfeed is missing)"}`,
    async () => {
      const { compared, wrong } = undisputed(await rangesIn(kubernetes!));
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(10);
    },
    30_000,
  );
});
