import { checks } from "../src/checks/index.generated.ts";
import manifestContainer from "../src/collectors/container/manifest-container.ts";
import { ManifestSet, openManifests } from "../src/collectors/manifest-set.ts";
import manifestConfigMap from "../src/collectors/orchestrator/manifest-config-map.ts";
import manifestConnections from "../src/collectors/orchestrator/manifest-connections.ts";
import manifestNamespace from "../src/collectors/orchestrator/manifest-namespace.ts";
import manifestNetwork from "../src/collectors/orchestrator/manifest-network.ts";
import manifestRole from "../src/collectors/orchestrator/manifest-role.ts";
import manifestWorkload from "../src/collectors/orchestrator/manifest-workload.ts";
import type { Check } from "../src/core/check.ts";
import { runCollector } from "../src/core/collector.ts";
import type { Finding } from "../src/core/finding.ts";
import { judge } from "../src/core/judge.ts";
import { Settings } from "../src/core/settings.ts";
import { Snapshot } from "../src/core/snapshot.ts";

const context = { signal: new AbortController().signal, now: new Date("2026-01-01T00:00:00Z") };
const collectors = [
  manifestContainer,
  manifestWorkload,
  manifestRole,
  manifestNamespace,
  manifestNetwork,
  manifestConfigMap,
  manifestConnections,
];

/** Everything that is observed of a set of manifests. */
export async function snapshotOf(set: ManifestSet): Promise<Snapshot> {
  const observations = await Promise.all(
    collectors.map((collector) => runCollector<ManifestSet>(collector, set, set.subject, context)),
  );
  return new Snapshot({
    tool: "test",
    created: context.now.toISOString(),
    targets: [],
    observations: observations.flat(),
  });
}

/** The checks of a cluster's manifests by id. */
export function manifestChecks(): Map<string, Check> {
  return new Map([...checks].filter(([id]) => /^(?:container|orchestrator)\//.test(id)));
}

/** What checks find in a set of manifests. */
export async function findingsIn(
  set: ManifestSet,
  checks: ReadonlyMap<string, Check>,
  settings: Partial<Settings> = {},
): Promise<Finding[]> {
  return judge(checks, await snapshotOf(set), { settings: Settings.parse(settings), checks: {}, waivers: [] });
}

/** What all checks find in the manifests at a path. */
export async function findingsAt(path: string, settings: Partial<Settings> = {}): Promise<Finding[]> {
  return findingsIn(await openManifests(path, "test"), manifestChecks(), settings);
}

/** What all checks find in one text. */
export async function findingsInText(text: string, settings: Partial<Settings> = {}): Promise<Finding[]> {
  const set = new ManifestSet("test");
  set.addText(text, "manifest.yaml");
  return findingsIn(set, manifestChecks(), settings);
}

/** The checks that fail, each once. */
export function failedChecks(findings: readonly Finding[]): string[] {
  return [...new Set(findings.filter((finding) => finding.status === "fail").map((finding) => finding.check))].sort();
}
