import { compareText } from "../../core/canonical-json.ts";
import { Missing, type Snapshot } from "../../core/snapshot.ts";
import { imageLineage } from "../../facts/image/lineage.ts";
import { imageRenewal } from "../../facts/image/renewal.ts";

/** An image in the order in which images are rebuilt. */
export interface RebuildStep {
  /** Images of equal number do not wait for each other; counted from 1. */
  readonly step: number;
  readonly subject: string;
  readonly name: string;
  /** The nearest of its bases that is at hand. */
  readonly base?: string | undefined;
  readonly needsRebuild: boolean;
  /** The newer build of a base that it must be rebuilt for. */
  readonly newer?: string | undefined;
  /** Findings that the rebuild removes, where that is known. */
  readonly removes?: number | undefined;
}

/** The images of a run that are built on each other, base before derived; empty where there are none such. */
export function rebuildOrder(snapshot: Snapshot): RebuildStep[] {
  const names = new Map(snapshot.content.targets.map(({ subject, name }) => [subject, name]));
  const lineages = [...snapshot.all(imageLineage)].filter(
    ({ value: { ancestors, derived, needsRebuild } }) => ancestors.length + derived.length > 0 || needsRebuild,
  );
  if (lineages.length < 2 && !lineages.some(({ value }) => value.needsRebuild)) return [];
  const numbers = [...new Set(lineages.map(({ value }) => value.rebuildStep))].sort((a, b) => a - b);
  return lineages
    .map(({ subject, value }): RebuildStep => {
      const renewal = snapshot.find(imageRenewal, subject);
      return {
        step: numbers.indexOf(value.rebuildStep) + 1,
        subject,
        name: names.get(subject) ?? subject,
        base: value.ancestors[0]?.name,
        needsRebuild: value.needsRebuild,
        newer: value.renewable?.newer.name,
        removes: renewal instanceof Missing ? undefined : renewal.removes.length,
      };
    })
    .sort((a, b) => a.step - b.step || compareText(a.name, b.name) || compareText(a.subject, b.subject));
}

/** One step in words: what it is built on and why it is rebuilt. */
export function rebuildStepText({ name, base, needsRebuild, newer, removes }: RebuildStep): string {
  const on = base === undefined ? "" : ` on ${base}`;
  const gain =
    removes === undefined || removes === 0 ? "" : `, removes ${removes} ${removes === 1 ? "finding" : "findings"}`;
  if (!needsRebuild) return `${name}${on}`;
  return `${name}${on}: rebuild${newer === undefined ? "" : ` (${newer} is newer)`}${gain}`;
}
