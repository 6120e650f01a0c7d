import type { Finding } from "../../core/finding.ts";
import type { Target } from "../../core/snapshot.ts";
import { type FindingGroup, remedyOf } from "./finding-group.ts";
import { placeText } from "./place.ts";
import { subjectLabel } from "./subject-label.ts";
import { counted, valueText, visible } from "./visible-text.ts";

/** What is wrong, in one line: the package and its vulnerabilities, or the check's title with what was found. */
export function whatText(group: FindingGroup): string {
  if (group.package) return packageText(group.package, group.findings.length);
  const { first, findings } = group;
  const title = visible(first.title);
  if (findings.length > 1) return `${title}${keysText(findings.map(nameOf))}`;
  const item = first.evidence[0];
  return item === undefined ? title : `${title}: ${valueText(item.found, 80)}`;
}

function packageText(item: NonNullable<FindingGroup["package"]>, count: number): string {
  const target = item.fixedVersions.length === 0 ? "no fix known yet" : `→ ${listed(item.fixedVersions, 3)}`;
  const ids =
    count === 1
      ? visible(item.vulnerabilities[0]!)
      : `${counted(count, "vulnerability", "vulnerabilities")}, worst ${visible(item.vulnerabilities[0]!)}`;
  const partly = item.unfixed > 0 && item.fixedVersions.length > 0 ? `, ${item.unfixed} without a fix` : "";
  return `${visible(item.name)} ${target}  ${ids}${partly}${item.knownExploited ? ", known exploited" : ""}`;
}

/** What a finding is called among others of its check; a secret's key ends in its hash, which tells a person nothing. */
function nameOf({ key, evidence: [item] }: Finding): string {
  return item?.details?.["kind"] === "secret" ? String(item.found) : key;
}

function keysText(keys: readonly string[]): string {
  const named = [...new Set(keys.filter((key) => key !== ""))];
  return named.length === 0 ? "" : `: ${listed(named, 3)}`;
}

/** The first of several texts and how many more there are. */
export function listed(texts: readonly string[], limit: number): string {
  const shown = texts.slice(0, limit).map((text) => valueText(text, 80));
  return texts.length > limit ? `${shown.join(", ")} and ${texts.length - limit} more` : shown.join(", ");
}

/** Whom it is about: the first subject, and how many more where a group spans several. */
export function subjectText(group: FindingGroup, targets: readonly Target[]): string {
  const labels = [...new Set(group.findings.map((finding) => subjectLabel(finding, targets)))];
  return labels.length === 1 ? labels[0]! : `${labels[0]} +${labels.length - 1}`;
}

/** Where it was seen, each place once. */
export function placesText(group: FindingGroup): string {
  const places = new Set(group.findings.flatMap((finding) => finding.evidence.slice(0, 1).map(placeText)));
  return listed([...places], 2);
}

/** What to do about all of the group, in a sentence. */
export function fixText(group: FindingGroup): string {
  if (group.findings.every((finding) => remedyOf(finding) === "rebuild")) return visible(group.first.fix);
  const item = group.package;
  if (item && item.fixedVersions.length > 1)
    return `Update ${visible(item.name)} to a version that is at least each of ${listed(item.fixedVersions, 5)}.`;
  return visible(group.first.fix);
}
