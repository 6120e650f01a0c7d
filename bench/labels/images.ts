import type { InstalledDistribution } from "../../src/advisories/matching/inventory.ts";

/** What an image of the labels is, which its name alone tells: its distribution and the kind of packages besides the distribution's. */
export interface LabelledImage {
  readonly name: string;
  readonly distribution: InstalledDistribution | undefined;
  /** Purl types to take a package for whose version is no distribution's, most likely first. */
  readonly languages: readonly string[];
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

/** What an image of the labels is; an image that is not listed has no distribution and no languages. */
export function labelledImage(name: string): LabelledImage {
  const ubuntu = /ubuntu:(\d+\.\d+)$/.exec(name)?.[1];
  if (ubuntu !== undefined) return { name, distribution: linux("ubuntu", ubuntu), languages: ["pypi"] };
  const [, distribution, languages] = known.find(([pattern]) => pattern.test(name)) ?? [];
  return { name, distribution, languages: languages ?? [] };
}
