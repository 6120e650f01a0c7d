import type { PackageRecord } from "../formats/package-record.ts";
import { formatPackageUrl } from "../formats/package-url.ts";

/** What a package URL needs to know of the distribution. */
export interface UrlDistribution {
  readonly id: string;
  readonly versionId?: string | undefined;
  readonly versionCodename?: string | undefined;
}

/** Types whose packages belong to the distribution, so that its identifier is their name space. */
const distributionTypes = new Set(["deb", "apk", "rpm", "alpm", "opkg"]);

/** Vendors as package URLs name them, where they differ from the ID of os-release. */
const vendors: Readonly<Record<string, string>> = {
  rhel: "redhat",
  archarm: "arch",
  "opensuse-leap": "opensuse",
  "opensuse-tumbleweed": "opensuse",
  sles: "suse",
  sled: "suse",
  sle_hpc: "suse",
  "sle-micro": "suse",
};

/** Types whose names hold their name space: everything before the last separator. */
const separators: Readonly<Record<string, string>> = { npm: "/", golang: "/", composer: "/", maven: ":", ebuild: "/" };

/** The package URL of a record (purl-spec, with `arch`, `distro`, `epoch` and `upstream` qualifiers where they apply); undefined where its name cannot be one. */
export function packageUrl(record: PackageRecord, distribution: UrlDistribution | undefined): string | undefined {
  const { namespace, name } = namedAs(record, distribution);
  const qualifiers = { ...record.qualifiers, ...qualifiersOf(record, distribution) };
  try {
    return formatPackageUrl({ type: record.type, namespace, name, version: versionIn(record), qualifiers });
  } catch {
    // A name that no package URL can carry: the package is told without one.
    return undefined;
  }
}

/** A Go program built outside version control calls itself `(devel)`, which is no version. */
function versionIn({ version }: PackageRecord): string | undefined {
  return version === "" || version === "(devel)" ? undefined : version;
}

function namedAs(
  record: PackageRecord,
  distribution: UrlDistribution | undefined,
): { namespace: string | undefined; name: string } {
  if (record.namespace !== undefined) return { namespace: record.namespace, name: record.name };
  if (distributionTypes.has(record.type))
    return { namespace: distribution && (vendors[distribution.id] ?? distribution.id), name: record.name };
  const separator = separators[record.type];
  const cut = separator === undefined ? -1 : record.name.lastIndexOf(separator);
  return cut <= 0
    ? { namespace: undefined, name: record.name }
    : { namespace: record.name.slice(0, cut), name: record.name.slice(cut + 1) };
}

function qualifiersOf(record: PackageRecord, distribution: UrlDistribution | undefined): Record<string, string> {
  if (!distributionTypes.has(record.type)) return {};
  const distro = distribution && distroQualifier(distribution);
  const upstream = upstreamOf(record);
  return {
    ...(record.architecture ? { arch: record.architecture } : {}),
    ...(distro ? { distro } : {}),
    ...(record.epoch ? { epoch: String(record.epoch) } : {}),
    ...(upstream ? { upstream } : {}),
  };
}

/** `debian-12`, `alpine-3.11.5`; Debian testing has a code name only, rolling distributions have nothing but their identifier. */
function distroQualifier(distribution: UrlDistribution): string {
  const version = distribution.versionId ?? distribution.versionCodename;
  return version === undefined ? distribution.id : `${distribution.id}-${version}`;
}

/** Source rpm file, or source name with its version where that differs from the package's own. */
function upstreamOf(record: PackageRecord): string | undefined {
  if (record.sourceRpm !== undefined) return record.sourceRpm;
  const { sourceName, sourceVersion } = record;
  if (sourceName === undefined) return undefined;
  if (sourceVersion !== undefined && sourceVersion !== record.version) return `${sourceName}@${sourceVersion}`;
  return sourceName === record.name ? undefined : sourceName;
}
