import { type FindingStatus, type FindingView, findingStatuses, severities } from "./model.ts";

/** What findings can be sorted by; `rank` is the report's own order. */
export type SortKey = "rank" | "severity" | "finding" | "subject" | "status";

/** An order of findings: by what, and whether against its natural direction. */
export interface Sorting {
  readonly by: SortKey;
  readonly reversed: boolean;
}

/** Which findings to show. Empty sets and texts let everything through; `statuses` never is empty. */
export interface FindingFilter {
  readonly areas: ReadonlySet<string>;
  readonly severities: ReadonlySet<string>;
  readonly statuses: ReadonlySet<string>;
  /** Words of the subject's name. */
  readonly subject: string;
  /** Words that all must occur somewhere in the finding. */
  readonly text: string;
  readonly onlyNew: boolean;
  readonly sorting: Sorting;
}

/** The filter that a query stands for: open failures where it names no status. */
export function filterOf(query: ReadonlyMap<string, string>): FindingFilter {
  const set = (name: string) => new Set((query.get(name) ?? "").split(",").filter(Boolean));
  const status = query.get("status") ?? "fail";
  const sort = query.get("sort") ?? "rank";
  return {
    areas: set("area"),
    severities: set("severity"),
    statuses: new Set<string>(status === "all" ? findingStatuses : status.split(",")),
    subject: query.get("subject") ?? "",
    text: query.get("q") ?? "",
    onlyNew: query.get("new") === "1",
    sorting: { by: sort.replace(/^-/, "") as SortKey, reversed: sort.startsWith("-") },
  };
}

/** The findings that a filter lets through, in its order; `except` names a part that is left aside, to count what its other choices would give. */
export function filtered(
  findings: readonly FindingView[],
  filter: FindingFilter,
  except?: "areas" | "severities" | "statuses",
): FindingView[] {
  const subject = wordsOf(filter.subject);
  const text = wordsOf(filter.text);
  return findings.filter(
    (finding) =>
      (except === "statuses" || filter.statuses.has(finding.status)) &&
      (except === "areas" || filter.areas.size === 0 || filter.areas.has(finding.rule.area)) &&
      (except === "severities" || filter.severities.size === 0 || filter.severities.has(finding.severity)) &&
      (!filter.onlyNew || finding.isNew) &&
      subject.every((word) => `${finding.subjectName}\n${finding.subject}`.toLowerCase().includes(word)) &&
      (text.length === 0 || text.every((word) => searchText(finding).includes(word))),
  );
}

/** The findings in the order that was asked for; equal ones stay in the report's own. */
export function sorted(findings: readonly FindingView[], { by, reversed }: Sorting): readonly FindingView[] {
  const compare = comparisons[by];
  if (!compare) return findings;
  return findings.toSorted((a, b) => (reversed ? compare(b, a) : compare(a, b)) || a.rank - b.rank);
}

const comparisons: Readonly<Partial<Record<string, (a: FindingView, b: FindingView) => number>>> = {
  severity: (a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity),
  finding: (a, b) => byText(a.rule.title, b.rule.title) || byText(a.key, b.key),
  subject: (a, b) => byText(a.subjectName, b.subjectName),
  status: (a, b) => findingStatuses.indexOf(a.status) - findingStatuses.indexOf(b.status),
};

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many findings have each value. */
export function tally(
  findings: readonly FindingView[],
  read: (finding: FindingView) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(read(finding), (counts.get(read(finding)) ?? 0) + 1);
  return counts;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

const searchTexts = new WeakMap<FindingView, string>();

/** What free text is sought in, made once for each finding. */
function searchText(finding: FindingView): string {
  const known = searchTexts.get(finding);
  if (known !== undefined) return known;
  const evidence = finding.evidence.slice(0, 10).map((item) => `${item.at} ${item.found} ${item.location ?? ""}`);
  const text = [
    finding.id,
    finding.rule.title,
    finding.rule.check,
    finding.rule.recommendations.join(" "),
    finding.subjectName,
    finding.key,
    finding.fix,
    finding.reason ?? "",
    ...evidence,
  ]
    .join("\n")
    .toLowerCase();
  searchTexts.set(finding, text);
  return text;
}

/** Statuses as the query writes them: nothing for the default, `all` for every one. */
export function statusQuery(statuses: readonly FindingStatus[]): string | undefined {
  if (statuses.length === findingStatuses.length || statuses.length === 0) return "all";
  return statuses.length === 1 && statuses[0] === "fail" ? undefined : statuses.join(",");
}
