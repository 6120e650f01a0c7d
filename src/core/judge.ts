import { compareText } from "./canonical-json.ts";
import type { CheckContext, Evidence, JudgedCheck, Verdict } from "./check.ts";
import { type Area, areaOf, byClause } from "./clause.ts";
import { sha256 } from "./digest.ts";
import { AppError, messageOf } from "./errors.ts";
import type { Finding, Waiver } from "./finding.ts";
import { isExpired } from "./finding.ts";
import { matchesGlob } from "./glob.ts";
import type { Settings } from "./settings.ts";
import { bySeverity, type Severity } from "./severity.ts";
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
  const findings: Finding[] = [];
  const names = new SubjectNames(snapshot);
  for (const [id, check] of checks) {
    const own = judgement.checks[id];
    const context = contextOf(id, check, snapshot, judgement);
    const [primary] = Object.values(check.needs);
    if (primary === undefined) throw new TypeError(`check ${id} needs no fact`);
    for (const subject of snapshot.subjectsOf(primary)) {
      const verdict = verdictOf(id, check, snapshot, subject, context);
      findings.push(...findingsOf(id, check, subject, verdict, own?.severity ?? check.severity, names));
    }
  }
  const waived = findings.map((finding) => withWaiver(finding, judgement.waivers, snapshot.now));
  return withShortIds(waived.sort(byRank));
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

function findingsOf(
  id: string,
  check: JudgedCheck,
  subject: Subject,
  verdict: Verdict,
  severity: Severity,
  names: SubjectNames,
): Finding[] {
  const recommendations = [...check.clauses].sort(byClause);
  const base = {
    check: id,
    title: check.title,
    area: areaOf(recommendations[0]!),
    recommendations,
    subject,
    subjectName: names.nameOf(subject),
    why: check.why,
  };
  const finding = (
    key: string,
    rest: Pick<Finding, "status" | "severity" | "evidence" | "reason" | "remedy" | "fix">,
  ): Finding => ({
    ...base,
    ...rest,
    id: "",
    fingerprint: sha256(`${id}\n${names.identityOf(subject)}\n${key}`),
    key,
  });
  if (verdict.status === "fail") {
    return [...grouped(verdict.evidence)].map(([key, evidence]) =>
      finding(key, {
        status: "fail",
        severity: worst(evidence, severity),
        evidence,
        fix: evidence.find((item) => item.fix)?.fix ?? check.fix,
      }),
    );
  }
  const evidence = verdict.status === "pass" ? verdict.evidence : [];
  const reason = verdict.status === "pass" ? undefined : verdict.reason;
  const remedy = verdict.status === "unknown" ? verdict.remedy : undefined;
  return [finding("", { status: verdict.status, severity, evidence, reason, remedy, fix: check.fix })];
}

function grouped(evidence: readonly Evidence[]): Map<string, Evidence[]> {
  const groups = new Map<string, Evidence[]>();
  for (const item of evidence) groups.set(item.key ?? "", [...(groups.get(item.key ?? "") ?? []), item]);
  return groups;
}

function worst(evidence: readonly Evidence[], otherwise: Severity): Severity {
  const own = evidence.flatMap((item) => (item.severity ? [item.severity] : []));
  return own.sort(bySeverity)[0] ?? otherwise;
}

function withWaiver(finding: Finding, waivers: readonly Waiver[], now: Date): Finding {
  if (finding.status !== "fail") return finding;
  const waiver = waivers.find((candidate) => !isExpired(candidate, now) && covers(candidate, finding));
  return waiver ? { ...finding, waiver } : finding;
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

/** The shortest prefix of the fingerprint, four characters at least, that no other finding shares. Two builds of one image share fingerprints: the later one's id gets a number. */
function withShortIds(findings: readonly Finding[]): Finding[] {
  const taken = new Set<string>();
  return findings.map((finding) => {
    const id = freeId(areaMark[finding.area], finding.fingerprint, taken);
    taken.add(id);
    return { ...finding, id };
  });
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

/** What to look at first: failures, the worst first; what is accepted after what is not. The rest of the order only keeps it stable. */
function byRank(a: Finding, b: Finding): number {
  return (
    statusRank[a.status] - statusRank[b.status] ||
    Number(a.waiver !== undefined) - Number(b.waiver !== undefined) ||
    bySeverity(a.severity, b.severity) ||
    priorityOf(b) - priorityOf(a) ||
    byClause(a.recommendations[0]!, b.recommendations[0]!) ||
    compareText(a.check, b.check) ||
    compareText(a.subject, b.subject) ||
    compareText(a.key, b.key)
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
