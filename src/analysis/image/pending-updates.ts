import type { z } from "zod";
import type { ArchiveOffers, ArchiveSuite, PackageArchives } from "../../advisories/sources/package-archives.ts";
import { compareDeb } from "../../advisories/versions/deb.ts";
import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { AppError } from "../../core/errors.ts";
import { Missing, type Observation, type Snapshot } from "../../core/snapshot.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import { imageOsRelease } from "../../facts/image/os-release.ts";
import { imagePackageSources } from "../../facts/image/package-sources.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { imagePendingUpdates } from "../../facts/image/pending-updates.ts";
import type { OsRelease } from "../../facts/os-release.ts";
import type { Package } from "../../facts/package.ts";
import type { SigningKey } from "../../formats/openpgp.ts";
import type { AnalysisResources } from "../resources.ts";

type Value = z.input<typeof imagePendingUpdates.schema>;
type Pending = NonNullable<Value["pending"]>[number];

/** For each image of Debian packages, what the security suites of its own sources, or of its distribution, offer beyond what it has. */
export default defineDerivation<AnalysisResources>({
  provides: imagePendingUpdates,
  async *derive(snapshot, { packageArchives }) {
    for (const subject of snapshot.subjectsOf(imagePackages))
      yield await observation(snapshot, subject, packageArchives);
  },
});

async function observation(
  snapshot: Snapshot,
  subject: string,
  archives: PackageArchives | undefined,
): Promise<Observation> {
  const common = { fact: imagePendingUpdates.id, subject, source: "package archives" };
  const inventory = snapshot.find(imagePackages, subject);
  if (inventory instanceof Missing) return { ...common, unavailable: inventory.reason, remedy: inventory.remedy };
  const packages = inventory.packages.filter(({ type }) => type === "deb");
  if (packages.length === 0) return { ...common, value: { applies: false } satisfies Value };
  if (archives === undefined)
    return {
      ...common,
      unavailable: "the archives of the image's distribution were not asked",
      remedy: `${imagePendingUpdates.obtain}, which needs the network`,
    };
  const osRelease = snapshot.find(imageOsRelease, subject);
  const suites = securitySuites(snapshot, subject, osRelease instanceof Missing ? undefined : osRelease, packages);
  if (suites.length === 0)
    return {
      ...common,
      unavailable: "no security archive is known for the image: neither its sources nor its distribution name one",
      remedy: "keep /etc/apt/sources.list.d in the image",
    };
  const told = snapshot.find(imagePackageSources, subject);
  return asked(common, suites, packages, told instanceof Missing ? [] : told.keys, archives);
}

async function asked(
  common: Pick<Observation, "fact" | "subject" | "source">,
  suites: readonly ArchiveSuite[],
  packages: readonly Package[],
  keys: readonly SigningKey[],
  archives: PackageArchives,
): Promise<Observation> {
  const wanted = new Set(packages.map(({ name }) => name));
  const found: { suite: ArchiveSuite; offers: ArchiveOffers }[] = [];
  try {
    for (const suite of suites) found.push({ suite, offers: await archives.offers(suite, wanted, keys) });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      ...common,
      unavailable: error.message,
      remedy: error.hint ?? "check the network, or name a mirror with --archive-mirror",
    };
  }
  const offered = new Set(found.flatMap(({ offers }) => offers.offers.map(({ name }) => name)));
  const value: Value = {
    applies: true,
    pending: packages
      .flatMap((own) => pendingOf(own, found) ?? [])
      .sort((a, b) => compareText(a.package, b.package) || compareText(a.installed, b.installed)),
    known: packages.filter(({ name }) => offered.has(name)).length,
    archives: found.map(({ offers: { address, date, validUntil, signedBy } }) => ({
      address,
      ...(date !== undefined && { date }),
      ...(validUntil !== undefined && { validUntil }),
      ...(signedBy !== undefined && { signedBy }),
      trust: signedBy !== undefined ? "signature" : address.startsWith("https:") ? "https" : "none",
    })),
  };
  return { ...common, source: found.map(({ offers }) => offers.address).join(", "), value };
}

function pendingOf(
  own: Package,
  found: readonly { suite: ArchiveSuite; offers: ArchiveOffers }[],
): Pending | undefined {
  let best: Pending | undefined;
  for (const { suite, offers } of found)
    for (const offer of offers.offers) {
      if (offer.name !== own.name) continue;
      if (own.architecture !== "all" && ![own.architecture, "all"].includes(offer.architecture)) continue;
      if (compareDeb(offer.version, best?.available ?? own.version) > 0)
        best = { package: own.name, installed: own.version, available: offer.version, suite: suite.suite };
    }
  return best;
}

/** Components of a distribution's security suite where the image's sources name no such suite. */
const archivesOf: Readonly<Record<string, { uri: string; ports?: string; components: readonly string[] }>> = {
  debian: { uri: "https://deb.debian.org/debian-security", components: ["main", "contrib", "non-free-firmware"] },
  ubuntu: {
    uri: "http://security.ubuntu.com/ubuntu",
    ports: "http://ports.ubuntu.com/ubuntu-ports",
    components: ["main", "restricted", "universe", "multiverse"],
  },
};

/** Code names of Debian's versions, for images whose os-release has the number only. */
const debianNames: Readonly<Record<string, string>> = {
  "11": "bullseye",
  "12": "bookworm",
  "13": "trixie",
  "14": "forky",
};

function securitySuites(
  snapshot: Snapshot,
  subject: string,
  osRelease: OsRelease | undefined,
  packages: readonly Package[],
): ArchiveSuite[] {
  const architectures = architecturesOf(snapshot, subject, packages);
  const told = snapshot.find(imagePackageSources, subject);
  const sources = told instanceof Missing ? [] : told.sources;
  const own = sources.flatMap(({ uris, suites, components }) =>
    uris.flatMap((uri) =>
      suites
        .filter((suite) => /security/i.test(suite) || (/security/i.test(uri) && suite.includes("/updates")))
        .map((suite) => ({ uri, suite, components })),
    ),
  );
  const chosen = own.length > 0 ? own : usualSuites(osRelease, architectures[0] ?? "amd64");
  const unique = new Map<string, ArchiveSuite>();
  for (const architecture of architectures)
    for (const one of chosen)
      unique.set(`${one.uri} ${one.suite} ${one.components.join(" ")} ${architecture}`, { ...one, architecture });
  return [...unique.values()];
}

function usualSuites(osRelease: OsRelease | undefined, architecture: string): Omit<ArchiveSuite, "architecture">[] {
  const known = osRelease === undefined ? undefined : archivesOf[osRelease.id];
  const codename = osRelease?.versionCodename ?? debianNames[osRelease?.versionId ?? ""];
  if (known === undefined || codename === undefined || codename === "" || codename === "sid") return [];
  const isPort = known.ports !== undefined && !["amd64", "i386"].includes(architecture);
  return [{ uri: isPort ? known.ports! : known.uri, suite: `${codename}-security`, components: known.components }];
}

/** Debian's names of the architectures whose packages are installed; of packages for all, the image's own. */
function architecturesOf(snapshot: Snapshot, subject: string, packages: readonly Package[]): string[] {
  const found = new Set(packages.flatMap(({ architecture }) => architecture ?? []).filter((name) => name !== "all"));
  if (found.size > 0) return [...found].sort(compareText);
  const identity = snapshot.find(imageIdentity, subject);
  return [identity instanceof Missing ? "amd64" : debianName(identity.platform)];
}

function debianName({ architecture, variant }: { architecture: string; variant?: string | undefined }): string {
  if (architecture === "arm") return variant === "v7" || variant === undefined ? "armhf" : "armel";
  return { "386": "i386", ppc64le: "ppc64el", mips64le: "mips64el" }[architecture] ?? architecture;
}
