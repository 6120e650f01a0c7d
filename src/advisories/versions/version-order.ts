import { compareAlpm, isValidAlpm } from "./alpm.ts";
import { compareApk, isValidApk } from "./apk.ts";
import { compareComposer, isValidComposer, normalComposer } from "./composer.ts";
import { compareConan, isValidConan } from "./conan.ts";
import { compareCran, isValidCran } from "./cran.ts";
import { compareDeb, isValidDeb } from "./deb.ts";
import { compareGeneric, isValidGeneric } from "./generic.ts";
import { compareGentoo, isValidGentoo } from "./gentoo.ts";
import { compareGo, isValidGo } from "./go.ts";
import { compareHackage, isValidHackage } from "./hackage.ts";
import { compareHex, isValidHex } from "./hex.ts";
import { compareMaven, isValidMaven } from "./maven.ts";
import { compareNuget, isValidNuget } from "./nuget.ts";
import { compareOpenssl, isValidOpenssl } from "./openssl.ts";
import type { Ordering } from "./ordering.ts";
import { comparePub, isValidPub } from "./pub.ts";
import { comparePypi, isValidPypi } from "./pypi.ts";
import { compareRpm, isValidRpm } from "./rpm.ts";
import { compareRubygems, isValidRubygems } from "./rubygems.ts";
import { compareSemver, isValidSemver } from "./semver.ts";

/** The order of one ecosystem's versions. Every function is pure, takes any string and never throws. */
export interface VersionOrder {
  /** The scheme, as its file is named. */
  readonly id: string;
  /** Antisymmetric for all strings; transitive too but for what `alpm.ts` and `maven.ts` say of their tools. */
  compare(a: string, b: string): Ordering;
  /** Whether the scheme knows such a version; what it does not know is still ordered, but the answer means little. */
  isValid(version: string): boolean;
  /** The form in which the ecosystem compares a version with the bounds of a range; absent where that is the version as written. */
  normalise?(version: string): string;
}

const alpm: VersionOrder = { id: "alpm", compare: compareAlpm, isValid: isValidAlpm };
const apk: VersionOrder = { id: "apk", compare: compareApk, isValid: isValidApk };
const composer: VersionOrder = {
  id: "composer",
  compare: compareComposer,
  isValid: isValidComposer,
  normalise: normalComposer,
};
const conan: VersionOrder = { id: "conan", compare: compareConan, isValid: isValidConan };
const cran: VersionOrder = { id: "cran", compare: compareCran, isValid: isValidCran };
const deb: VersionOrder = { id: "deb", compare: compareDeb, isValid: isValidDeb };
const gentoo: VersionOrder = { id: "gentoo", compare: compareGentoo, isValid: isValidGentoo };
const go: VersionOrder = { id: "go", compare: compareGo, isValid: isValidGo };
const hackage: VersionOrder = { id: "hackage", compare: compareHackage, isValid: isValidHackage };
const hex: VersionOrder = { id: "hex", compare: compareHex, isValid: isValidHex };
const maven: VersionOrder = { id: "maven", compare: compareMaven, isValid: isValidMaven };
const nuget: VersionOrder = { id: "nuget", compare: compareNuget, isValid: isValidNuget };
const openssl: VersionOrder = { id: "openssl", compare: compareOpenssl, isValid: isValidOpenssl };
const pub: VersionOrder = { id: "pub", compare: comparePub, isValid: isValidPub };
const pypi: VersionOrder = { id: "pypi", compare: comparePypi, isValid: isValidPypi };
const rpm: VersionOrder = { id: "rpm", compare: compareRpm, isValid: isValidRpm };
const rubygems: VersionOrder = { id: "rubygems", compare: compareRubygems, isValid: isValidRubygems };
const semver: VersionOrder = { id: "semver", compare: compareSemver, isValid: isValidSemver };

/** The order for what has no scheme of its own (unpackaged programs, `pkg:generic`). */
export const genericOrder: VersionOrder = { id: "generic", compare: compareGeneric, isValid: isValidGeneric };

/** Every order, one per scheme. */
export const versionOrders: readonly VersionOrder[] = [
  alpm,
  apk,
  composer,
  conan,
  cran,
  deb,
  genericOrder,
  gentoo,
  go,
  hackage,
  hex,
  maven,
  nuget,
  openssl,
  pub,
  pypi,
  rpm,
  rubygems,
  semver,
];

/** Lower-cased purl types, vers schemes and OSV ecosystems beside the ids of the orders themselves. */
const names: Readonly<Record<string, VersionOrder>> = {
  // purl types and vers schemes (package-url/purl-spec, purl-types-index and VERS)
  archlinux: alpm,
  bitnami: semver,
  cargo: semver,
  cocoapods: rubygems,
  ebuild: gentoo,
  gem: rubygems,
  github: semver,
  githubactions: semver,
  golang: go,
  julia: semver,
  nginx: semver,
  npm: semver,
  portage: gentoo,
  swift: semver,
  "vscode-extension": semver,
  // OSV ecosystems (ossf.github.io/osv-schema, "Defined ecosystems"); a suffix such as `:12` is cut off before
  almalinux: rpm,
  alpaquita: apk,
  alpine: apk,
  "azure linux": rpm,
  "bellsoft hardened containers": apk,
  bioconductor: cran,
  chainguard: apk,
  conancenter: conan,
  "crates.io": semver,
  debian: deb,
  echo: deb,
  ghc: hackage,
  "github actions": semver,
  kubernetes: semver,
  mageia: rpm,
  minimos: apk,
  openeuler: rpm,
  opensuse: rpm,
  packagist: composer,
  "photon os": rpm,
  "red hat": rpm,
  "rocky linux": rpm,
  suse: rpm,
  swifturl: semver,
  ubuntu: deb,
  vscode: semver,
  wolfi: apk,
  // distributions that publish in formats of their own, by their os-release ids
  amazon: rpm,
  amzn: rpm,
  arch: alpm,
  azurelinux: rpm,
  centos: rpm,
  fedora: rpm,
  ol: rpm,
  oracle: rpm,
  photon: rpm,
  redhat: rpm,
  rhel: rpm,
  rocky: rpm,
  sles: rpm,
};

const ordersByName = new Map<string, VersionOrder>([
  ...versionOrders.map((order): [string, VersionOrder] => [order.id, order]),
  ...Object.entries(names),
]);

/**
 * The order of a purl type, vers scheme or OSV ecosystem (`deb`, `golang`, `Debian:12`, `crates.io`), without regard to case;
 * undefined where the versions of that type have no order that is known (`oci`, `docker`, `GIT`).
 */
export function versionOrder(type: string): VersionOrder | undefined {
  const name = type.trim().toLowerCase();
  return ordersByName.get(name) ?? ordersByName.get(name.split(":", 1)[0] ?? "");
}
