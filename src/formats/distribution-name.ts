/** A distribution as it is named outside of os-release(5), with as much of its release as is said. */
export interface NamedDistribution {
  /** ID of os-release. */
  readonly id: string;
  readonly versionId?: string | undefined;
  readonly versionCodename?: string | undefined;
}

/** os-release identifiers of distributions that tools and package URLs call otherwise, in lower case. */
const identifiers: Readonly<Record<string, string>> = {
  alma: "almalinux",
  amazon: "amzn",
  amazonlinux: "amzn",
  "amazon-linux": "amzn",
  "azure-linux": "azurelinux",
  "cbl-mariner": "mariner",
  leap: "opensuse-leap",
  "opensuse.leap": "opensuse-leap",
  "opensuse.tumbleweed": "opensuse-tumbleweed",
  oracle: "ol",
  oraclelinux: "ol",
  "oracle-linux": "ol",
  redhat: "rhel",
  "red-hat": "rhel",
  rockylinux: "rocky",
  "rocky-linux": "rocky",
  suse: "sles",
  "suse linux enterprise server": "sles",
  tumbleweed: "opensuse-tumbleweed",
};

/** The os-release identifier of a distribution by any of its names, without regard to case. */
export function distributionId(name: string): string {
  const lower = name.trim().toLowerCase();
  return identifiers[lower] ?? lower;
}

/** Distributions whose releases are called by code names, so that a word that is no number is one of them. */
const withCodenames: ReadonlySet<string> = new Set(["debian", "ubuntu"]);

/**
 * The distribution that the name space and the `distro` qualifier of a package URL name together: `debian-12`, `alpine-v3.18`, `opensuse-leap-15.5`,
 * `3.18.4`, `bookworm`, `ubuntu-jammy`, `sles-15-sp4`, `el8`. Undefined where neither says anything.
 */
export function distributionOfUrl(
  namespace: string | undefined,
  distro: string | undefined,
): NamedDistribution | undefined {
  const space = namespace === undefined || namespace === "" ? undefined : distributionId(namespace);
  const text = (distro ?? "")
    .trim()
    .toLowerCase()
    .replace(/[- ]sp(\d+)$/, ".$1");
  const [, name = "", version] = /^(.*?)[-:_@/ ]?(?:v(?=\d))?(\d[\w.]*|edge)$/.exec(text) ?? [];
  if (version !== undefined) {
    const id = name === "" || name === "el" ? (space ?? (name === "el" ? "rhel" : undefined)) : distributionId(name);
    return id === undefined ? undefined : { id, versionId: version };
  }
  if (text === "") return space === undefined ? undefined : { id: space };
  const spaceBefore = space !== undefined && withCodenames.has(space) ? space : undefined;
  const family = spaceBefore ?? [...withCodenames].find((known) => text.startsWith(`${known}-`));
  if (family === undefined || text === family) return { id: distributionId(text) };
  return { id: family, versionCodename: text.startsWith(`${family}-`) ? text.slice(family.length + 1) : text };
}
