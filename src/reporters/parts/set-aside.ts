import { compareText } from "../../core/canonical-json.ts";
import { bySeverity, type Severity } from "../../core/severity.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import type { Subject } from "../../core/subject.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import { counted, visible } from "./visible-text.ts";

/** A vulnerability that is there and does not count: no finding, and nothing to the gate. */
export interface SetAside {
  /** The check whose finding it would be. */
  readonly check: string;
  readonly subject: Subject;
  /** The subject as the user named it. */
  readonly subjectName: string;
  /** The subject without what changes from build to build. */
  readonly identity: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly version: string;
  readonly purl: string;
  readonly severity: Severity;
  /** `not_affected` and `fixed` of VEX; `unimportant` of Debian's tracker; `not importable` and the like of the Go team. */
  readonly status: string;
  readonly reason: string;
  /** The document or feed that says so. */
  readonly source: string;
}

const places = [
  { fact: imageVulnerabilities, check: "image/vulnerable-package" },
  { fact: hostVulnerabilities, check: "host/known-vulnerability" },
] as const;

/** What was set aside in all subjects of a snapshot: by subject, the worst first. */
export function setAsideOf(snapshot: Snapshot): SetAside[] {
  const targets = new Map(snapshot.content.targets.map((target) => [target.subject, target]));
  return places
    .flatMap(({ fact, check }) =>
      [...snapshot.all(fact)].flatMap(({ subject, value }) =>
        value.suppressed.map(({ match, status, reason, source }): SetAside => {
          const target = targets.get(subject);
          return {
            check,
            subject,
            subjectName: target?.name ?? subject,
            identity: target?.identity ?? subject,
            id: match.id,
            aliases: match.aliases,
            package: match.package,
            version: match.version,
            purl: match.purl,
            severity: match.severity,
            status,
            reason,
            source,
          };
        }),
      ),
    )
    .sort(bySubjectAndUrgency);
}

function bySubjectAndUrgency(a: SetAside, b: SetAside): number {
  return (
    compareText(a.subjectName, b.subjectName) ||
    compareText(a.subject, b.subject) ||
    bySeverity(a.severity, b.severity) ||
    compareText(a.package, b.package) ||
    compareText(a.id, b.id) ||
    compareText(a.purl, b.purl) ||
    compareText(a.reason, b.reason)
  );
}

/** Put together by subject and reason; packages stand together where the same vulnerabilities were set aside in each, as in those made of one source. */
export function setAsideGroups(items: readonly SetAside[]): SetAside[][] {
  const reasonOf = ({ subject, status, reason, source }: SetAside) => JSON.stringify([subject, status, reason, source]);
  const packages = gathered(items, (item) => `${reasonOf(item)}\n${item.package} ${item.version}`);
  const groups = gathered(
    packages,
    (group) => `${reasonOf(group[0]!)}\n${[...new Set(group.map(({ id }) => id))].join()}`,
  );
  return groups.map((group) => group.flat());
}

/** Lists of equal keys, in the order of first sight. */
function gathered<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const lists = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = lists.get(key);
    if (list) list.push(item);
    else lists.set(key, [item]);
  }
  return [...lists.values()];
}

/** How many each word set aside, the most first: `[["unimportant", 10], ["not affected", 2]]`. */
export function setAsideCounts(items: readonly { readonly status: string }[]): [status: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { status } of items) {
    const word = setAsideWord(status);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].sort(([a, one], [b, other]) => other - one || compareText(a, b));
}

/** A status as words: `not_affected` of VEX as `not affected`. */
export function setAsideWord(status: string): string {
  return status.replaceAll("_", " ");
}

/** Whose word it is and why, without saying the word twice: `not affected: it is never loaded (app.vex.json)`. */
export function setAsideWhy({ status, reason, source }: Pick<SetAside, "status" | "reason" | "source">): string {
  const word = setAsideWord(status);
  return `${reason.startsWith(word) ? "" : `${word}: `}${reason} (${source})`;
}

/** How many, and on whose word: `12 vulnerabilities (10 unimportant, 2 not affected)`, `1 vulnerability (unimportant)`. */
export function setAsideText(items: readonly { readonly status: string }[]): string {
  const words = setAsideCounts(items);
  const parts = words.map(([word, count]) => (words.length === 1 ? visible(word) : `${count} ${visible(word)}`));
  return `${counted(items.length, "vulnerability", "vulnerabilities")} (${parts.join(", ")})`;
}
