import type { InstalledDistribution } from "../../src/advisories/matching/inventory.ts";

/** What an image of the labels is, which its name alone tells: its distribution and the kind of packages besides the distribution's. */
export interface LabelledImage {
  readonly name: string;
  readonly distribution: InstalledDistribution | undefined;
  /** Purl types to take a package for whose version is no distribution's, most likely first. */
  readonly languages: readonly string[];
  /** Whether the distribution publishes it: it holds its packages and nothing else. */
  readonly isBase: boolean;
}

const linux = (id: string, versionId: string, name = id): InstalledDistribution => ({
  id,
  versionId,
  idLike: [],
  name,
});

const known: readonly (readonly [RegExp, InstalledDistribution | undefined, readonly string[]])[] = [
  [/almalinux:8/, linux("almalinux", "8.6"), []],
  [/amazonlinux:2/, linux("amzn", "2"), []],
  [/appstreams-centos-stream-8/, linux("centos", "8", "CentOS Stream"), ["npm", "gem", "maven"]],
  [/appstreams-oraclelinux-8/, linux("ol", "8.6"), ["maven", "npm", "gem"]],
  [/appstreams-rhel-8/, linux("rhel", "8.6"), ["npm", "gem", "maven"]],
  [/gems-56d52bc/, linux("alpine", "3.14.2"), ["gem"]],
  [/quality-dotnet/, undefined, ["nuget"]],
  [/quality-golang/, undefined, ["golang"]],
  [/quality-java/, undefined, ["maven"]],
  [/quality-node/, undefined, ["npm"]],
  [/quality-ruby/, undefined, ["gem"]],
  [/syft_bin/, linux("alpine", "3.12.7"), ["generic"]],
  [/ubuntu-content/, linux("ubuntu", "20.04"), ["pypi"]],
  [/alpine-3\.11/, linux("alpine", "3.11.6"), []],
  [/alpine-3\.6/, linux("alpine", "3.6.5"), []],
  [/alpine-3\.8/, linux("alpine", "3.8.5"), []],
  [/package-name-normalization/, undefined, ["pypi"]],
  [/cloudbees-core-mm/, linux("rhel", "8.3"), ["maven"]],
  [/cloudbees-core-oc/, linux("debian", "10"), ["maven"]],
  [/datawire\/aes/, linux("alpine", "3.15.0"), ["golang", "pypi"]],
  [/debian:7/, linux("debian", "7"), []],
  [/ghost:5/, linux("debian", "11"), ["npm"]],
  [/vault:1\.12/, linux("alpine", "3.15.6"), ["golang"]],
  [/jenkins:2/, linux("debian", "11"), ["maven"]],
  [/keycloak:21/, linux("rhel", "9.1"), ["maven"]],
  [/neo4j:4/, linux("debian", "11"), ["maven"]],
  [/oraclelinux:6/, linux("ol", "6.10"), ["pypi"]],
  [/postgres:13/, linux("debian", "10"), []],
  [/rockylinux:8/, linux("rocky", "8.5"), []],
  [/vulhub\/cve-2017/, linux("debian", "8"), ["maven"]],
  [/bitnami\/spark/, linux("debian", "11"), ["maven", "pypi"]],
  [/cbl-mariner/, linux("mariner", "2.0"), []],
  [/\/ubi8/, linux("rhel", "8.6"), ["pypi"]],
  [/suse\/sle15/, linux("sles", "15.1"), []],
];

const debianReleases: Readonly<Record<string, string>> = {
  jessie: "8",
  stretch: "9",
  buster: "10",
  bullseye: "11",
  bookworm: "12",
};

/** Names that say by themselves which distribution it is, for images that are not listed. */
const telling: readonly (readonly [RegExp, (found: string) => InstalledDistribution])[] = [
  [/\balpine[:-]?v?(\d+\.\d+(?:\.\d+)?)/, (release) => linux("alpine", release)],
  [/\bdebian[:-]?(\d+)\b/, (release) => linux("debian", release)],
  [/\b(jessie|stretch|buster|bullseye|bookworm)\b/, (name) => linux("debian", debianReleases[name] as string)],
  [/\bubuntu[:-]?(\d+\.\d+)\b/, (release) => linux("ubuntu", release)],
  [/\bcentos[:-]?(\d+)\b/, (release) => linux("centos", release, "CentOS Linux")],
  [/\bubi(\d+)\b/, (release) => linux("rhel", release)],
  [/\b(?:rockylinux|rocky)[:-]?(\d+)\b/, (release) => linux("rocky", release)],
  [/\balmalinux[:-]?(\d+)\b/, (release) => linux("almalinux", release)],
  [/\bamazonlinux[:-]?(\d+)\b/, (release) => linux("amzn", release)],
  [/\boraclelinux[:-]?(\d+)\b/, (release) => linux("ol", release)],
  [/\bfedora[:-]?(\d+)\b/, (release) => linux("fedora", release)],
];

/** The Go module that an image's program is, which a scan reads from the program itself. */
const programs: readonly (readonly [RegExp, string])[] = [[/\/vault:/, "github.com/hashicorp/vault"]];

/** Whether a Go module is the program of an image and not a library in it. */
export function isProgramOf({ name }: LabelledImage, module: string): boolean {
  return programs.some(([pattern, program]) => program === module && pattern.test(name));
}

/** Kinds of packages to try in an image of which only the distribution is known; none is more likely than another. */
export const anyLanguage: readonly string[] = ["pypi", "npm", "maven", "gem", "golang", "nuget", "composer", "cargo"];

/** Images that distributions publish as the base of others, by the end of their name. */
const bases =
  /(^|\/)(almalinux:\d|amazonlinux:\d|centos:\d|debian:\d+|fedora:\d+|oraclelinux:\d|rockylinux:\d|ubuntu:\d+\.\d+|ubi\d|cbl-mariner\/base\/core|suse\/sle15:[\d.]+)$/;

/** What an image of the labels is; of one that is not listed its name may tell the distribution. */
export function labelledImage(name: string): LabelledImage {
  const ubuntu = /ubuntu:(\d+\.\d+)$/.exec(name)?.[1];
  const isBase = bases.test(name);
  if (ubuntu !== undefined) return { name, distribution: linux("ubuntu", ubuntu), languages: ["pypi"], isBase };
  const [, distribution, languages] = known.find(([pattern]) => pattern.test(name)) ?? told(name);
  return { name, distribution, languages: languages ?? [], isBase: isBase && distribution !== undefined };
}

function told(name: string): readonly [RegExp, InstalledDistribution | undefined, readonly string[]] {
  for (const [pattern, distributionOf] of telling) {
    const found = pattern.exec(name)?.[1];
    if (found !== undefined) return [pattern, distributionOf(found), anyLanguage];
  }
  return [/^/, undefined, []];
}
