import { z } from "zod";
import { canonicalJson, compareText } from "./canonical-json.ts";
import { sha256 } from "./digest.ts";
import { AppError, messageOf } from "./errors.ts";
import type { Fact } from "./fact.ts";
import { parentSubject, type Subject } from "./subject.ts";

const Observed = z.object({ fact: z.string(), subject: z.string(), source: z.string(), value: z.unknown() });
const Unavailable = z.object({
  fact: z.string(),
  subject: z.string(),
  source: z.string(),
  unavailable: z.string(),
  remedy: z.string().optional(),
});

/** A fact about a subject with the source that showed it. */
export interface Observed {
  readonly fact: string;
  readonly subject: Subject;
  /** The command, API call or path that it was read from. */
  readonly source: string;
  readonly value: unknown;
}
/** Why a fact about a subject could not be had, and what would make it known. */
export interface Unavailable {
  readonly fact: string;
  readonly subject: Subject;
  readonly source: string;
  readonly unavailable: string;
  readonly remedy?: string | undefined;
}
/** One fact about one subject, or why it could not be had. */
export type Observation = Observed | Unavailable;

/** The areas of the guide in which a target can be assessed, and `policy` for what the user declares. */
export type TargetKind = "image" | "registry" | "cluster" | "container" | "host" | "hardware";

/** What the user named, and the subject that its facts are about. */
export interface Target {
  readonly kind: TargetKind;
  /** As the user would write it, or what it is in a few words. */
  readonly name: string;
  readonly subject: Subject;
  /** The subject without what changes from build to build (digests, tags): two runs are compared by it. */
  readonly identity: string;
}

const TargetShape = z.object({
  kind: z.enum(["image", "registry", "cluster", "container", "host", "hardware"]),
  name: z.string(),
  subject: z.string(),
  identity: z.string(),
});

/** The advisory data that vulnerabilities were judged with: `id` is its digest, `date` (ISO 8601) the newest record's. */
export interface AdvisoryStamp {
  readonly id: string;
  readonly date: string;
  readonly source: string;
}

const SnapshotShape = z.object({
  schema: z.literal("plimsoll.snapshot/1"),
  tool: z.string(),
  created: z.iso.datetime(),
  advisories: z.object({ id: z.string(), date: z.string(), source: z.string() }).optional(),
  targets: z.array(TargetShape),
  observations: z.array(z.union([Observed, Unavailable])),
  digest: z.string(),
});

/** What a snapshot is made of. */
export interface SnapshotContent {
  /** Name and version of what collected it. */
  readonly tool: string;
  /** When collection began, ISO 8601 UTC. Assessment counts days and expiry from here, so that a replay gives the same report. */
  readonly created: string;
  readonly advisories?: AdvisoryStamp | undefined;
  readonly targets: readonly Target[];
  readonly observations: readonly Observation[];
}

/** Everything that was observed in one run, indexed by fact and subject. Plain JSON underneath, so it can be saved, signed, compared and replayed. */
export class Snapshot {
  readonly content: SnapshotContent;
  readonly #byFact = new Map<string, Map<Subject, Observation>>();
  readonly #subjects = new Map<string, readonly Subject[]>();
  readonly #parsed = new Map<Observation, unknown>();
  #digest: string | undefined;

  constructor(content: SnapshotContent) {
    this.content = { ...content, observations: [...content.observations].sort(byFactAndSubject) };
    for (const observation of this.content.observations) this.#index(observation);
  }

  /** Where a fact about one subject was had from two sources, what was observed wins over what was not, then the first. */
  #index(observation: Observation): void {
    const subjects = this.#byFact.get(observation.fact) ?? new Map<Subject, Observation>();
    this.#byFact.set(observation.fact, subjects);
    const known = subjects.get(observation.subject);
    if (known === undefined || (!("value" in known) && "value" in observation))
      subjects.set(observation.subject, observation);
  }

  /** The moment that ages and expiries are counted from. */
  get now(): Date {
    return new Date(this.content.created);
  }

  /** SHA-256 of the canonical JSON of the content, as `sha256:` and hex. */
  get digest(): string {
    this.#digest ??= `sha256:${sha256(canonicalJson({ schema: "plimsoll.snapshot/1", ...this.content }))}`;
    return this.#digest;
  }

  /** Every subject that the fact was sought for, found or not, sorted. */
  subjectsOf(fact: Fact): readonly Subject[] {
    const known = this.#subjects.get(fact.id) ?? [...(this.#byFact.get(fact.id)?.keys() ?? [])].sort(compareText);
    this.#subjects.set(fact.id, known);
    return known;
  }

  /** Every subject that the fact was found for with its value, sorted by subject. */
  *all<S extends z.ZodType>(fact: Fact<S>): Iterable<{ subject: Subject; value: z.output<S> }> {
    for (const subject of this.subjectsOf(fact)) {
      const value = this.find(fact, subject);
      if (!(value instanceof Missing)) yield { subject, value };
    }
  }

  /** The observation of a fact about the subject, else about the nearest more general subject that has it. */
  observation(fact: Fact, about: Subject): Observation | undefined {
    const subjects = this.#byFact.get(fact.id);
    for (let path: Subject | undefined = about; path !== undefined; path = parentSubject(path)) {
      const found = subjects?.get(path);
      if (found) return found;
    }
    return undefined;
  }

  /** The value of a fact about the subject or the nearest more general one, or why it is missing. Throws `CORRUPT_INPUT` when a replayed value breaks the fact's schema. */
  find<S extends z.ZodType>(fact: Fact<S>, about: Subject): z.output<S> | Missing {
    const found = this.observation(fact, about);
    if (found === undefined) return new Missing(fact.id, `${fact.summary}: nothing collected it`, fact.obtain);
    if (!("value" in found)) return new Missing(fact.id, found.unavailable, found.remedy ?? fact.obtain);
    if (!this.#parsed.has(found)) this.#parsed.set(found, parseValue(fact, found));
    return this.#parsed.get(found) as z.output<S>;
  }

  /** The text of a saved snapshot. */
  serialise(): string {
    return `${canonicalJson({ schema: "plimsoll.snapshot/1", ...this.content, digest: this.digest })}\n`;
  }

  /** Reads a saved snapshot. Throws `CORRUPT_INPUT` when it is no snapshot or was altered after it was saved. */
  static parse(text: string, name: string): Snapshot {
    const document = SnapshotShape.safeParse(parseJson(text, name));
    if (!document.success) {
      throw new AppError(
        "CORRUPT_INPUT",
        `${name}: not a snapshot of Plimsoll: ${z.prettifyError(document.error).split("\n")[0]}`,
        {
          hint: "give a file that --save-facts wrote",
        },
      );
    }
    const { schema: _schema, digest, ...content } = document.data;
    const snapshot = new Snapshot(content as SnapshotContent);
    if (snapshot.digest !== digest) {
      throw new AppError(
        "CORRUPT_INPUT",
        `${name}: the snapshot was altered after it was saved: its content has the digest ${snapshot.digest}, it names ${digest}`,
        {
          hint: "collect the facts again with --save-facts",
        },
      );
    }
    return snapshot;
  }
}

/** A fact that could not be had: which, why, and what would make it known. */
export class Missing {
  readonly fact: string;
  readonly reason: string;
  readonly remedy: string;
  constructor(fact: string, reason: string, remedy: string) {
    this.fact = fact;
    this.reason = reason;
    this.remedy = remedy;
  }
}

function parseValue(fact: Fact, observation: Observed): unknown {
  const parsed = fact.schema.safeParse(observation.value);
  if (parsed.success) return parsed.data;
  throw new AppError(
    "CORRUPT_INPUT",
    `fact ${fact.id} of ${observation.subject}: ${z.prettifyError(parsed.error).split("\n")[0]}`,
    {
      hint: "the snapshot was made by another version; collect the facts again",
    },
  );
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError("CORRUPT_INPUT", `${name}: not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function byFactAndSubject(a: Observation, b: Observation): number {
  return compareText(a.fact, b.fact) || compareText(a.subject, b.subject);
}
