import { compareText } from "./canonical-json.ts";
import type { CheckContext, Evidence, JudgedCheck, Verdict } from "./check.ts";
import { type Area, areaOf, byClause, type Clause } from "./clause.ts";
import { sha256 } from "./digest.ts";
import { AppError, messageOf } from "./errors.ts";
import type { Finding, Waiver } from "./finding.ts";
import { isExpired } from "./finding.ts";
import { matchesGlob } from "./glob.ts";
import type { Settings } from "./settings.ts";
import { bySeverity, type Severity, severities } from "./severity.ts";
import { Missing, type Snapshot } from "./snapshot.ts";
import type { Subject } from "./subject.ts";

/** What the organisation decided that bears on judging. */
export interface Judgement {
  readonly settings: Settings;
  /** Parameters and severity of single checks, by check id; `off` needs a reason and is reported. */
  readonly checks: Readonly<Record<string, { readonly params?: unknown; readonly severity?: Severity | undefined }>>;
  readonly waivers: readonly Waiver[];
}

const areaMark: Record<Area, string> = {
  image: "img",
  registry: "reg",
  orchestrator: "orc",
  container: "con",
  host: "hst",
  hardware: "hdw",
};

/** Evaluates every check on every subject that its first fact was sought for. Pure: same snapshot, same findings in the same order. */
export function judge(checks: ReadonlyMap<string, JudgedCheck>, snapshot: Snapshot, judgement: Judgement): Finding[] {
  const findings: Draft[] = [];
  const names = new SubjectNames(snapshot);
  for (const [id, check] of checks) {
    const own = judgement.checks[id];
    const context = contextOf(id, check, snapshot, judgement);
    const [primary] = Object.values(check.needs);
    if (primary === undefined) throw new TypeError(`check ${id} needs no fact`);
    const recommendations = [...check.clauses].sort(byClause);
    for (const subject of snapshot.subjectsOf(primary)) {
      const verdict = verdictOf(id, check, snapshot, subject, context);
      const severity = own?.severity ?? check.severity;
      findings.push(...findingsOf({ id, check, recommendations }, subject, verdict, severity, names));
    }
  }
  const current = judgement.waivers.filter((waiver) => !isExpired(waiver, snapshot.now));
  for (const finding of findings) finding.waiver = waiverFor(finding, current);
  const inOrder = ranked(findings);
  nameShortly(inOrder);
  return inOrder;
}

function contextOf(id: string, check: JudgedCheck, snapshot: Snapshot, judgement: Judgement): CheckContext {
  const given = judgement.checks[id]?.params ?? {};
  const params = check.params?.safeParse(given);
  if (params && !params.success) {
    throw new AppError("CONFIG_INVALID", `policy: checks.${id}.params: ${params.error.issues[0]?.message}`, {
      hint: `see "plimsoll checks show ${id}"`,
    });
  }
  return { now: snapshot.now, settings: judgement.settings, params: params?.data };
}

function verdictOf(
  id: string,
  check: JudgedCheck,
  snapshot: Snapshot,
  subject: Subject,
  context: CheckContext,
): Verdict {
  const given: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(check.needs)) {
    const value = snapshot.find(fact, subject);
    if (value instanceof Missing) return { status: "unknown", reason: value.reason, remedy: value.remedy };
    given[name] = value;
  }
  try {
    return check.evaluate(given, context);
  } catch (error) {
    // A throw inside a check is a bug of the check. It must not end the run, and must never look like a pass.
    return {
      status: "unknown",
      reason: `check ${id} failed: ${messageOf(error)}`,
      remedy: "report this as a bug of Plimsoll",
    };
  }
}

interface NamedCheck {
  readonly id: string;
  readonly check: JudgedCheck;
  /** Its clauses in the guide's order. */
  readonly recommendations: readonly Clause[];
}

/** A finding while it is being made: waiver and id come last, and copies of hundreds of thousands would cost more than judging. */
type Draft = { -readonly [Field in keyof Finding]: Finding[Field] };

function findingsOf(
  { id, check, recommendations }: NamedCheck,
  subject: Subject,
  verdict: Verdict,
  severity: Severity,
  names: SubjectNames,
): Draft[] {
  const identity = names.identityOf(subject);
  const subjectName = names.nameOf(subject);
  const draft = (key: string, evidence: readonly Evidence[], more: Partial<Draft>): Draft => ({
    id: "",
    fingerprint: sha256(`${id}\n${identity}\n${key}`),
    check: id,
    title: check.title,
    area: areaOf(recommendations[0]!),
    recommendations,
    subject,
    subjectName,
    key,
    status: verdict.status,
    severity: more.severity ?? severity,
    evidence,
    reason: more.reason,
    remedy: more.remedy,
    why: check.why,
    fix: more.fix ?? check.fix,
    waiver: undefined,
    isNew: undefined,
  });
  switch (verdict.status) {
    case "fail":
      return [...grouped(verdict.evidence)].map(([key, evidence]) =>
        draft(key, evidence, {
          severity: worst(evidence, severity),
          fix: evidence.find((item) => item.fix)?.fix ?? check.fix,
        }),
      );
    case "pass":
      return [draft("", verdict.evidence, {})];
    case "not-applicable":
      return [draft("", [], { reason: verdict.reason })];
    case "unknown":
      return [draft("", [], { reason: verdict.reason, remedy: verdict.remedy })];
  }
}

function grouped(evidence: readonly Evidence[]): Map<string, Evidence[]> {
  const groups = new Map<string, Evidence[]>();
  for (const item of evidence) {
    const group = groups.get(item.key ?? "");
    if (group) group.push(item);
    else groups.set(item.key ?? "", [item]);
  }
  return groups;
}

function worst(evidence: readonly Evidence[], otherwise: Severity): Severity {
  const own = evidence.flatMap((item) => (item.severity ? [item.severity] : []));
  return own.sort(bySeverity)[0] ?? otherwise;
}

function waiverFor(finding: Finding, waivers: readonly Waiver[]): Waiver | undefined {
  return finding.status === "fail" ? waivers.find((waiver) => covers(waiver, finding)) : undefined;
}

/** True when a waiver names the finding, whatever its expiry. */
export function covers(waiver: Waiver, finding: Finding): boolean {
  if (waiver.check !== undefined && !matchesGlob(waiver.check, finding.check)) return false;
  if (
    waiver.subject !== undefined &&
    ![finding.subject, finding.subjectName].some((name) => matchesGlob(waiver.subject!, name))
  )
    return false;
  if (waiver.key === undefined) return true;
  return matchesGlob(waiver.key, finding.key) || finding.key.split(" ").includes(waiver.key);
}

/** Gives each the shortest prefix of its fingerprint, four characters at least, that no other finding shares. Two builds of one image share fingerprints: the later one's id gets a number. */
function nameShortly(findings: readonly Draft[]): void {
  const taken = new Set<string>();
  for (const finding of findings) {
    finding.id = freeId(areaMark[finding.area], finding.fingerprint, taken);
    taken.add(finding.id);
  }
}

function freeId(mark: string, fingerprint: string, taken: ReadonlySet<string>): string {
  for (let length = 4; length <= fingerprint.length; length++) {
    const id = `${mark}-${fingerprint.slice(0, length)}`;
    if (!taken.has(id)) return id;
  }
  for (let number = 2; ; number++) {
    const id = `${mark}-${fingerprint.slice(0, 12)}-${number}`;
    if (!taken.has(id)) return id;
  }
}

const statusRank = { fail: 0, unknown: 1, "not-applicable": 2, pass: 3 } as const;

interface Ranked {
  readonly finding: Draft;
  /** What is compared before text, most important first. */
  readonly numbers: readonly number[];
}

/** What to look at first: failures, the worst first; what is accepted after what is not. The rest of the order only keeps it stable. */
function ranked(findings: readonly Draft[]): Draft[] {
  const clauses = [...new Set(findings.map((finding) => finding.recommendations[0]!))].sort(byClause);
  const clauseRank = new Map(clauses.map((clause, index) => [clause, index]));
  const keyed: Ranked[] = findings.map((finding) => ({
    finding,
    numbers: [
      statusRank[finding.status],
      Number(finding.waiver !== undefined),
      -severities.indexOf(finding.severity),
      -priorityOf(finding),
      clauseRank.get(finding.recommendations[0]!)!,
    ],
  }));
  return keyed.sort(byRank).map(({ finding }) => finding);
}

function byRank(a: Ranked, b: Ranked): number {
  for (let index = 0; index < a.numbers.length; index++) {
    const order = a.numbers[index]! - b.numbers[index]!;
    if (order !== 0) return order;
  }
  return (
    compareText(a.finding.check, b.finding.check) ||
    compareText(a.finding.subject, b.finding.subject) ||
    compareText(a.finding.key, b.finding.key)
  );
}

/** Evidence may carry `details.priority` (a number, higher first) to rank items of equal severity: known exploited, likely to be, fixable. */
function priorityOf(finding: Finding): number {
  const priority = finding.evidence[0]?.details?.["priority"];
  return typeof priority === "number" ? priority : 0;
}

class SubjectNames {
  readonly #targets: Snapshot["content"]["targets"];
  constructor(snapshot: Snapshot) {
    this.#targets = snapshot.content.targets;
  }

  /** The target's name in place of its subject, the rest of the path behind it. */
  nameOf(subject: Subject): string {
    const target = this.#targetOf(subject);
    if (!target) return subject;
    const rest = subject.slice(target.subject.length + 1);
    return rest === "" ? target.name : `${target.name} ${rest}`;
  }

  identityOf(subject: Subject): string {
    const target = this.#targetOf(subject);
    return target ? target.identity + subject.slice(target.subject.length) : subject;
  }

  #targetOf(subject: Subject): Snapshot["content"]["targets"][number] | undefined {
    return this.#targets.find((target) => subject === target.subject || subject.startsWith(`${target.subject}/`));
  }
}
