import { defineCollector } from "../../core/collector.ts";
import { workload } from "../../facts/orchestrator/workload.ts";
import { type WorkloadDescription, workloadOf } from "../../formats/kubernetes/workloads.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** Pods and what makes pods, each with what its service account says of tokens. */
export default defineCollector<ManifestSet, typeof workload.schema>({
  reads: "manifests",
  provides: workload,
  *collect(set) {
    const accounts = accountTokens(set);
    for (const object of set.objects) {
      yield* set.describe(object, function* (read) {
        const value = workloadOf(read);
        if (value)
          yield { subject: set.subjectOf(read), source: read.file ?? "API", value: withAccount(value, accounts) };
      });
    }
    yield* set.unreadObservations();
  },
});

function accountTokens(set: ManifestSet): Map<string, boolean> {
  const tokens = new Map<string, boolean>();
  for (const object of set.objects) {
    const automount =
      object.kind === "ServiceAccount" ? object.fields.at("automountServiceAccountToken").value : undefined;
    if (typeof automount === "boolean") tokens.set(`${object.namespace ?? "default"}/${object.name}`, automount);
  }
  return tokens;
}

function withAccount(value: WorkloadDescription, accounts: ReadonlyMap<string, boolean>): WorkloadDescription {
  const ofAccount = accounts.get(`${value.namespace}/${value.serviceAccount}`);
  if (value.automountToken !== undefined || ofAccount === undefined) return value;
  return { ...value, automountToken: ofAccount, automountTokenFrom: "service-account" };
}
