/** The release that a product of SUSE is, or belongs to. */
export interface SuseRelease {
  /** `suse:15.4`, `opensuse:15.6`, `opensuse:tumbleweed`, `sle-micro:5.5`. */
  readonly ecosystem: string;
  /** The product is the release under longer support (LTSS), which is bought apart. */
  readonly extended: boolean;
}

/** Products of SUSE Linux Enterprise 11 and later that share the packages of a release: the server, the desktop, its modules and extensions. */
const enterprise =
  /^SUSE Linux Enterprise (?:Server|Desktop|Live Patching|Workstation Extension|High Availability Extension|Software Development Kit|Module for \w[\w .+-]*?)(?: (\d+)(?: SP(\d+))?| (\d+\.\d+))(-LTSS)?$/;
const packageHub = /^SUSE Package Hub (\d+)(?: SP(\d+))?$/;
const leap = /^openSUSE Leap (\d+\.\d+)(?: NonFree)?$/;
const micro = /^SUSE Linux (?:Enterprise )?Micro (\d+\.\d+)$/;

/** Characters of the name of a product; a longer one is none. */
const longestName = 200;

/**
 * The release of a product by its name as SUSE's advisories write it (`SUSE Linux Enterprise Module for Basesystem 15 SP4`); undefined for products with
 * packages of their own (for SAP, Teradata, HPC, Liberty Linux), for container images and everything else. VERSION_ID of os-release(5) is the release.
 */
export function suseRelease(product: string): SuseRelease | undefined {
  if (product.length > longestName) return undefined;
  if (product === "openSUSE Tumbleweed") return { ecosystem: "opensuse:tumbleweed", extended: false };
  const opensuse = leap.exec(product)?.[1];
  if (opensuse !== undefined) return { ecosystem: `opensuse:${opensuse}`, extended: false };
  const small = micro.exec(product)?.[1];
  if (small !== undefined) return { ecosystem: `sle-micro:${small}`, extended: false };
  const match = enterprise.exec(product) ?? packageHub.exec(product);
  if (!match) return undefined;
  const [, major, pack, full, longer] = match;
  const release = full ?? (pack === undefined || pack === "0" ? major : `${major}.${pack}`);
  return { ecosystem: `suse:${release}`, extended: longer !== undefined };
}

const servicePacksOf12 = ["", ".1", ".2", ".3", ".4", ".5"];

/** The releases that a product belongs to: modules and the Package Hub of SLE 12 serve every service pack of it, everything else one release or none. */
export function suseReleases(product: string): readonly SuseRelease[] {
  const release = suseRelease(product);
  if (release === undefined) return [];
  return release.ecosystem === "suse:12" && /Module|Package Hub/.test(product)
    ? servicePacksOf12.map((pack) => ({ ...release, ecosystem: `suse:12${pack}` }))
    : [release];
}
