import { corrupt } from "../../core/errors.ts";
import { ProductTree } from "../csaf/product-tree.ts";
import { type InstalledComponent, installedComponent, type RpmComponent } from "../csaf/rpm-component.ts";
import type { CsafStatus } from "../csaf/statuses.ts";
import { type CsafVulnerability, csafVulnerabilities } from "../csaf/vulnerability.ts";
import type { AdvisoryRecord } from "../record.ts";
import { type Feed, type FeedFile, member, readJson } from "./feed.ts";

/** Red Hat's VEX documents, one a CVE: which packages of which product streams are fixed, affected or not affected, and what becomes of them (CC-BY-4.0). */
export const redhatCsaf: Feed = {
  id: "redhat-csaf",
  large: true,
  title: "Red Hat CSAF VEX",
  names: ["redhat-csaf", "redhat_csaf", "redhat-vex", "redhat_vex", "csaf_vex"],
  ecosystems: ["rhel"],
  mirror: { kind: "csaf", urls: ["https://security.access.redhat.com/data/csaf/v2/vex/"] },
  wants: (path) => /(^|\/)(cve-\d{4}-\d{4,}|rh[sbe]a-\d{4}_\d+)\.json$/i.test(path),
  recognises: ({ text }) => text.includes('"csaf_version"') && /"namespace":\s*"https:\/\/www\.redhat\.com"/.test(text),
  read: (file) => ({ records: redhatRecords(file) }),
};

function redhatRecords(file: FeedFile): AdvisoryRecord[] {
  const document = readJson(file);
  if (member(document, "vulnerabilities") === undefined) throw corrupt(file.path, "has no vulnerabilities");
  const tree = new ProductTree(document, file.path);
  return [...csafVulnerabilities(document, "redhat-csaf")].flatMap((vulnerability) =>
    recordsOf(verdictsOf(vulnerability, tree), vulnerability),
  );
}

/** What is said of one package in one product stream. */
interface Verdict extends Pick<AdvisoryRecord, "state" | "status" | "severity"> {
  readonly component: RpmComponent;
  readonly cpe: string;
  readonly outcome: CsafStatus;
  readonly fixed?: string | undefined;
}

function verdictsOf(vulnerability: CsafVulnerability, tree: ProductTree): Verdict[] {
  const found: Verdict[] = [];
  for (const [id, outcome] of vulnerability.statuses) {
    const installed = installedComponent(tree.product(id));
    const cpe = installed?.platform.cpe;
    if (installed === undefined || cpe === undefined || !/^cpe:\/[aoh]:redhat:/.test(cpe)) continue;
    const { component } = installed;
    if (isDebug(component.name) || !isPackage(installed, cpe) || vulnerability.isDismissed(id)) continue;
    const severity = vulnerability.severity(id);
    const verdict = { component, cpe, outcome, ...(severity !== undefined && { severity }) };
    if (outcome === "fixed") {
      if (component.version === undefined) continue;
      found.push({ ...verdict, state: "fixed", fixed: withEpoch(component.version) });
    } else if (outcome === "affected") found.push({ ...verdict, ...vulnerability.intention(id) });
    else if (outcome === "not_affected") found.push({ ...verdict, state: "fixed" });
    else found.push({ ...verdict, state: "unknown", status: "under-investigation" });
  }
  return found;
}

/** Debugging symbols are never what is at fault, and are half of all packages. */
function isDebug(name: string): boolean {
  return /-debug(info|source)(-|$)/.test(name);
}

/** Without a package URL a component of a product other than the distribution may be a library or image as well. */
function isPackage({ component, isNamedOnly }: InstalledComponent, cpe: string): boolean {
  return !isNamedOnly || component.version !== undefined || /^cpe:\/[ao]:redhat:(enterprise_linux|rhel_\w+):/.test(cpe);
}

/** Red Hat leaves an epoch of 0 out of its package URLs. */
function withEpoch(version: string): string {
  return /^\d+:/.test(version) ? version : `0:${version}`;
}

/** One record for each package, module and answer, with all streams that have it. */
function recordsOf(verdicts: readonly Verdict[], vulnerability: CsafVulnerability): AdvisoryRecord[] {
  const groups = new Map<string, { verdict: Verdict; cpes: Set<string> }>();
  for (const verdict of decisive(verdicts)) {
    const { component, fixed, outcome, state, status, severity } = verdict;
    const key = JSON.stringify([component.name, component.module, fixed ?? outcome, state, status, severity]);
    const group = groups.get(key) ?? { verdict, cpes: new Set<string>() };
    for (const cpe of withParts(verdict.cpe)) group.cpes.add(cpe);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ verdict, cpes }) => recordOf(verdict, cpes, vulnerability));
}

function recordOf(
  { component, outcome, fixed, state, status, severity }: Verdict,
  cpes: ReadonlySet<string>,
  { cve, shared }: CsafVulnerability,
): AdvisoryRecord {
  const { module, name } = component;
  return {
    id: cve,
    aliases: [],
    source: "redhat-csaf",
    ecosystem: "rhel",
    package: name,
    ranges: outcome === "not_affected" ? [] : [{ introduced: "0", ...(fixed !== undefined && { fixed }) }],
    ...(outcome === "not_affected" && { notAffected: true }),
    state,
    ...(status !== undefined && { status }),
    ...(severity !== undefined && { severity }),
    ...shared,
    conditions: { ...(module !== undefined && { module }), cpes: [...cpes].sort() },
  };
}

/**
 * The verdicts that count. Both source and binary packages are named, and older documents name sources alone: a source stands for the binary package of its
 * name where that is not named itself. That a package is not affected counts only where nothing in the same release says otherwise.
 */
function decisive(verdicts: readonly Verdict[]): Verdict[] {
  const telling = worthTelling(verdicts);
  const binaries = telling.filter((verdict) => !isSource(verdict));
  const named = new Set(binaries.map(placeOf));
  const withFixes = new Set(binaries.filter(({ outcome }) => outcome === "fixed").map(({ cpe }) => cpe));
  const heard = telling.filter(
    (verdict) =>
      !isSource(verdict) ||
      (!named.has(placeOf(verdict)) && (verdict.outcome !== "fixed" || !withFixes.has(verdict.cpe))),
  );
  const affected = new Set(heard.filter(({ outcome }) => outcome !== "not_affected").map(placeOf));
  return heard.filter((verdict) => verdict.outcome !== "not_affected" || !affected.has(placeOf(verdict)));
}

/**
 * Most of what documents say is which packages never had the vulnerability anywhere. Nobody says otherwise of those, so that the sources alone, which are
 * how people know them, are kept of them where sources are named.
 */
function worthTelling(verdicts: readonly Verdict[]): readonly Verdict[] {
  const clear = (verdict: Verdict) => verdict.outcome === "not_affected";
  if (!verdicts.some((verdict) => clear(verdict) && isSource(verdict))) return verdicts;
  const elsewhere = new Set(verdicts.filter((verdict) => !clear(verdict)).map(({ component }) => component.name));
  return verdicts.filter((verdict) => !clear(verdict) || isSource(verdict) || elsewhere.has(verdict.component.name));
}

function isSource({ component }: Verdict): boolean {
  return component.architecture === "src" || component.architecture === "nosrc";
}

/** Package and module in a product release, whichever of its repositories. */
function placeOf({ component, cpe }: Verdict): string {
  return `${releaseOf(cpe)}\0${component.module ?? ""}\0${component.name}`;
}

/** `cpe:/a:redhat:enterprise_linux:8::appstream` is of `redhat:enterprise_linux:8`. */
function releaseOf(cpe: string): string {
  return cpe.replace(/^cpe:\/[aoh]:/, "").split("::", 1)[0] as string;
}

/** Repositories of a release, by what CPEs call them. */
const parts: readonly (readonly [release: RegExp, names: readonly string[]])[] = [
  [/^cpe:\/o:redhat:enterprise_linux:(?:[89]|\d\d)$/, ["appstream", "baseos", "crb"]],
  [/^cpe:\/o:redhat:enterprise_linux:[5-7]$/, ["client", "computenode", "server", "workstation"]],
];

/** What is said of a release as a whole holds for each of its repositories, whose CPEs an installation is known by. */
function withParts(cpe: string): string[] {
  const names = parts.find(([release]) => release.test(cpe))?.[1] ?? [];
  return [cpe, ...names.map((name) => `${cpe}::${name}`)];
}
