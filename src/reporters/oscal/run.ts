import type { RecommendationResult } from "../../core/assessment.ts";
import { compareText } from "../../core/canonical-json.ts";
import { byClause, sectionOf } from "../../core/clause.ts";
import type { Finding } from "../../core/finding.ts";
import type { ReportFile, ReportInput } from "../../core/reporter.ts";
import type { Subject } from "../../core/subject.ts";
import { uuidOf } from "./document.ts";
import { evidenceFile } from "./evidence-file.ts";
import { isReviewed } from "./selection.ts";

/** One check on one subject: an observation of OSCAL. */
export interface CheckedSubject {
  readonly uuid: string;
  readonly check: string;
  readonly subject: Subject;
  readonly subjectUuid: string;
  readonly findings: readonly Finding[];
  readonly evidence: ReportFile | undefined;
}

/** A subject that was judged: an inventory item of OSCAL. */
export interface JudgedSubject {
  readonly uuid: string;
  readonly subject: Subject;
  readonly name: string;
  readonly kind: string;
}

/** Failures of one check on one subject that are treated alike: all that are open, or all that one waiver covers. */
export interface RunRisk {
  readonly uuid: string;
  readonly observation: CheckedSubject;
  readonly findings: readonly Finding[];
  readonly waiver: Finding["waiver"];
}

/** What the documents about one run share, with the identifiers by which they refer to each other. */
export interface OscalRun {
  readonly input: ReportInput;
  readonly subjects: readonly JudgedSubject[];
  readonly observations: readonly CheckedSubject[];
  readonly risks: readonly RunRisk[];
  readonly recommendations: readonly RecommendationResult[];
  /** Recommendation ids that have a status by evidence or statement. */
  readonly reviewed: readonly string[];
}

/** The component that did the assessment: Plimsoll. */
export const toolUuid = uuidOf("component", "plimsoll");
/** The task of the plan in which it was done. */
export const taskUuid = uuidOf("task", "assess");

/** Puts an assessment into the shape of OSCAL. `known` are the clauses that the catalogs hold: only those can be referred to. */
export function oscalRun(input: ReportInput, known: ReadonlySet<string>): OscalRun {
  const identities = new Identities(input);
  const subjects = subjectsOf(input, identities);
  const uuidBySubject = new Map(subjects.map((item) => [item.subject, item.uuid]));
  const observations = grouped(input.assessment.findings, (finding) =>
    JSON.stringify([finding.check, finding.subject]),
  ).map((findings) => {
    const { check, subject } = findings[0]!;
    return {
      uuid: uuidOf("observation", check, identities.of(subject)),
      check,
      subject,
      subjectUuid: uuidBySubject.get(subject)!,
      findings,
      evidence: evidenceFile(findings),
    };
  });
  const recommendations = input.assessment.recommendations
    .filter((result) => known.has(result.id))
    .sort((a, b) => byClause(a.id, b.id));
  const reviewed = recommendations.filter(isReviewed).map((result) => result.id);
  return { input, subjects, observations, risks: observations.flatMap(risksOf), recommendations, reviewed };
}

function risksOf(observation: CheckedSubject): RunRisk[] {
  const failed = observation.findings.filter((finding) => finding.status === "fail");
  return grouped(failed, (finding) => JSON.stringify(finding.waiver ?? null)).map((findings) => {
    const waiver = findings[0]!.waiver;
    const name =
      waiver === undefined
        ? "open"
        : JSON.stringify([waiver.check, waiver.subject, waiver.key, waiver.expires, waiver.approver, waiver.reason]);
    return { uuid: uuidOf("risk", observation.uuid, name), observation, findings, waiver };
  });
}

function subjectsOf(input: ReportInput, identities: Identities): JudgedSubject[] {
  const names = new Map(input.assessment.findings.map((finding) => [finding.subject, finding]));
  return [...names]
    .sort(([a], [b]) => compareText(a, b))
    .map(([subject, finding]) => ({
      uuid: uuidOf("subject", identities.of(subject)),
      subject,
      name: finding.subjectName,
      kind: finding.area,
    }));
}

function grouped(findings: readonly Finding[], keyOf: (finding: Finding) => string): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(keyOf(finding));
    if (group) group.push(finding);
    else groups.set(keyOf(finding), [finding]);
  }
  return [...groups.values()];
}

/** The names by which subjects are recognised in other runs: without digests where a target has an identity, with them where two targets share one. */
class Identities {
  readonly #targets: ReportInput["assessment"]["snapshot"]["content"]["targets"];
  readonly #owners = new Map<string, Set<Subject>>();

  constructor(input: ReportInput) {
    this.#targets = input.assessment.snapshot.content.targets;
    for (const { subject } of input.assessment.findings)
      this.#owners.set(this.#stable(subject), (this.#owners.get(this.#stable(subject)) ?? new Set()).add(subject));
  }

  of(subject: Subject): string {
    const stable = this.#stable(subject);
    return (this.#owners.get(stable)?.size ?? 0) > 1 ? `${stable} ${subject}` : stable;
  }

  #stable(subject: Subject): string {
    const target = this.#targets.find(
      (candidate) => subject === candidate.subject || subject.startsWith(`${candidate.subject}/`),
    );
    return target ? target.identity + subject.slice(target.subject.length) : subject;
  }
}

/** The ids of the controls' sections that recommendations belong to, sorted. */
export function sectionsOf(run: OscalRun): string[] {
  return [...new Set(run.recommendations.map((result) => sectionOf(result.id)))].sort(byClause);
}
