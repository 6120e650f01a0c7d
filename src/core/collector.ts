import { z } from "zod";
import { AppError } from "./errors.ts";
import type { Fact } from "./fact.ts";
import type { Observation } from "./snapshot.ts";
import type { Subject } from "./subject.ts";

/** What a collector found about a subject, or why it could not. */
export type Collected<T> =
  | { readonly subject: Subject; readonly source: string; readonly value: T }
  | { readonly subject: Subject; readonly source: string; readonly unavailable: string; readonly remedy?: string };

/** What a collector is given besides the target. */
export interface CollectContext {
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** What a collector reads, so that the runner hands it the right opened target: a host's root, a set of manifests, a container engine, a registry. */
export type Reads = "host" | "manifests" | "engine" | "registry";

/** Reads one fact from an opened target `R` (an image, a host root, a set of manifests). May throw: a throw becomes an unavailable observation. */
export interface Collector<R = unknown, S extends z.ZodType = z.ZodType> {
  readonly reads: Reads;
  readonly provides: Fact<S>;
  collect(target: R, context: CollectContext): AsyncIterable<Collected<z.input<S>>> | Iterable<Collected<z.input<S>>>;
}

/** Declares a collector; the identity function, for its types. */
export function defineCollector<R, S extends z.ZodType>(collector: Collector<R, S>): Collector<R, S> {
  return collector;
}

/** Runs one collector on a target. Always answers: a failure is an unavailable observation about `about`. A thrown bug is one too, and says so. */
export async function runCollector<R>(
  collector: Collector<R>,
  target: R,
  about: Subject,
  context: CollectContext,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  try {
    for await (const found of collector.collect(target, context)) observations.push(observe(collector.provides, found));
  } catch (error) {
    observations.push(failure(collector.provides, about, error));
  }
  return observations;
}

/** Checks what was found against its fact's schema and makes an observation of it. */
export function observe(fact: Fact, found: Collected<unknown>): Observation {
  if (!("value" in found)) return { fact: fact.id, ...found };
  const parsed = fact.schema.safeParse(found.value);
  if (parsed.success) return { fact: fact.id, subject: found.subject, source: found.source, value: parsed.data };
  return {
    fact: fact.id,
    subject: found.subject,
    source: found.source,
    unavailable: `what was read does not fit the fact's schema: ${z.prettifyError(parsed.error).split("\n")[0]}`,
    remedy: "report this as a bug of Plimsoll",
  };
}

function failure(fact: Fact, subject: Subject, error: unknown): Observation {
  if (error instanceof AppError)
    return { fact: fact.id, subject, source: "collector", unavailable: error.message, remedy: error.hint };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { fact: fact.id, subject, source: "collector", unavailable: `could not be read: ${text}` };
}
