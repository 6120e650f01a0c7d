import type { Area } from "../../src/core/clause.ts";
import type { Declaration, Waiver } from "../../src/core/finding.ts";
import type { Severity } from "../../src/core/severity.ts";
import type {
  PageData,
  PageEvidence,
  PageFinding,
  PageImage,
  PageRecommendation,
  PageRule,
  PageSetAside,
} from "../../src/reporters/html/page-data.ts";
import { parseVisible } from "./visible-text.ts";
import type { WaiverScope } from "./waiver-snippet.ts";

/** Severities as rows number them, least first. */
export const severities: readonly Severity[] = ["info", "low", "medium", "high", "critical"];
/** Severities as a reader wants them, worst first. */
export const worstFirst: readonly Severity[] = severities.toReversed();

const rowStatuses = ["fail", "unknown", "not-applicable", "pass"] as const;

/** What a reader is told of a finding; an accepted failure counts apart. */
export type FindingStatus = "fail" | "waived" | "unknown" | "not-applicable" | "pass";
/** Statuses of findings, the ones to look at first. */
export const findingStatuses: readonly FindingStatus[] = ["fail", "waived", "unknown", "not-applicable", "pass"];

/** One item of evidence in words. */
export interface EvidenceView {
  readonly at: string;
  readonly found: string;
  readonly expected: string | undefined;
  /** `compose.yaml:31`, where a file is known. */
  readonly location: string | undefined;
  readonly layer: number | undefined;
  readonly severity: Severity | undefined;
  readonly fix: string | undefined;
  /** Why it is urgent, in words. */
  readonly reasons: readonly string[];
  readonly details: readonly { readonly name: string; readonly text: string }[];
}

/** One finding as the page works with it. */
export interface FindingView {
  readonly id: string;
  /** Place in the report's own order, the most urgent first. */
  readonly rank: number;
  readonly rule: PageRule;
  readonly subject: string;
  readonly subjectName: string;
  readonly key: string;
  readonly status: FindingStatus;
  readonly severity: Severity;
  readonly fix: string;
  readonly evidence: readonly EvidenceView[];
  readonly reason: string | undefined;
  readonly remedy: string | undefined;
  readonly waiver: Waiver | undefined;
  readonly isNew: boolean;
}

/** One vulnerability that is there and does not count, with whose word it is. */
export interface SetAsideView {
  readonly subject: string;
  readonly subjectName: string;
  readonly id: string;
  /** Name and version. */
  readonly package: string;
  readonly severity: Severity;
  readonly status: string;
  readonly reason: string;
  readonly source: string;
}

/** One recommendation with its findings. */
export interface RecommendationView extends Omit<PageRecommendation, "declaration"> {
  readonly findings: readonly FindingView[];
  readonly subjects: number;
  readonly declaration: Declaration | undefined;
}

/** Findings that one change removes. */
export interface FixGroup {
  readonly rule: PageRule;
  readonly fix: string;
  readonly severity: Severity;
  readonly findings: readonly FindingView[];
  readonly subjectNames: readonly string[];
  /** Why it is urgent, as evidence says: known exploited, exposed. */
  readonly reasons: readonly string[];
}

/** The report's data with its rows unfolded and indexed. */
export interface Model {
  readonly data: PageData;
  readonly findings: readonly FindingView[];
  readonly findingById: ReadonlyMap<string, FindingView>;
  readonly recommendations: readonly RecommendationView[];
  readonly recommendationById: ReadonlyMap<string, RecommendationView>;
  /** Failures that nobody accepted, by what removes them. */
  readonly fixGroups: readonly FixGroup[];
  readonly setAside: readonly SetAsideView[];
  readonly areaTitles: Readonly<Record<Area, string>>;
  /** Subject and key of a finding exactly as the report has them. */
  exact(finding: FindingView): WaiverScope;
}

/** Unfolds the embedded JSON. What is shown has its invisible characters made visible; `exact` gives the texts as they are. */
export function modelOf(json: string): Model {
  const data = parseVisible(json) as PageData;
  const findings = data.findings.map((row, rank) => findingOf(data, row, rank));
  const recommendations = recommendationsOf(data, findings);
  return {
    data,
    findings,
    findingById: new Map(findings.map((finding) => [finding.id, finding])),
    recommendations,
    recommendationById: new Map(recommendations.map((recommendation) => [recommendation.id, recommendation])),
    fixGroups: fixGroupsOf(findings.filter((finding) => finding.status === "fail")),
    setAside: data.setAside.map((row) => setAsideOf(data, row)),
    areaTitles: Object.fromEntries(data.areas.map((area) => [area.id, shortTitle(area.title)])) as Record<Area, string>,
    exact: (finding) => exactScope(JSON.parse(json) as PageData, finding),
  };
}

function exactScope({ findings, texts }: PageData, { rank }: FindingView): WaiverScope {
  const [, , , subjectName, key] = findings[rank]!;
  return { subjectName: texts[subjectName] ?? "", key: texts[key] ?? "" };
}

/** An area's name without the word that all six share. */
export function shortTitle(title: string): string {
  return title.replace(/ countermeasures$/i, "");
}

function findingOf(data: PageData, row: PageFinding, rank: number): FindingView {
  const [id, rule, subject, subjectName, key, status, severity, fix, evidence, more] = row;
  const text = (index: number | undefined) => (index === undefined ? undefined : data.texts[index]);
  const waiver = more?.waiver === undefined ? undefined : data.waivers[more.waiver];
  return {
    id,
    rank,
    rule: data.rules[rule]!,
    subject: text(subject) ?? "",
    subjectName: text(subjectName) ?? "",
    key: text(key) ?? "",
    status: waiver ? "waived" : rowStatuses[status]!,
    severity: severities[severity]!,
    fix: text(fix) ?? "",
    evidence: evidence.map((item) => evidenceOf(data, item)),
    reason: text(more?.reason),
    remedy: text(more?.remedy),
    waiver,
    isNew: more?.isNew === true,
  };
}

function evidenceOf(data: PageData, [at, found, expected, more]: PageEvidence): EvidenceView {
  const location =
    more?.file === undefined
      ? undefined
      : [more.file, more.line, more.column].filter((part) => part !== undefined).join(":");
  return {
    at: data.texts[at] ?? "",
    found: data.texts[found] ?? "",
    expected: expected === null ? undefined : data.texts[expected],
    location,
    layer: more?.layer,
    severity: more?.severity,
    fix: more?.fix === undefined ? undefined : data.texts[more.fix],
    reasons: (more?.reasons ?? []).map((index) => data.texts[index] ?? ""),
    details: pairsOf((more?.details ?? []).map((index) => data.texts[index] ?? "")),
  };
}

function pairsOf(texts: readonly string[]): EvidenceView["details"] {
  return Array.from({ length: texts.length / 2 }, (_, index) => ({
    name: texts[index * 2]!,
    text: texts[index * 2 + 1]!,
  }));
}

function setAsideOf({ texts }: PageData, row: PageSetAside): SetAsideView {
  const [subject, subjectName, id, name, severity, status, reason, source] = row;
  return {
    subject: texts[subject]!,
    subjectName: texts[subjectName]!,
    id: texts[id]!,
    package: texts[name]!,
    severity: severities[severity]!,
    status: texts[status]!,
    reason: texts[reason]!,
    source: texts[source]!,
  };
}

function recommendationsOf(data: PageData, findings: readonly FindingView[]): RecommendationView[] {
  const groups = groupBy(
    findings.flatMap((finding) => finding.rule.recommendations.map((id) => ({ id, finding }))),
    ({ id }) => id,
  );
  return data.recommendations.map((recommendation) => {
    const own = (groups.get(recommendation.id) ?? []).map(({ finding }) => finding);
    return {
      ...recommendation,
      findings: own,
      subjects: new Set(own.map((finding) => finding.subject)).size,
      declaration: recommendation.declaration === undefined ? undefined : data.declarations[recommendation.declaration],
    };
  });
}

/** Groups failures by the change that removes them, in the findings' order. */
export function fixGroupsOf(failures: readonly FindingView[]): FixGroup[] {
  const groups = groupBy(failures, (finding) => `${finding.rule.check}\n${changeOf(finding.fix)}`);
  return [...groups.values()].map((findings) => {
    const [first] = findings as [FindingView, ...FindingView[]];
    return {
      rule: first.rule,
      fix: findings.every((finding) => finding.fix === first.fix) ? first.fix : changeOf(first.fix),
      severity: first.severity,
      findings,
      subjectNames: [...new Set(findings.map((finding) => finding.subjectName))],
      reasons: [...new Set(findings.slice(0, 50).flatMap((finding) => finding.evidence[0]?.reasons ?? []))].slice(0, 4),
    };
  });
}

/** The change of a fix without the version that it asks for at least: several flaws of a package go with one update. */
function changeOf(fix: string): string {
  return fix.replace(/ \([^()]* or later\)/, "");
}

/** Groups items by key, both in the order of first sight. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** An image with its open failures, and how many of them a layer of its base brought. */
export interface ImageView extends PageImage {
  readonly failures: readonly FindingView[];
  readonly fromBase: number;
  /** Its vulnerabilities that do not count. */
  readonly setAside: readonly SetAsideView[];
}

/** Images that share a base. */
export interface BaseGroup {
  readonly base: string;
  readonly known: boolean;
  readonly images: readonly ImageView[];
  /** Findings that layers of the base brought: what a rebuild on a mended base removes. */
  readonly fromBase: number;
}

/**
 * Images in the order of rebuilding: what builds on nothing at hand before what builds on that; among equals the base that brings the most findings into
 * the most images first; what has no known base last.
 */
export function imagesByBase({ data, findings, setAside }: Model): BaseGroup[] {
  const failures = groupBy(
    findings.filter((finding) => finding.status === "fail"),
    (finding) => finding.subject.split("/").slice(0, 2).join("/"),
  );
  const notCounted = groupBy(setAside, ({ subject }) => subject);
  const images = data.images.map((image): ImageView => {
    const own = failures.get(image.subject) ?? [];
    return {
      ...image,
      failures: own,
      fromBase: own.filter((finding) => isFromBase(finding, image)).length,
      setAside: notCounted.get(image.subject) ?? [],
    };
  });
  const groups = groupBy(images, (image) => image.base ?? (image.scratch ? "scratch" : ""));
  return [...groups]
    .map(([base, members]) => ({
      base,
      known: base !== "",
      images: members,
      fromBase: members.reduce((sum, image) => sum + image.fromBase, 0),
    }))
    .sort(
      (a, b) =>
        Number(b.known) - Number(a.known) ||
        stepOf(a.images) - stepOf(b.images) ||
        b.fromBase - a.fromBase ||
        b.images.length - a.images.length,
    );
}

function stepOf(images: readonly ImageView[]): number {
  return Math.min(...images.map(({ rebuildStep = 0 }) => rebuildStep));
}

function isFromBase(finding: FindingView, image: PageImage): boolean {
  const layer = finding.evidence[0]?.layer;
  return layer !== undefined && image.baseLayers !== undefined && layer < image.baseLayers;
}
