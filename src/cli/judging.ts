import { placed } from "../analysis/image/placement.ts";
import { derivations } from "../analysis/index.generated.ts";
import type { AnalysisResources } from "../analysis/resources.ts";
import { guideText } from "../catalog/guide-text.ts";
import { checks as builtInChecks } from "../checks/index.generated.ts";
import { type Assessment, assess } from "../core/assessment.ts";
import type { JudgedCheck } from "../core/check.ts";
import { type Derivation, derive } from "../core/derivation.ts";
import { AppError } from "../core/errors.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { facts } from "../facts/index.generated.ts";
import { customCheck } from "../policy/custom-check.ts";
import type { LoadedPolicy } from "./options.ts";

/** The built-in checks with the policy's own. */
export function checksWith({ policy, name }: LoadedPolicy): ReadonlyMap<string, JudgedCheck> {
  const all = new Map<string, JudgedCheck>(builtInChecks);
  for (const entry of policy.customChecks) all.set(entry.id, customCheck(entry, facts, name ?? "policy"));
  for (const id of Object.keys(policy.checks)) {
    if (!all.has(id))
      throw new AppError("CONFIG_INVALID", `${name}: checks.${id}: there is no such check`, {
        hint: 'see "plimsoll checks list"',
      });
  }
  return all;
}

/** Adds what can be derived from the observations. Without `again`, what a saved snapshot holds already is kept as it is. */
export function withDerived(snapshot: Snapshot, resources: AnalysisResources, again: boolean): Promise<Snapshot> {
  return derive(derivations.values() as Iterable<Derivation<AnalysisResources>>, snapshot, resources, again);
}

/** Judges a snapshot by the built-in checks and the policy. */
export function judgeSnapshot(
  snapshot: Snapshot,
  loaded: LoadedPolicy,
): { assessment: Assessment; checks: ReadonlyMap<string, JudgedCheck> } {
  const { policy } = loaded;
  const checks = checksWith(loaded);
  for (const declaration of policy.declarations) {
    for (const id of declaration.recommendations) {
      if (!guideText.recommendations.some((recommendation) => recommendation.id === id)) {
        throw new AppError("CONFIG_INVALID", `${loaded.name}: declarations: there is no recommendation ${id}`, {
          hint: 'see "plimsoll catalog show"',
        });
      }
    }
  }
  const assessment = assess(guideText.recommendations, checks, snapshot, {
    settings: policy.settings,
    checks: policy.checks,
    waivers: policy.waivers,
    declarations: policy.declarations,
  });
  return { assessment: placed(assessment), checks };
}
