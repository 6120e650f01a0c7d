import type { ReleaseLife } from "../record.ts";
import type { AdvisoryStore } from "../store.ts";
import { distributionName, isCentosStream } from "./distribution.ts";
import type { InstalledDistribution } from "./inventory.ts";

/** Until when a release is maintained, or why that is not known. */
export type Maintenance =
  | {
      readonly known: true;
      readonly product: string;
      readonly release: string;
      readonly endsOn?: string;
      readonly ended?: boolean;
      readonly source: string;
    }
  | { readonly known: false; readonly reason: string; readonly remedy: string };

/** Products as endoflife.date names them, and the part of the version that it lists. */
const products: Readonly<Record<string, { readonly product: string; release(version: string): readonly string[] }>> = {
  debian: { product: "debian", release: byMajor },
  raspbian: { product: "debian", release: byMajor },
  ubuntu: { product: "ubuntu", release: byMinor },
  alpine: { product: "alpine-linux", release: byMinor },
  rhel: { product: "rhel", release: byMajor },
  redhat: { product: "rhel", release: byMajor },
  centos: { product: "centos", release: byMajor },
  "centos-stream": { product: "centos-stream", release: byMajor },
  almalinux: { product: "almalinux", release: byMajor },
  rocky: { product: "rocky-linux", release: byMajor },
  ol: { product: "oracle-linux", release: byMajor },
  amzn: { product: "amazon-linux", release: (version) => [version, version.split(".")[0]!] },
  fedora: { product: "fedora", release: byMajor },
  sles: { product: "sles", release: byMinorOrMajor },
  sled: { product: "sles", release: byMinorOrMajor },
  "sle-micro": { product: "suse-linux-micro", release: byMinor },
  "opensuse-leap": { product: "opensuse", release: byMinor },
  opensuse: { product: "opensuse", release: byMinor },
  photon: { product: "vmware-photon", release: (version) => [`${version.split(".")[0]}.0`, version.split(".")[0]!] },
  linuxmint: { product: "linuxmint", release: byMinorOrMajor },
  pop: { product: "pop-os", release: byMinor },
  mageia: { product: "mageia", release: byMajor },
  nixos: { product: "nixos", release: byMinor },
  cos: { product: "cos", release: (version) => [`cos-${version}`, version] },
};

/** Distributions without releases: what is current is maintained. */
const rolling: ReadonlySet<string> = new Set([
  "arch",
  "wolfi",
  "chainguard",
  "opensuse-tumbleweed",
  "gentoo",
  "void",
  "kali",
]);

function byMajor(version: string): readonly string[] {
  return [version.split(".")[0]!];
}
function byMinor(version: string): readonly string[] {
  return [version.split(".").slice(0, 2).join(".")];
}
function byMinorOrMajor(version: string): readonly string[] {
  return [...byMinor(version), ...byMajor(version)];
}

/** Until when a distribution's release is maintained, by end-of-life data and, where that is silent, by the date in its own os-release. */
export function maintenanceOf(
  distribution: InstalledDistribution & { readonly supportEnd?: string | undefined },
  store: Pick<AdvisoryStore, "releases" | "releasesDate"> | undefined,
): Maintenance {
  const name = distributionName(distribution);
  if (isRolling(distribution)) {
    return {
      known: true,
      product: distribution.id,
      release: distribution.versionId ?? "rolling",
      ended: false,
      source: "a rolling release has no end of life",
    };
  }
  const found = store === undefined ? undefined : releaseOf(distribution, store);
  if (found !== undefined)
    return { known: true, product: distribution.id, release: found.release, ...endOf(found), source: "endoflife.date" };
  const { supportEnd, versionId } = distribution;
  if (supportEnd !== undefined) {
    return {
      known: true,
      product: distribution.id,
      release: versionId ?? "",
      endsOn: supportEnd,
      source: "SUPPORT_END of os-release",
    };
  }
  if (store === undefined)
    return {
      known: false,
      reason: "no advisory data was given",
      remedy: "give advisory data with end-of-life dates: --advisories PATH",
    };
  if (store.releasesDate === undefined)
    return {
      known: false,
      reason: "the advisory data holds no end-of-life dates",
      remedy: "add the end-of-life feed (endoflife.date) to the advisory data",
    };
  return {
    known: false,
    reason: `the end-of-life data does not know ${name}`,
    remedy: "look up the vendor's dates and declare them in the policy",
  };
}

function isRolling({ id, versionId, versionCodename }: InstalledDistribution): boolean {
  if (id === "alpine") return versionId !== undefined && (versionId === "edge" || /_(alpha|git)/.test(versionId));
  if (id === "debian") return versionId === undefined && versionCodename === "sid";
  return rolling.has(id);
}

function releaseOf(
  distribution: InstalledDistribution,
  store: Pick<AdvisoryStore, "releases">,
): ReleaseLife | undefined {
  const id = isCentosStream(distribution) ? "centos-stream" : distribution.id;
  const entry = products[id];
  if (entry === undefined || distribution.versionId === undefined) return undefined;
  const wanted = entry.release(distribution.versionId);
  const releases = store.releases(entry.product);
  return wanted.flatMap((release) => releases.filter((one) => one.release === release))[0];
}

/** Debian's extended support is open to everyone and in its archive, so it counts; that of others is sold apart. */
function endOf({ product, endOfLife, extendedSupport }: ReleaseLife): { endsOn?: string; ended?: boolean } {
  const end = product === "debian" && typeof extendedSupport === "string" ? extendedSupport : endOfLife;
  return typeof end === "string" ? { endsOn: end } : { ended: end };
}
