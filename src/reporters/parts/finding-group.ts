import type { Finding } from "../../core/finding.ts";
import { bySeverity, type Severity } from "../../core/severity.ts";

/** Findings that one action puts right, the first standing for all. */
export interface FindingGroup {
  readonly first: Finding;
  readonly findings: readonly Finding[];
  readonly severity: Severity;
  /** Where the findings are vulnerabilities of one package: what it is and what it must become. */
  readonly package?: VulnerablePackage | undefined;
}

/** A package whose vulnerabilities are told in one line. */
export interface VulnerablePackage {
  /** Name and installed version: `openssl@3.0.11-1`. */
  readonly name: string;
  /** Vulnerability ids, the worst first. */
  readonly vulnerabilities: readonly string[];
  /** The versions without the vulnerabilities that have a fix: one where the evidence names one that is clear of all of them, else that of the most urgent first. They are not compared: the order of an ecosystem is not the reporter's to know. */
  readonly fixedVersions: readonly string[];
  readonly unfixed: number;
  readonly knownExploited: boolean;
}

/** The package and the vulnerability that a key of the form `PACKAGE@VERSION ID` names, or undefined for another key. */
export function vulnerabilityOf(finding: Finding): { readonly package: string; readonly id: string } | undefined {
  const end = finding.key.lastIndexOf(" ");
  const name = finding.key.slice(0, end);
  const id = finding.key.slice(end + 1);
  if (end <= 0 || !name.includes("@", 1) || !/^[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9:._-]+$/.test(id)) return undefined;
  return { package: name, id };
}

/**
 * The open failures (failed and not waived) in order of urgency, put together where one action answers them: the vulnerabilities of one package in one
 * subject, or the failures of one check of equal severity.
 */
export function openGroups(findings: readonly Finding[]): FindingGroup[] {
  return groupsOf(findings.filter((finding) => finding.status === "fail" && finding.waiver === undefined));
}

/** Findings put together where one action answers them; the order is that of each group's first. */
export function groupsOf(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = groupKey(finding);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map(groupOf);
}

function groupKey(finding: Finding): string {
  const vulnerability = vulnerabilityOf(finding);
  const parts = vulnerability
    ? [finding.check, finding.subject, vulnerability.package]
    : [finding.check, finding.severity];
  return JSON.stringify(parts);
}

function groupOf(findings: readonly Finding[]): FindingGroup {
  const first = findings[0]!;
  const severity = findings.map((finding) => finding.severity).sort(bySeverity)[0]!;
  const vulnerability = vulnerabilityOf(first);
  return { first, findings, severity, package: vulnerability ? packageOf(vulnerability.package, findings) : undefined };
}

function packageOf(name: string, findings: readonly Finding[]): VulnerablePackage {
  const fixes = findings.map(fixedVersionOf);
  return {
    name,
    vulnerabilities: findings.map((finding) => vulnerabilityOf(finding)!.id),
    fixedVersions: [
      ...new Set(findings.map((finding) => detailOf(finding, "fixedVersionAll") ?? fixedVersionOf(finding))),
    ].filter((version) => version !== undefined),
    unfixed: fixes.filter((version) => version === undefined).length,
    knownExploited: findings.some((finding) =>
      finding.evidence.some(
        (item) => item.details?.["knownExploited"] !== undefined && item.details["knownExploited"] !== false,
      ),
    ),
  };
}

/** The first version without the vulnerability, where the evidence's details name one. */
export function fixedVersionOf(finding: Finding): string | undefined {
  return detailOf(finding, "fixedVersion");
}

function detailOf(finding: Finding, name: string): string | undefined {
  for (const item of finding.evidence) {
    const version = item.details?.[name];
    if (typeof version === "string" && version !== "") return version;
  }
  return undefined;
}

/** What puts an image's failure right, where its evidence says so: `rebuild`, `update`, `file` or `none`. */
export function remedyOf(finding: Finding): string | undefined {
  return detailOf(finding, "remedy");
}
