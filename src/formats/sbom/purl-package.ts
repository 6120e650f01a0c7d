import { distributionId, distributionOfUrl, type NamedDistribution } from "../distribution-name.ts";
import { present } from "./own-properties.ts";
import type { SbomDistribution, SbomPackage } from "./sbom-document.ts";

/** What a package URL and the fields beside it say of a package. */
export interface NamedPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly sourceName?: string | undefined;
  readonly sourceVersion?: string | undefined;
  readonly vendor?: string | undefined;
  readonly module?: string | undefined;
  readonly licenses: readonly string[];
  readonly foundIn: readonly string[];
  readonly layer?: number | undefined;
}

/** A package and the distribution that its package URL says it was built for. */
export interface ReadPackage {
  readonly package: SbomPackage;
  readonly distribution?: NamedDistribution | undefined;
}

/** Package URL types as tools of old wrote them. */
const renamedTypes: Readonly<Record<string, string>> = { alpine: "apk", arch: "alpm" };
/** What stands between name space and name where an ecosystem's packages are named by both. */
const separators: Readonly<Record<string, string>> = { maven: ":", npm: "/", golang: "/", composer: "/", ebuild: "/" };
const distributionTypes = new Set(["deb", "apk", "rpm", "alpm", "opkg"]);

/** The package that a package URL names, or undefined where it is none (purl-spec). Images are not packages. */
export function packageOfUrl(named: NamedPackage): ReadPackage | undefined {
  const read = thingOfUrl(named);
  return read?.package.type === "oci" || read?.package.type === "docker" ? undefined : read;
}

/** As {@link packageOfUrl}, for package URLs of every type. */
export function thingOfUrl(named: NamedPackage): ReadPackage | undefined {
  const url = parsed(named.purl);
  if (url === undefined) return undefined;
  const type = renamedTypes[url.type] ?? url.type;
  const { qualifiers } = url;
  const version = versionOf(type, url.version ?? named.version, qualifiers.get("epoch"));
  const source = sourceOf(qualifiers.get("upstream"));
  return {
    package: {
      name: nameOf(type, url),
      version,
      type,
      purl: named.purl,
      ...present({
        architecture: qualifiers.get("arch"),
        sourceName: named.sourceName ?? source.name,
        sourceVersion: named.sourceVersion ?? source.version,
        vendor: named.vendor,
        module: named.module ?? qualifiers.get("rpmmod"),
        layer: named.layer,
      }),
      licenses: named.licenses,
      foundIn: named.foundIn,
      confidence: "high",
      properties: {},
    },
    distribution: distributionTypes.has(type) ? distributionOfUrl(url.namespace, qualifiers.get("distro")) : undefined,
  };
}

/** A program that a tool recognised and found no package URL for. */
export function programOf({
  name,
  version,
  vendor,
  licenses,
  foundIn,
  layer,
}: Omit<NamedPackage, "purl">): SbomPackage {
  return {
    name,
    version,
    type: "generic",
    purl: genericUrl(name, version),
    ...present({ vendor, layer }),
    licenses,
    foundIn,
    confidence: "low",
    properties: {},
  };
}

/** The distribution of a name and version as tools write them. */
export function distributionNamed(
  name: string,
  version: string | undefined,
  title: string,
): SbomDistribution | undefined {
  const id = distributionId(name);
  if (!/^[a-z0-9._-]+$/.test(id)) return undefined;
  return { id, idLike: [], ...(version ? { versionId: version } : {}), path: title };
}

/** The parts of a package URL, decoded. */
interface UrlParts {
  readonly type: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly version: string | undefined;
  readonly qualifiers: ReadonlyMap<string, string>;
}

/** Takes a package URL apart from its end, as purl-spec says. Rules of single types are not enforced: what a tool wrote is still a package. */
function parsed(purl: string): UrlParts | undefined {
  const [, type, rest = ""] = /^pkg:\/*([A-Za-z][A-Za-z0-9.+-]*)\/(.+)$/is.exec(purl.split("#")[0]!) ?? [];
  if (type === undefined) return undefined;
  const query = rest.indexOf("?");
  const path = query < 0 ? rest : rest.slice(0, query);
  const at = path.lastIndexOf("@");
  // A scope begins with an at sign too, and a version may hold a slash only encoded.
  const hasVersion = at >= 0 && !path.slice(at).includes("/");
  if (hasVersion && /(^|\/)$/.test(path.slice(0, at))) return undefined;
  const steps = (hasVersion ? path.slice(0, at) : path).split("/").filter((step) => step !== "");
  const name = decoded(steps.at(-1) ?? "");
  if (name === "") return undefined;
  return {
    type: type.toLowerCase(),
    namespace: steps.length < 2 ? undefined : steps.slice(0, -1).map(decoded).join("/"),
    name,
    version: hasVersion ? decoded(path.slice(at + 1)) : undefined,
    qualifiers: qualifiersIn(query < 0 ? "" : rest.slice(query + 1)),
  };
}

function qualifiersIn(query: string): ReadonlyMap<string, string> {
  const pairs = query
    .split("&")
    .map((pair) => [pair.split("=")[0]!.toLowerCase(), decoded(pair.slice(pair.indexOf("=") + 1))] as const);
  return new Map(pairs.filter(([name, value]) => name !== "" && value !== ""));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function genericUrl(name: string, version: string): string {
  return `pkg:generic/${encoded(name)}${version === "" ? "" : `@${encoded(version)}`}`;
}

/** Half a surrogate pair, which no URL can carry, becomes the replacement character. */
function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString("utf8"));
}

function nameOf(type: string, { namespace, name }: UrlParts): string {
  // Advisories call Go's standard library `stdlib`; some tools write `std`.
  if (type === "golang" && namespace === undefined && name === "std") return "stdlib";
  const separator = separators[type];
  return namespace && (separator !== undefined || !distributionTypes.has(type))
    ? `${namespace}${separator ?? "/"}${name}`
    : name;
}

/** A Debian version carries its epoch itself; of an rpm it stays in the package URL. */
function versionOf(type: string, version: string, epoch: string | undefined): string {
  if (type === "deb" && epoch !== undefined && epoch !== "0" && !/^\d+:/.test(version)) return `${epoch}:${version}`;
  return type === "rpm" ? version.replace(/^\d+:/, "") : version;
}

/** `openssl`, `openssl@1.1.1` or the file name of a source rpm. */
function sourceOf(upstream: string | undefined): { name?: string; version?: string } {
  if (upstream === undefined || upstream === "") return {};
  const [, rpmName, rpmVersion] = /^(.+)-([^-]+-[^-]+)\.(?:src|nosrc)\.rpm$/.exec(upstream) ?? [];
  if (rpmName !== undefined && rpmVersion !== undefined) return { name: rpmName, version: rpmVersion };
  const at = upstream.lastIndexOf("@");
  return at <= 0 ? { name: upstream } : { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
}
