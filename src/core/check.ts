import type { z } from "zod";
import type { Clause } from "./clause.ts";
import type { Fact } from "./fact.ts";
import type { Settings } from "./settings.ts";
import type { Severity } from "./severity.ts";

/** A place in a file that a person can open: 1-based line and column. */
export interface Location {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

/** One observation behind a verdict: where it was seen, what was found, what was expected. */
export interface Evidence {
  /** Where it was seen: a path in the target, a field, an API path. */
  readonly at: string;
  readonly found: unknown;
  readonly expected?: unknown;
  /**
   * Names the item within the subject, so that a fingerprint, a waiver and a fix can point at it: `openssl@3.0.11-1 CVE-2024-5535`, a mount, a rule.
   * Holds nothing that changes from build to build (digests, line numbers). Evidence without one belongs to the subject as a whole.
   */
  readonly key?: string | undefined;
  /** How bad this item is, where items of one check differ. */
  readonly severity?: Severity | undefined;
  /** What to change for this item, where it is more exact than the check's fix. */
  readonly fix?: string | undefined;
  readonly location?: Location | undefined;
  /** Index of the image layer that brought it, from 0. */
  readonly layer?: number | undefined;
  /** More about the item that reports can sort and link by: aliases, scores, dates. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

type Some<T> = readonly [T, ...T[]];

/** What a check says of a subject. */
export type Verdict =
  | { readonly status: "pass"; readonly evidence: Some<Evidence> }
  | { readonly status: "fail"; readonly evidence: Some<Evidence> }
  | { readonly status: "not-applicable"; readonly reason: string }
  | Unknown;
/** What could not be judged, why, and what would make it known. Mostly given by the engine; a check gives it when a fact is there but lacks the part that matters. */
export interface Unknown {
  readonly status: "unknown";
  readonly reason: string;
  readonly remedy?: string | undefined;
}

/** The verdict that what was seen is as it should be. */
export function pass(...evidence: [Evidence, ...Evidence[]]): Verdict {
  return { status: "pass", evidence };
}
/** The verdict that each item of evidence is not as it should be. */
export function fail(...evidence: [Evidence, ...Evidence[]]): Verdict {
  return { status: "fail", evidence };
}
/** Fails with the given items, or passes with `otherwise` when there are none. */
export function failEach(items: readonly Evidence[], otherwise: Evidence): Verdict {
  const [first, ...rest] = items;
  return first ? fail(first, ...rest) : pass(otherwise);
}
/** The verdict that the question does not arise for this subject; the reason is a fact, never a missing one. */
export function notApplicable(reason: string): Verdict {
  return { status: "not-applicable", reason };
}
/** The verdict that the facts at hand do not answer the question. */
export function unknown(reason: string, remedy?: string): Verdict {
  return { status: "unknown", reason, remedy };
}

/** The facts that a check reads, by the name it reads them under. The first decides which subjects it judges. */
export type Needs = Readonly<Record<string, Fact>>;
/** The values of the facts that were asked for. */
export type Given<N extends Needs> = { readonly [K in keyof N]: z.output<N[K]["schema"]> };
/** What a check is given besides facts. */
export interface CheckContext<P = unknown> {
  /** When the facts were collected. */
  readonly now: Date;
  readonly settings: Settings;
  readonly params: P;
}
/** Facts for which the verdict is known; `context` overrides the moment (default 2026-01-01T00:00:00Z), settings or parameters. */
export type Example<N extends Needs> = { readonly [K in keyof N]: z.input<N[K]["schema"]> } & {
  readonly context?: { readonly now?: string; readonly settings?: Partial<Settings>; readonly params?: unknown };
};

/** A pure function from the facts that it needs to a verdict, with its prose and its examples. Its id is its path below `src/checks`. */
export interface Check<N extends Needs = Needs, P extends z.ZodType = z.ZodType> {
  /** Names the failing state: "Privileged container". */
  readonly title: string;
  readonly severity: Severity;
  /** The recommendations that this check gives evidence for. */
  readonly clauses: Some<Clause>;
  /** Why the failing state matters, in a sentence or two. */
  readonly why: string;
  /** What to do, as a command or setting where there is one. */
  readonly fix: string;
  readonly needs: N;
  /** Thresholds of this check alone, set by `checks.<id>` of the policy; every one has a default. */
  readonly params?: P;
  /** Where the same rule stands elsewhere: `CIS Docker 1.6.0 5.4`, `Pod Security Standards baseline`. */
  readonly references?: readonly string[];
  evaluate(given: Given<N>, context: CheckContext<z.output<P>>): Verdict;
  readonly examples: {
    readonly pass: Some<Example<N>>;
    readonly fail: Some<Example<N>>;
    readonly notApplicable?: readonly Example<N>[];
    readonly unknown?: readonly Example<N>[];
  };
}

/** Declares a check; the identity function, for its types. */
export function defineCheck<N extends Needs, P extends z.ZodType = z.ZodType>(check: Check<N, P>): Check<N, P> {
  return check;
}

/** A check as the engine needs it: without its examples, which custom checks of a policy do not have. */
export type JudgedCheck = Omit<Check, "examples">;
