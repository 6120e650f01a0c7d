import { debianReleases } from "../feeds/debian-releases.ts";
import { ubuntuReleases } from "../feeds/ubuntu-releases.ts";
import type { InstalledDistribution } from "./inventory.ts";

/** The advisories that speak for a distribution's packages. */
export interface DistributionAdvisories {
  /** `debian:12`; undefined where the release is not known. */
  readonly ecosystem: string | undefined;
  /** The release in words: `debian 12`. */
  readonly name: string;
  /** Package URL type of its packages. */
  readonly type: string;
  /** Name by which its advisories know a package. */
  readonly named: "source" | "binary";
  /** How records about one vulnerability of one package go together. */
  readonly fixes: "all" | "any";
  readonly confidence: "high" | "medium";
  /** Major release, for streams. */
  readonly major: string | undefined;
}

interface Family {
  readonly ecosystem: string;
  readonly type: string;
  readonly named: "source" | "binary";
  /** `all`: a second fix means that the first was not enough (apk). `any`: each stream has a fix of its own (rpm, deb). */
  readonly fixes: "all" | "any";
  /** The part of VERSION_ID that advisories name; undefined where one set is for all releases. */
  release?(distribution: InstalledDistribution): string | undefined;
  readonly rebuild?: boolean;
}

const major = ({ versionId }: InstalledDistribution) => versionId?.split(".")[0];
const full = ({ versionId }: InstalledDistribution) => versionId;

const families: Readonly<Record<string, Family>> = {
  debian: { ecosystem: "debian", type: "deb", named: "source", fixes: "any", release: debianRelease },
  raspbian: { ecosystem: "debian", type: "deb", named: "source", fixes: "any", release: debianRelease, rebuild: true },
  ubuntu: { ecosystem: "ubuntu", type: "deb", named: "source", fixes: "any", release: ubuntuRelease },
  echo: { ecosystem: "echo", type: "deb", named: "source", fixes: "any" },
  alpine: { ecosystem: "alpine", type: "apk", named: "source", fixes: "all", release: alpineRelease },
  wolfi: { ecosystem: "wolfi", type: "apk", named: "source", fixes: "all" },
  chainguard: { ecosystem: "chainguard", type: "apk", named: "source", fixes: "all" },
  minimos: { ecosystem: "minimos", type: "apk", named: "source", fixes: "all" },
  rhel: { ecosystem: "rhel", type: "rpm", named: "binary", fixes: "any" },
  redhat: { ecosystem: "rhel", type: "rpm", named: "binary", fixes: "any" },
  centos: { ecosystem: "rhel", type: "rpm", named: "binary", fixes: "any", rebuild: true },
  almalinux: { ecosystem: "almalinux", type: "rpm", named: "binary", fixes: "any", release: major },
  rocky: { ecosystem: "rocky", type: "rpm", named: "source", fixes: "any", release: major },
  amzn: { ecosystem: "amazon", type: "rpm", named: "binary", fixes: "any", release: amazonRelease },
  ol: { ecosystem: "oracle", type: "rpm", named: "binary", fixes: "any", release: major },
  fedora: { ecosystem: "fedora", type: "rpm", named: "source", fixes: "any", release: full },
  sles: { ecosystem: "suse", type: "rpm", named: "binary", fixes: "any", release: full },
  sled: { ecosystem: "suse", type: "rpm", named: "binary", fixes: "any", release: full },
  suse: { ecosystem: "suse", type: "rpm", named: "binary", fixes: "any", release: full },
  "opensuse-leap": { ecosystem: "opensuse", type: "rpm", named: "binary", fixes: "any", release: full },
  opensuse: { ecosystem: "opensuse", type: "rpm", named: "binary", fixes: "any", release: full },
  "opensuse-tumbleweed": {
    ecosystem: "opensuse",
    type: "rpm",
    named: "binary",
    fixes: "any",
    release: () => "tumbleweed",
  },
  "sle-micro": { ecosystem: "sle-micro", type: "rpm", named: "binary", fixes: "any", release: full },
  "sl-micro": { ecosystem: "sle-micro", type: "rpm", named: "binary", fixes: "any", release: full },
  photon: {
    ecosystem: "photon",
    type: "rpm",
    named: "source",
    fixes: "any",
    release: ({ versionId }) => versionId?.replace(/\.0$/, ""),
  },
  mariner: { ecosystem: "azurelinux", type: "rpm", named: "source", fixes: "any", release: azureRelease },
  azurelinux: { ecosystem: "azurelinux", type: "rpm", named: "source", fixes: "any", release: azureRelease },
  mageia: { ecosystem: "mageia", type: "rpm", named: "source", fixes: "any", release: major },
  openeuler: { ecosystem: "openeuler", type: "rpm", named: "source", fixes: "any", release: full },
  arch: { ecosystem: "arch", type: "alpm", named: "binary", fixes: "any" },
};

/** Package URL types whose packages belong to a distribution. */
export const distributionTypes: ReadonlySet<string> = new Set(["deb", "apk", "rpm", "alpm", "opkg", "ebuild"]);

/** Which advisories speak for a distribution (os-release(5) ID and VERSION_ID); undefined where Plimsoll knows of none. */
export function advisoriesOf(distribution: InstalledDistribution): DistributionAdvisories | undefined {
  const family = Object.hasOwn(families, distribution.id) ? families[distribution.id] : undefined;
  if (family === undefined) return undefined;
  const release = family.release?.(distribution);
  const isKnown = family.release === undefined || release !== undefined;
  return {
    ecosystem: isKnown ? [family.ecosystem, ...(release === undefined ? [] : [release])].join(":") : undefined,
    name: distributionName(distribution),
    type: family.type,
    named: family.named,
    fixes: family.fixes,
    confidence: family.rebuild ? "medium" : "high",
    major: major(distribution),
  };
}

/** A distribution in words: `debian 12`, `ubuntu 22.04`, `wolfi`. */
export function distributionName({ id, versionId, versionCodename }: InstalledDistribution): string {
  const release = versionId ?? versionCodename;
  return release === undefined ? id : `${id} ${release}`;
}

/** Whether a distribution is CentOS Stream, which bears the id of CentOS Linux (os-release(5) NAME). */
export function isCentosStream({ id, name, prettyName }: InstalledDistribution): boolean {
  return id === "centos" && /stream/i.test(`${name} ${prettyName}`);
}

function debianRelease({ versionId, versionCodename }: InstalledDistribution): string | undefined {
  if (versionId !== undefined) return versionId.split(".")[0];
  // Testing calls itself `forky/sid`.
  const [codename] = versionCodename?.split("/") ?? [];
  return numberOf(codename === "unstable" ? "sid" : codename, debianReleases);
}

function ubuntuRelease({ versionId, versionCodename }: InstalledDistribution): string | undefined {
  if (versionId !== undefined) return versionId;
  return numberOf(versionCodename, ubuntuReleases);
}

/** The number of a release; code names come from images and may be anything. */
function numberOf(codename: string | undefined, releases: Readonly<Record<string, string>>): string | undefined {
  return codename !== undefined && Object.hasOwn(releases, codename) ? releases[codename] : undefined;
}

/** `3.11.5` is branch 3.11; a snapshot of the next release (`3.23_alpha20250612`) is edge. */
function alpineRelease({ versionId }: InstalledDistribution): string | undefined {
  if (versionId === undefined) return undefined;
  if (versionId === "edge" || /_(alpha|git)/.test(versionId)) return "edge";
  return /^\d+\.\d+/.exec(versionId)?.[0];
}

/** Amazon Linux 1 is versioned by month (`2018.03`); 2, 2022 and 2023 are not. */
function amazonRelease({ versionId }: InstalledDistribution): string | undefined {
  if (versionId === undefined) return undefined;
  return /^201\d\.\d\d$/.test(versionId) ? "1" : versionId.split(".")[0];
}

/** CBL-Mariner 2.0 was given monthly numbers in early images (`2.0.20220226`). */
function azureRelease({ versionId }: InstalledDistribution): string | undefined {
  return versionId === undefined ? undefined : (/^\d+\.\d+/.exec(versionId)?.[0] ?? `${versionId}.0`);
}
