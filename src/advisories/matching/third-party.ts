import type { InstalledDistribution, InstalledPackage } from "./inventory.ts";

/** Who else builds packages in a distribution's format: by maintainer, or by what they put into the version. */
const builders: readonly { readonly name: string; readonly vendor?: RegExp; readonly version?: RegExp }[] = [
  { name: "nginx.org", vendor: /nginx packaging|@nginx\.com|@f5\.com/i, version: /\.ngx$/ },
  { name: "PostgreSQL (PGDG)", vendor: /postgresql global development group/i, version: /pgdg/i },
  { name: "NodeSource", vendor: /nodesource/i, version: /nodesource/i },
  { name: "Docker", vendor: /@docker\.com/i },
  { name: "Ondřej Surý's repository", version: /deb\.sury\.org|\+0~20\d{6}/ },
  { name: "Remi's repository", vendor: /remi'?s? /i, version: /\.remi(\.|$)/ },
  { name: "EPEL", vendor: /fedora project.*epel/i },
  { name: "MySQL", vendor: /mysql (build|release engineering)/i },
  { name: "MariaDB", vendor: /mariadb developers|@mariadb\.(org|com)/i, version: /\+maria~/ },
  { name: "Percona", vendor: /percona/i },
  { name: "Microsoft", vendor: /@microsoft\.com/i },
  { name: "Google", vendor: /@google\.com|google (cloud|llc|inc)/i },
  { name: "HashiCorp", vendor: /hashicorp/i },
  { name: "Elastic", vendor: /@elastic\.co|elasticsearch/i },
  { name: "Grafana", vendor: /@grafana\.com/i },
  { name: "GitLab", vendor: /gitlab/i },
  { name: "Datadog", vendor: /@datadoghq\.com/i },
  { name: "Yarn", vendor: /@yarnpkg\.com/i },
  { name: "Eclipse Adoptium", vendor: /adoptium|adoptopenjdk/i },
  { name: "Azul", vendor: /azul systems/i },
  { name: "BellSoft", vendor: /bell-?sw\.com|bellsoft/i },
  { name: "Amazon Corretto", vendor: /corretto/i },
  { name: "RabbitMQ", vendor: /rabbitmq/i },
  { name: "InfluxData", vendor: /@influxd(b|ata)\.com/i },
  { name: "NVIDIA", vendor: /nvidia|cudatools/i },
  { name: "Intel", vendor: /@intel\.com/i },
  { name: "Couchbase", vendor: /couchbase/i },
  { name: "MongoDB", vendor: /mongodb/i },
  { name: "Redis", vendor: /@redis\.(com|io)|redis (ltd|labs)/i },
  { name: "a PPA of Launchpad", version: /~ppa\d|\+ppa/i },
];

/** Vendor tags that a distribution's own rpm packages carry. */
const rpmVendors: Readonly<Record<string, RegExp>> = {
  rhel: /^red hat/i,
  redhat: /^red hat/i,
  centos: /^(centos|red hat)/i,
  almalinux: /almalinux/i,
  rocky: /rocky/i,
  amzn: /^amazon/i,
  ol: /^oracle/i,
  fedora: /^fedora/i,
  sles: /^suse/i,
  sled: /^suse/i,
  suse: /^suse/i,
  "opensuse-leap": /suse/i,
  "opensuse-tumbleweed": /suse/i,
  opensuse: /suse/i,
  photon: /vmware|broadcom/i,
  mariner: /^microsoft/i,
  azurelinux: /^microsoft/i,
  mageia: /mageia/i,
  openeuler: /openeuler/i,
};

/** Who built a distribution-format package if it was not the distribution; undefined where nothing says so. A maintainer is a person's own word, so for deb and apk only known builders count. */
export function thirdPartyBuilder(
  installed: InstalledPackage,
  distribution: InstalledDistribution,
): string | undefined {
  const { vendor, version, type } = installed;
  const own = type === "rpm" ? rpmVendors[distribution.id] : undefined;
  const known = builders.find(
    (one) => (vendor !== undefined && one.vendor?.test(vendor)) || one.version?.test(version),
  );
  if (own !== undefined && vendor !== undefined && vendor !== "(none)") {
    if (own.test(vendor)) return undefined;
    return known?.name ?? (/^fedora project/i.test(vendor) ? "EPEL" : vendor);
  }
  // Ubuntu's and Debian's own packages may be kept by people of such companies.
  if (known?.vendor !== undefined && known.version === undefined && isDistributionVersion(version, distribution))
    return undefined;
  return known?.name;
}

function isDistributionVersion(version: string, { id }: InstalledDistribution): boolean {
  return id === "ubuntu" ? /ubuntu/.test(version) : id === "debian" && /\+deb\d+u|\+b\d+$|~bpo\d/.test(version);
}

/** Products of third parties that other advisories know by themselves: package name to the name in the `generic` and `bitnami` ecosystems. */
const products: readonly (readonly [RegExp, string])[] = [
  [/^nginx(-.*)?$/, "nginx"],
  [/^nodejs$/, "node"],
  [/^postgresql-(\d+|server.*|client-\d+)$/, "postgresql"],
  [/^mongodb-org(-server)?$/, "mongodb"],
  [/^mariadb-server(-\d.*)?$/, "mariadb"],
  [/^mysql-(community-)?server$/, "mysql"],
  [/^redis(-server)?$/, "redis"],
  [/^rabbitmq-server$/, "rabbitmq"],
  [/^elasticsearch$/, "elasticsearch"],
  [/^grafana$/, "grafana"],
  [/^vault$/, "vault"],
  [/^consul$/, "consul"],
];

/** The product that a third party's package holds, and its version without what packaging added: `1:20.11.0-1nodesource1` is node 20.11.0. */
export function productOf({
  name,
  version,
}: InstalledPackage): { readonly name: string; readonly version: string } | undefined {
  const product = products.find(([pattern]) => pattern.test(name))?.[1];
  const upstream = /^(?:\d+:)?v?(\d+(?:\.\d+)*)/.exec(version)?.[1];
  return product === undefined || upstream === undefined ? undefined : { name: product, version: upstream };
}
