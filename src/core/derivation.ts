import type { Fact } from "./fact.ts";
import type { Observation, Snapshot } from "./snapshot.ts";

/** A fact made from other facts and, where it says so, from resources such as advisory data. Pure: equal snapshots and resources give equal observations. */
export interface Derivation<R = unknown> {
  readonly provides: Fact;
  derive(snapshot: Snapshot, resources: R): Iterable<Observation> | AsyncIterable<Observation>;
}

/** Declares a derivation; the identity function, for its types. */
export function defineDerivation<R>(derivation: Derivation<R>): Derivation<R> {
  return derivation;
}
