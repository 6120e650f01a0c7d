import type { z } from "zod";
import type { Finding } from "../../core/finding.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { Missing } from "../../core/snapshot.ts";
import { agesOf } from "../../facts/advisory-age.ts";
import { imageBase } from "../../facts/image/base.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import { imageLineage } from "../../facts/image/lineage.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { imageRenewal } from "../../facts/image/renewal.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import type { VulnerabilityReport } from "../../facts/vulnerability.ts";
import { type FindingGroup, fixedVersionOf, groupsOf, remedyOf, vulnerabilityOf } from "./finding-group.ts";
import { listed } from "./group-text.ts";
import { setAsideText } from "./set-aside.ts";
import { counted, visible } from "./visible-text.ts";

/** What an image is, and its open failures by what puts them right. */
export interface ImageReport {
  readonly facts: readonly (readonly [string, string])[];
  readonly sections: readonly ImageSection[];
}

/** Failures that are put right in one way. */
export interface ImageSection {
  readonly title: string;
  readonly groups: readonly FindingGroup[];
  /** What to do about all of them. */
  readonly hint?: string | undefined;
}

/** The report of a run whose only target is one image; undefined for any other run. */
export function imageSections(input: ReportInput): ImageReport | undefined {
  const { targets } = input.assessment.snapshot.content;
  const target = targets[0];
  if (targets.length !== 1 || target?.kind !== "image") return undefined;
  const open = input.assessment.findings.filter((finding) => finding.status === "fail" && finding.waiver === undefined);
  const base = input.assessment.snapshot.find(imageBase, target.subject);
  // Nothing is laid on a base that is not known.
  const baseLayers = base instanceof Missing ? 0 : (base.layers ?? 0);
  const section = (title: string, remedy: Remedy, hint?: string): ImageSection => ({
    title,
    hint,
    groups: groupsOf(open.filter((finding) => sectionOf(finding, baseLayers) === remedy)),
  });
  return {
    facts: factsOf(input, target.name, target.subject),
    sections: [
      section("Fixed by updating a package", "update"),
      section("Fixed by a change of a file", "file"),
      section("Fixed by a rebuild on a newer base", "rebuild", rebuildHint(input, target.subject)),
      section("No fix known yet", "none"),
      section("Secrets", "secret"),
      section("Configuration", "configuration"),
    ],
  };
}

type Remedy = "update" | "file" | "rebuild" | "none" | "secret" | "configuration";

function sectionOf(finding: Finding, baseLayers: number): Remedy {
  if (finding.check.includes("secret")) return "secret";
  if (vulnerabilityOf(finding)) {
    const answer = remedyOf(finding);
    if (answer === "rebuild" || answer === "update" || answer === "none") return answer;
    if (fixedVersionOf(finding) === undefined) return "none";
    const layers = finding.evidence.map((item) => item.layer);
    return layers.every((layer) => layer !== undefined && layer < baseLayers) ? "rebuild" : "update";
  }
  return finding.evidence.some((item) => item.location !== undefined) ? "file" : "configuration";
}

/** What a rebuild does, as far as it is known. */
function rebuildHint({ assessment: { snapshot } }: ReportInput, subject: string): string {
  const renewal = snapshot.find(imageRenewal, subject);
  if (renewal instanceof Missing) {
    const base = snapshot.find(imageBase, subject);
    const name = base instanceof Missing || base.reference === undefined ? "Its base" : visible(base.reference);
    return `${name} brought these. A newer build of it is not scanned yet, so unknown how many a rebuild removes. To know it: ${visible(renewal.remedy)}`;
  }
  const { base, newer, through, removes, keeps, brings, unjudged } = renewal;
  const date = newer.created === undefined ? "" : ` of ${visible(newer.created.slice(0, 10))}`;
  const first =
    through.length === 0 ? "" : ` Rebuild ${through.map(({ name }) => visible(name)).join(", then ")} before it.`;
  const open = unjudged === 0 ? "" : `; ${counted(unjudged, "package")} of it could not be judged`;
  return `${visible(base.name)} brought these: rebuild on ${visible(newer.name)}${date}, which removes ${removes.length} of ${counted(removes.length + keeps, "vulnerability", "vulnerabilities")} of the base and brings ${brings} new${open}.${first}`;
}

function factsOf(input: ReportInput, name: string, subject: string): [string, string][] {
  const { snapshot } = input.assessment;
  const identity = snapshot.find(imageIdentity, subject);
  const packages = snapshot.find(imagePackages, subject);
  const base = snapshot.find(imageBase, subject);
  if (!(base instanceof Missing) && base.location !== undefined) return dockerfileFacts(name, base);
  const facts: [string, string][] = [["Image", visible(name)]];
  if (identity instanceof Missing) facts.push(["Identity", `unknown: ${visible(identity.reason)}`]);
  else {
    const { os, architecture, variant } = identity.platform;
    facts.push(
      ...digestFacts(identity.manifestDigest ?? identity.configDigest),
      ["Platform", visible([os, architecture, variant].filter((part) => part !== undefined).join("/"))],
      [
        "Created",
        identity.created === undefined ? "unknown: the image does not say" : ageText(identity.created, snapshot.now),
      ],
      ["Size", `${sizeText(identity.size)} in ${counted(identity.layers.length, "layer")}`],
    );
  }
  facts.push(["Base", base instanceof Missing ? `unknown: ${visible(base.reason)}` : baseText(base)]);
  facts.push(...lineageFacts(input, subject));
  facts.push([
    "Packages",
    packages instanceof Missing ? `unknown: ${visible(packages.reason)}` : packagesText(packages),
  ]);
  const vulnerabilities = snapshot.find(imageVulnerabilities, subject);
  if (!(vulnerabilities instanceof Missing)) {
    facts.push(...advisoryFacts(vulnerabilities, snapshot.now));
    if (vulnerabilities.suppressed.length > 0) facts.push(["Set aside", setAsideText(vulnerabilities.suppressed)]);
  }
  return facts;
}

/** How old the data is that judged the packages, the oldest first; the head of the report tells of the newest. */
function advisoryFacts(report: Pick<VulnerabilityReport, "advisories">, now: Date): [string, string][] {
  if (report.advisories.ecosystems.length === 0) return [];
  const ages = agesOf(report, now);
  const shown = ages.slice(0, 3).map(({ name, date, hours = 0 }) => {
    const days = Math.floor(hours / 24);
    return `${visible(name.replace(":", " "))} of ${visible(date.slice(0, 10))}${days > 1 ? ` (${days} days old)` : ""}`;
  });
  const more = ages.length - shown.length;
  return [["Advisories", `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`]];
}

/** A folder has no digest. */
function digestFacts(digest: string): [string, string][] {
  return digest.startsWith("sha256:") ? [["Digest", visible(digest)]] : [];
}

/** What a Dockerfile tells of the image that it makes. */
function dockerfileFacts(name: string, base: z.output<typeof imageBase.schema>): [string, string][] {
  const pinned = base.digest === undefined ? "" : `@${visible(base.digest)}`;
  const uses = base.buildImages.map(({ text, reference = text, use }) => `${visible(reference)} (${visible(use)})`);
  return [
    ["Dockerfile", visible(name)],
    [
      "Base",
      base.unknownBecause === undefined ? `${baseText(base)}${pinned}` : `unknown: ${visible(base.unknownBecause)}`,
    ],
    ...(uses.length === 0 ? [] : [["Uses", listed(uses, 4)] as [string, string]]),
  ];
}

/** What the layers tell of the base, where they tell anything. */
function lineageFacts({ assessment: { snapshot } }: ReportInput, subject: string): [string, string][] {
  const lineage = snapshot.find(imageLineage, subject);
  if (lineage instanceof Missing || lineage.baseLayers === undefined) return [];
  const names = lineage.ancestors.map(({ name, assessed }) =>
    visible(assessed === undefined ? name : `${name} (scanned ${assessed.slice(0, 10)})`),
  );
  const base = snapshot.find(imageBase, subject);
  const stated = base instanceof Missing || base.reference === undefined ? "a base" : visible(base.reference);
  const whose = names.length === 0 ? `${stated} (not scanned; its history shows where it ends)` : names.join(", on ");
  return [["Lineage", `${counted(lineage.baseLayers, "layer")} of ${whose}`]];
}

function baseText(base: {
  readonly reference?: string | undefined;
  readonly scratch: boolean;
  readonly shownBy?: string | undefined;
}): string {
  if (base.reference !== undefined)
    return `${visible(base.reference)}${base.shownBy === undefined ? "" : ` (shown by its ${base.shownBy})`}`;
  return base.scratch ? "none (FROM scratch)" : "unknown: nothing says it";
}

function packagesText(inventory: {
  readonly packages: readonly unknown[];
  readonly unread: readonly unknown[];
}): string {
  const unread =
    inventory.unread.length === 0 ? "" : `, ${counted(inventory.unread.length, "source")} could not be read`;
  return `${inventory.packages.length}${unread}`;
}

function ageText(created: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(created)) / 86_400_000);
  const date = visible(created.slice(0, 10));
  return Number.isNaN(days) ? date : `${date} (${days < 0 ? "in the future" : `${counted(days, "day")} old`})`;
}

/** Bytes in decimal units, as registries and engines show them: `90.0 MB`. */
function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
