import type { Finding } from "../../core/finding.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { Missing } from "../../core/snapshot.ts";
import { imageBase } from "../../facts/image/base.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { type FindingGroup, fixedVersionOf, groupsOf, vulnerabilityOf } from "./finding-group.ts";
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
  const baseName = base instanceof Missing || base.reference === undefined ? "Its base" : visible(base.reference);
  const section = (title: string, remedy: Remedy, hint?: string): ImageSection => ({
    title,
    hint,
    groups: groupsOf(open.filter((finding) => remedyOf(finding, baseLayers) === remedy)),
  });
  return {
    facts: factsOf(input, target.name, target.subject),
    sections: [
      section("Fixed by updating a package", "update"),
      section("Fixed by a change of a file", "file"),
      section(
        "Fixed by a rebuild on a newer base",
        "rebuild",
        `${baseName} brought these: rebuild on its newest build, then update what is still there.`,
      ),
      section("No fix known yet", "none"),
      section("Secrets", "secret"),
      section("Configuration", "configuration"),
    ],
  };
}

type Remedy = "update" | "file" | "rebuild" | "none" | "secret" | "configuration";

function remedyOf(finding: Finding, baseLayers: number): Remedy {
  if (finding.check.includes("secret")) return "secret";
  if (vulnerabilityOf(finding)) {
    if (fixedVersionOf(finding) === undefined) return "none";
    const layers = finding.evidence.map((item) => item.layer);
    return layers.every((layer) => layer !== undefined && layer < baseLayers) ? "rebuild" : "update";
  }
  return finding.evidence.some((item) => item.location !== undefined) ? "file" : "configuration";
}

function factsOf(input: ReportInput, name: string, subject: string): [string, string][] {
  const { snapshot } = input.assessment;
  const identity = snapshot.find(imageIdentity, subject);
  const packages = snapshot.find(imagePackages, subject);
  const base = snapshot.find(imageBase, subject);
  const facts: [string, string][] = [["Image", visible(name)]];
  if (identity instanceof Missing) facts.push(["Identity", `unknown: ${visible(identity.reason)}`]);
  else {
    const { os, architecture, variant } = identity.platform;
    facts.push(
      ["Digest", visible(identity.manifestDigest ?? identity.configDigest)],
      ["Platform", visible([os, architecture, variant].filter((part) => part !== undefined).join("/"))],
      [
        "Created",
        identity.created === undefined ? "unknown: the image does not say" : ageText(identity.created, snapshot.now),
      ],
      ["Size", `${sizeText(identity.size)} in ${counted(identity.layers.length, "layer")}`],
    );
  }
  facts.push(["Base", base instanceof Missing ? `unknown: ${visible(base.reason)}` : baseText(base)]);
  facts.push([
    "Packages",
    packages instanceof Missing ? `unknown: ${visible(packages.reason)}` : packagesText(packages),
  ]);
  return facts;
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
