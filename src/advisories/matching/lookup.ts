import { packageKey } from "../package-name.ts";
import { cpeNamesOf, programNamesOf } from "../program-names.ts";
import type { AdvisoryStore } from "../store.ts";
import { programOrder, programVersion } from "../versions/program-order.ts";
import { genericOrder, versionOrder } from "../versions/version-order.ts";
import type { Confidence, Lookup } from "./decision.ts";
import { advisoriesOf, type DistributionAdvisories, distributionName, distributionTypes } from "./distribution.ts";
import { goLookups } from "./go.ts";
import type { InstalledDistribution, InstalledPackage } from "./inventory.ts";
import { productOf, thirdPartyBuilder } from "./third-party.ts";

/** What to ask for a package, or why there is nothing to ask. */
export interface LookupPlan {
  readonly lookups: readonly Lookup[];
  /** Set where no advisory can judge it. */
  readonly gap?: Gap | undefined;
}

/** Why packages cannot be judged, and what would change that. */
export interface Gap {
  readonly reason: string;
  readonly remedy?: string | undefined;
}

/** What of the advisory data decides whether a question can be asked. */
export type DataAt = Pick<AdvisoryStore, "has">;

/** Package URL types whose advisories stand under the same name. */
const languages: ReadonlySet<string> = new Set([
  "npm",
  "pypi",
  "maven",
  "golang",
  "cargo",
  "gem",
  "composer",
  "nuget",
  "hex",
  "pub",
  "githubactions",
  "swift",
  "cran",
  "hackage",
  "conan",
]);

/** Which advisories to ask about a package of a distribution (undefined where it is not known). */
export function planOf(
  installed: InstalledPackage,
  distribution: InstalledDistribution | undefined,
  data: DataAt,
): LookupPlan {
  if (installed.version === "") return gap("packages without a version cannot be compared", "name the version");
  if (distributionTypes.has(installed.type)) return distributionPlan(installed, distribution, data);
  const lookups = candidates(installed);
  if (lookups.length === 0) return unnamed(installed);
  const asked = lookups.filter(({ ecosystem }) => data.has(ecosystem));
  if (asked.length > 0) return { lookups: asked };
  const ecosystem = lookups[0]!.ecosystem;
  return gap(
    `the advisory data holds nothing about ${ecosystem} packages`,
    `add a feed for ${ecosystem} to the advisory data`,
  );
}

function gap(reason: string, remedy?: string): LookupPlan {
  return { lookups: [], gap: { reason, remedy } };
}

function unnamed({ type, name, version }: InstalledPackage): LookupPlan {
  if (type === "golang")
    return gap(
      `a Go module without a version (${version}) cannot be compared`,
      "build it from a tagged version, with the version control data in the build context",
    );
  if (type === "maven" && !name.includes(":"))
    return gap(
      "Java archives whose group is not known cannot be looked up",
      "build them with Maven metadata (META-INF/maven/*/pom.properties)",
    );
  return gap(`no advisory source for packages of type ${type} is known`);
}

function distributionPlan(
  installed: InstalledPackage,
  distribution: InstalledDistribution | undefined,
  data: DataAt,
): LookupPlan {
  if (distribution === undefined)
    return gap("which distribution the packages are from is not known", "keep /etc/os-release in the image");
  const advisories = advisoriesOf(distribution);
  if (advisories === undefined || advisories.type !== installed.type) {
    return gap(`no advisory source for ${installed.type} packages of ${distributionName(distribution)} is known`);
  }
  const builder = thirdPartyBuilder(installed, distribution);
  if (builder !== undefined) return thirdPartyPlan(installed, builder, data);
  const { name } = advisories;
  const ecosystem = isFromEdge(installed, distribution) ? "alpine:edge" : advisories.ecosystem;
  if (ecosystem === undefined)
    return gap(`which release of ${distribution.id} this is is not known`, "keep VERSION_ID in /etc/os-release");
  if (!data.has(ecosystem)) {
    return gap(
      `the advisory data holds nothing about ${name}`,
      `add a feed about ${ecosystem.split(":")[0]} to the advisory data (docs/feeds.md); a release without maintenance may have none`,
    );
  }
  return { lookups: [distributionLookup(installed, advisories, ecosystem)] };
}

/** An image of a stable Alpine whose repositories are all those of edge holds packages of edge. */
function isFromEdge({ properties }: InstalledPackage, { id }: InstalledDistribution): boolean {
  const repositories = (properties["repositories"] ?? "").split(" ").filter((url) => url !== "");
  return id === "alpine" && repositories.length > 0 && repositories.every((url) => /\/edge(\/|$)/.test(url));
}

/** A third party's build is not what the distribution's advisories are about; the product may have advisories of its own. */
function thirdPartyPlan(installed: InstalledPackage, builder: string, data: DataAt): LookupPlan {
  const product = productOf(installed);
  const lookups =
    product === undefined
      ? []
      : programLookups(product.name, product.version).filter(({ ecosystem }) => data.has(ecosystem));
  if (lookups.length > 0) return { lookups };
  return gap(
    `packages built by ${builder} are not judged by the distribution's advisories`,
    `watch the advisories of ${builder}, or use the distribution's own package`,
  );
}

function distributionLookup(
  installed: InstalledPackage,
  advisories: DistributionAdvisories,
  ecosystem: string,
): Lookup {
  const bySource = advisories.named === "source" && installed.sourceName !== undefined;
  const name = bySource ? installed.sourceName : installed.name;
  const version = bySource ? (installed.sourceVersion ?? installed.version) : installed.version;
  const by =
    { deb: "source package", apk: "origin", rpm: bySource ? "source package" : "package", alpm: "package" }[
      advisories.type
    ] ?? "package";
  return {
    ecosystem,
    name: packageKey(ecosystem, name ?? installed.name),
    version: installed.type === "rpm" ? withEpoch(version, installed) : version,
    order: versionOrder(advisories.type) ?? genericOrder,
    by,
    confidence: advisories.confidence,
  };
}

/** An rpm's epoch stands in the qualifier of its package URL, or as some tools write it before its version; absent means 0 (rpm-version(7)). */
function withEpoch(version: string, { purl }: InstalledPackage): string {
  if (/^\d+:/.test(version)) return version;
  const epoch = (/[?&]epoch=(\d+)/.exec(purl) ?? /^[^?#]*@(\d+)(?::|%3A)/i.exec(purl))?.[1];
  return epoch === undefined || epoch === "0" ? version : `${epoch}:${version}`;
}

function candidates(installed: InstalledPackage): Lookup[] {
  const { type, name, version, confidence, properties } = installed;
  if (type === "golang") return goLookups(installed);
  if (type === "maven" && !name.includes(":")) return [];
  const program = properties["program"];
  if (type === "bitnami") {
    const upstream = version.replace(/-(r?\d+)$/, "");
    const own = languageLookup("bitnami", name, upstream, confidence, "application");
    return [own, ...cpeLookups(properties["cpe"], upstream)];
  }
  // Conda has no advisories of its own; what its package brings is told by the program's bytes.
  if (type === "conda" && program !== undefined)
    return [...programLookups(program, version), ...cpeLookups(properties["cpe"], version)];
  if (type === "generic") return [...programLookups(name, version), ...cpeLookups(properties["cpe"], version)];
  // Actions are named by their repository; the sources that know them have a type for them alone.
  if (type === "github") return [languageLookup("githubactions", name, version, confidence, "action")];
  if (type === "nuget") return [languageLookup("nuget", name, nugetVersion(version), confidence, "package")];
  return languages.has(type) ? [languageLookup(type, name, version, confidence, "package")] : [];
}

/** Libraries carry the product version of their build (`6.8.0.11012235604.824068ad`, `2.0.6.0-.NET 4.5`); NuGet compares up to four numbers. */
function nugetVersion(text: string): string {
  if (versionOrder("nuget")?.isValid(text)) return text;
  return /^\d+(\.\d+){0,3}/.exec(text)?.[0] ?? text;
}

/** Programs that no package manager installed: guesses from bytes, so never more than medium. */
function programLookups(name: string, version: string): Lookup[] {
  return programNamesOf(name).map(([ecosystem, known]) =>
    programLookup(ecosystem, known, name, version, "medium", "program"),
  );
}

/** `cpe:2.3:a:vendor:product:…` asks for `vendor:product` and the other names of that product. */
function cpeLookups(cpe: string | undefined, version: string): Lookup[] {
  const parts =
    cpe
      ?.replace(/^cpe:2\.3:/, "")
      .replace(/^cpe:\//, "")
      .split(/(?<!\\):/) ?? [];
  const [, vendor, product] = parts;
  if (!vendor || !product) return [];
  return cpeNamesOf(`${vendor}:${product}`).map((known) => programLookup("cpe", known, product, version, "low", "CPE"));
}

function programLookup(
  ecosystem: string,
  known: string,
  program: string,
  version: string,
  confidence: Confidence,
  by: string,
): Lookup {
  const lookup = languageLookup(ecosystem, known, programVersion(program, version), confidence, by);
  const own = programOrder(program);
  return own.id === genericOrder.id && programVersion(program, version) === version
    ? lookup
    : { ...lookup, order: own };
}

/** A question to an ecosystem that is named as its package URL type. */
export function languageLookup(
  ecosystem: string,
  name: string,
  version: string,
  confidence: Confidence,
  by: string,
): Lookup {
  return {
    ecosystem,
    name: packageKey(ecosystem, name),
    version,
    order: versionOrder(ecosystem) ?? genericOrder,
    by,
    confidence,
  };
}
