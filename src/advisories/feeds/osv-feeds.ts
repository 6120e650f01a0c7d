import type { AdvisoryRecord } from "../record.ts";
import { readDocument } from "./document.ts";
import { type Feed, member } from "./feed.ts";
import { type OsvReading, osvRecords, severityOf } from "./osv-record.ts";

/** A feed of OSV documents, one a file, in JSON or YAML. */
export function defineOsvFeed(
  feed: Omit<Feed, "wants" | "recognises" | "read"> &
    Partial<Pick<Feed, "wants" | "recognises">> & { readonly reading: OsvReading },
): Feed {
  const { reading, ...rest } = feed;
  return {
    wants: (path) => /\.(json|ya?ml)$/.test(path) && !path.includes(".github/"),
    recognises: () => false,
    ...rest,
    read: (file) => ({ records: osvRecords(readDocument(file), file, reading) }),
  };
}

const githubEcosystems: readonly (readonly [name: string, ecosystem: string, osv: string, core: boolean])[] = [
  ["npm", "npm", "npm", true],
  ["pip", "pypi", "PyPI", true],
  ["maven", "maven", "Maven", true],
  ["golang", "golang", "Go", true],
  ["cargo", "cargo", "crates.io", true],
  ["rubygems", "gem", "RubyGems", true],
  ["composer", "composer", "Packagist", false],
  ["nuget", "nuget", "NuGet", false],
];

/** The archive of all of OSV's documents about an ecosystem, as OSV names it. */
export function osvArchive(ecosystem: string): string {
  return `https://osv-vulnerabilities.storage.googleapis.com/${encodeURIComponent(ecosystem)}/all.zip`;
}

/** GitHub's reviewed advisories, one feed an ecosystem (CC-BY-4.0). */
export const githubFeeds: readonly Feed[] = githubEcosystems.map(([name, ecosystem, osv, core]) =>
  defineOsvFeed({
    id: `ghsa-${ecosystem}`,
    title: `GitHub advisories for ${osv}`,
    names: [`ghsa_${name}`, `ghsa-${name}`, `ghsa-${ecosystem}`],
    ecosystems: [ecosystem],
    core,
    mirror: { kind: "osv", urls: [osvArchive(osv)] },
    recognises: ({ text }) =>
      /"id":\s*"GHSA-/.test(text) && !/"MAL-/.test(text) && new RegExp(`"ecosystem":\\s*"${osv}"`).test(text),
    reading: { source: (id) => publisherOf(id, "ghsa"), keeps: (found) => found === ecosystem },
  }),
);

const otherEcosystems: readonly (readonly [ecosystem: string, osv: string])[] = [
  ["hex", "Hex"],
  ["pub", "Pub"],
  ["githubactions", "GitHub Actions"],
  ["swift", "SwiftURL"],
  ["cran", "CRAN"],
  ["hackage", "Hackage"],
];

/** What OSV holds about smaller ecosystems, from GitHub and their own publishers. */
export const otherOsvFeeds: readonly Feed[] = otherEcosystems.map(([ecosystem, osv]) =>
  defineOsvFeed({
    id: `osv-${ecosystem}`,
    title: `OSV documents about ${osv}`,
    names: [`osv_${ecosystem}`, `osv-${ecosystem}`],
    ecosystems: [ecosystem],
    mirror: { kind: "osv", urls: [osvArchive(osv)] },
    reading: { source: (id) => publisherOf(id), keeps: (found) => found === ecosystem },
  }),
);

/** OSV documents of no publisher in particular, as osv.dev's own dumps hold them. */
export const plainOsv: Feed = defineOsvFeed({
  id: "osv",
  title: "OSV documents",
  names: ["osv", "all"],
  ecosystems: ["*"],
  recognises: (file) => {
    if (!/"id"|^id:/m.test(file.text) || !/affected/.test(file.text)) return false;
    return member(readDocument(file), "affected") !== undefined;
  },
  reading: { source: (id) => publisherOf(id) },
});

const publishers: Readonly<Record<string, string>> = {
  GHSA: "ghsa",
  GO: "govulndb",
  PYSEC: "pypa",
  RUSTSEC: "rustsec",
  MAL: "malicious-packages",
  PSF: "psf",
  BIT: "bitnami",
  ALSA: "almalinux",
  RLSA: "rocky",
  RXSA: "rocky",
  RHSA: "redhat-osv",
  RHBA: "redhat-osv",
  RHEA: "redhat-osv",
  DSA: "debian-osv",
  DLA: "debian-osv",
  DTSA: "debian-osv",
  DEBIAN: "debian-osv",
  UBUNTU: "ubuntu-osv",
  USN: "ubuntu-osv",
};

/** The publisher of an OSV document by the prefix of its id, which OSV assigns (OSV schema, "id"). */
export function publisherOf(id: string, otherwise = "osv"): string {
  return publishers[id.split("-", 1)[0] as string] ?? otherwise;
}

/** Malicious npm packages (ossf/malicious-packages, Apache-2.0). */
export const maliciousPackages: Feed = defineOsvFeed({
  id: "malicious-packages",
  title: "Malicious npm packages",
  names: ["npm_mal", "npm-mal", "malicious-packages"],
  ecosystems: ["npm"],
  core: true,
  recognises: ({ text }) => /"id":\s*"MAL-/.test(text) && /"ecosystem":\s*"npm"/.test(text),
  reading: { source: "malicious-packages", keeps: (ecosystem) => ecosystem === "npm", refine: withoutTitle },
});

/** Such a record's summary says "Malicious code in NAME (npm)" and nothing more. */
function withoutTitle({ title: _, ...record }: AdvisoryRecord): AdvisoryRecord {
  return record;
}

/** The Python Packaging Authority's advisories (CC-BY-4.0). */
export const pypa: Feed = defineOsvFeed({
  id: "pypa",
  title: "PyPA advisories",
  names: ["pypa", "pypa-advisory-database"],
  ecosystems: ["pypi"],
  core: true,
  mirror: { kind: "files", urls: ["https://github.com/pypa/advisory-database/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /PYSEC-[^/]*\.(ya?ml|json)$/.test(path),
  recognises: ({ text }) => /^"?id"?:\s*"?PYSEC-/m.test(text) || /"id":\s*"PYSEC-/.test(text),
  reading: { source: "pypa", keeps: (ecosystem) => ecosystem === "pypi" },
});

/** Bitnami's advisories, for programs that no package manager installed (Apache-2.0). */
export const bitnami: Feed = defineOsvFeed({
  id: "bitnami",
  title: "Bitnami vulnerability database",
  names: ["bitnami", "bitnami-vulndb"],
  ecosystems: ["bitnami"],
  mirror: { kind: "osv", urls: [osvArchive("Bitnami")] },
  recognises: ({ text }) => /"id":\s*"BIT-/.test(text),
  wants: (path) => /BIT-[^/]*\.json$/.test(path),
  reading: { source: "bitnami" },
});

/** AlmaLinux errata (MIT). */
export const almalinux: Feed = defineOsvFeed({
  id: "almalinux",
  title: "AlmaLinux errata",
  names: ["almalinux", "alma"],
  ecosystems: ["almalinux"],
  mirror: { kind: "osv", urls: [osvArchive("AlmaLinux")] },
  recognises: ({ text }) => /"id":\s*"AL[SBE]A-/.test(text),
  reading: { source: "almalinux", refine: withSummarySeverity },
});

/** Rocky Linux errata. */
export const rocky: Feed = defineOsvFeed({
  id: "rocky",
  title: "Rocky Linux errata",
  names: ["rocky", "rockylinux"],
  ecosystems: ["rocky"],
  mirror: { kind: "osv", urls: [osvArchive("Rocky Linux")] },
  recognises: ({ text }) => /"id":\s*"R[LX]SA-/.test(text),
  reading: { source: "rocky", refine: withSummarySeverity },
});

/** Red Hat's errata: fixed versions by product stream (CC-BY-4.0). */
export const redhatOsv: Feed = defineOsvFeed({
  id: "redhat-osv",
  title: "Red Hat errata",
  names: ["redhat_osv", "redhat-osv", "redhat"],
  ecosystems: ["rhel"],
  mirror: { kind: "osv", urls: [osvArchive("Red Hat")] },
  recognises: ({ text }) => /"id":\s*"RH[SBE]A-/.test(text),
  reading: { source: "redhat-osv", refine: withSummarySeverity },
});

/** Titles of errata begin with their rating: "Important: firefox security update" (access.redhat.com/security/updates/classification). */
function withSummarySeverity(record: AdvisoryRecord): AdvisoryRecord {
  const match = /^(Red Hat Security Advisory: )?(Critical|Important|Moderate|Low)\s*:\s*(.*)$/i.exec(
    record.title ?? "",
  );
  const severity = severityOf(match?.[2]);
  const { title: _, ...untitled } = record;
  return {
    ...untitled,
    ...(severity && { severity }),
    ...(record.title !== undefined && { title: match?.[3] ?? record.title.replace(/^Red Hat \w+ Advisory: /, "") }),
  };
}
