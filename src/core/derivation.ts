import type { Fact } from "./fact.ts";
import { type Observation, Snapshot } from "./snapshot.ts";

/** A fact made from other facts and, where it says so, from resources such as advisory data. Pure: equal snapshots and resources give equal observations. */
export interface Derivation<R = unknown> {
  readonly provides: Fact;
  /** Derived facts that it reads, so that they are derived first. */
  readonly after?: readonly Fact[];
  derive(snapshot: Snapshot, resources: R): Iterable<Observation> | AsyncIterable<Observation>;
}

/** Declares a derivation; the identity function, for its types. */
export function defineDerivation<R>(derivation: Derivation<R>): Derivation<R> {
  return derivation;
}

/** Runs derivations, each after those whose facts it reads, and gives the snapshot with what they found. A fact that was observed already is derived anew only when `again` says so. */
export async function derive<R>(
  derivations: Iterable<Derivation<R>>,
  snapshot: Snapshot,
  resources: R,
  again = true,
): Promise<Snapshot> {
  let current = snapshot;
  for (const derivation of inOrder([...derivations])) {
    const { id } = derivation.provides;
    const known = current.content.observations.some((observation) => observation.fact === id);
    if (known && !again) continue;
    const kept = current.content.observations.filter((observation) => observation.fact !== id);
    const found: Observation[] = [];
    for await (const observation of derivation.derive(
      new Snapshot({ ...current.content, observations: kept }),
      resources,
    ))
      found.push(observation);
    if (found.length > 0 || known) current = new Snapshot({ ...current.content, observations: [...kept, ...found] });
  }
  return current;
}

function inOrder<R>(derivations: readonly Derivation<R>[]): Derivation<R>[] {
  const ordered: Derivation<R>[] = [];
  const waiting = [...derivations];
  while (waiting.length > 0) {
    const isFree = (derivation: Derivation<R>) =>
      !(derivation.after ?? []).some((fact) =>
        waiting.some((other) => other !== derivation && other.provides.id === fact.id),
      );
    const free = waiting.filter(isFree);
    if (free.length === 0)
      throw new TypeError(
        `derivations wait for each other: ${waiting.map((derivation) => derivation.provides.id).join(", ")}`,
      );
    ordered.push(...free);
    waiting.splice(0, waiting.length, ...waiting.filter((derivation) => !free.includes(derivation)));
  }
  return ordered;
}
