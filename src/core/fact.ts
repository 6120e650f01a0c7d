import type { z } from "zod";

/** A named, typed, serialisable observation: the contract between a collector and the checks. Its id is its path below `src/facts`. */
export interface Fact<S extends z.ZodType = z.ZodType> {
  readonly id: string;
  /** What it tells, in one phrase that can follow "could not be had:". */
  readonly summary: string;
  /** What a user can do to make it known when nothing collected it: a command where there is one. */
  readonly obtain: string;
  readonly schema: S;
}

/** Declares a fact; the identity function, for its types. */
export function defineFact<S extends z.ZodType>(fact: Fact<S>): Fact<S> {
  return fact;
}
