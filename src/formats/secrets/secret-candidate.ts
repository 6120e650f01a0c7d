import type { FileClass } from "./file-class.ts";
import type { SecretSeverity } from "./secret-rule.ts";

/** A place that holds a secret, before those that overlap are held against each other. */
export interface SecretCandidate {
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  readonly secret: string;
  /** Offsets in bytes: of the first, and of the one behind the last. */
  readonly start: number;
  readonly end: number;
  /** One of {@link ranks}. */
  readonly rank: number;
  /** What may be shown instead, where it is more than a mask. */
  readonly shown?: string;
}

/** Of two that overlap the one of lower rank stays: a form says more than a name, a name more than a guess. */
export const ranks = { structure: 0, form: 1, service: 2, context: 3, name: 4 } as const;

/** Examples, test data and what a library carries are known to everyone who has them; a self-test's key inside a program opens nothing. */
export function weighed(severity: SecretSeverity, place: FileClass, isBinary: boolean): SecretSeverity {
  if (place === "documentation" || place === "test" || (place === "library" && isBinary)) return "low";
  return place === "library" && severity !== "low" ? "medium" : severity;
}

/** In order of their places, those that say less than another about the same place left out. */
export function withoutOverlaps(candidates: readonly SecretCandidate[]): SecretCandidate[] {
  const sorted = [...candidates].sort((a, b) => a.start - b.start || a.rank - b.rank || b.end - a.end);
  const kept: SecretCandidate[] = [];
  for (const candidate of sorted) {
    const last = kept.at(-1);
    const isInside = last !== undefined && candidate.start < last.end;
    if (!isInside) kept.push(candidate);
    else if (candidate.rank < last.rank) kept[kept.length - 1] = candidate;
    else if (
      candidate.rank === last.rank &&
      candidate.start === last.start &&
      candidate.secret !== last.secret &&
      candidate.end === last.end
    )
      kept.push(candidate);
  }
  return kept;
}
