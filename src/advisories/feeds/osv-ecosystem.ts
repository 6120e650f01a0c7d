import { suseRelease } from "./suse-release.ts";

/** An ecosystem of OSV (OSV schema, "Defined ecosystems") in Plimsoll's terms. */
export interface NormalEcosystem {
  readonly ecosystem: string;
  /** Build flavour, as `esm` of Ubuntu Pro. */
  readonly flavour?: string | undefined;
  /** CPE stream, as Red Hat's ecosystems are. */
  readonly cpe?: string | undefined;
}

const languages: Readonly<Record<string, string>> = {
  npm: "npm",
  PyPI: "pypi",
  Maven: "maven",
  Go: "golang",
  "crates.io": "cargo",
  RubyGems: "gem",
  Packagist: "composer",
  NuGet: "nuget",
  Hex: "hex",
  Pub: "pub",
  "GitHub Actions": "githubactions",
  SwiftURL: "swift",
  Bitnami: "bitnami",
  Hackage: "hackage",
  CRAN: "cran",
  ConanCenter: "conan",
};

const distributions: Readonly<Record<string, string>> = {
  Alpine: "alpine",
  Debian: "debian",
  AlmaLinux: "almalinux",
  "Rocky Linux": "rocky",
  Wolfi: "wolfi",
  Chainguard: "chainguard",
  MinimOS: "minimos",
  "Photon OS": "photon",
  "Azure Linux": "azurelinux",
  Mageia: "mageia",
  openEuler: "openeuler",
  Echo: "echo",
};

/** The ecosystem that OSV names, as Plimsoll names it: `Debian:12` is `debian:12`, `crates.io` is `cargo`. Unknown ones are written in lower case. */
export function normalEcosystem(osv: string): NormalEcosystem {
  const [head, ...rest] = osv.split(":") as [string, ...string[]];
  const language = languages[head];
  if (language !== undefined) return { ecosystem: language };
  if (head === "Red Hat") return { ecosystem: "rhel", cpe: `cpe:/a:redhat:${rest.join(":")}` };
  if (head === "Ubuntu") return ubuntu(rest);
  if (head === "SUSE" || head === "openSUSE") return suse(head, rest.join(":"));
  const distribution = distributions[head] ?? head.toLowerCase().replace(/\s+/g, "-");
  const release = rest.join(":");
  return { ecosystem: release === "" ? distribution : `${distribution}:${normalRelease(distribution, release)}` };
}

function ubuntu(rest: readonly string[]): NormalEcosystem {
  const release = rest.find((part) => /^\d+\.\d+$/.test(part)) ?? "";
  const ecosystem = release === "" ? "ubuntu" : `ubuntu:${release}`;
  if (rest[0] !== "Pro") return { ecosystem };
  // `Pro:18.04:LTS` continues the release; `Pro:FIPS-updates:…` and `Pro:Realtime:…` are builds of their own.
  const build = rest[1] ?? "";
  if (/^(\d+\.\d+)?$/.test(build)) return { ecosystem, flavour: "esm" };
  return { ecosystem, flavour: /fips/i.test(build) ? "fips" : build.toLowerCase() };
}

/** `SUSE:Linux Enterprise Module for Basesystem 15 SP4` is a part of `suse:15.4`; products that are no part of a release keep their name. */
function suse(head: string, product: string): NormalEcosystem {
  const release = suseRelease(`${head} ${product}`);
  if (release !== undefined) return { ecosystem: release.ecosystem };
  const distribution = head.toLowerCase();
  return { ecosystem: product === "" ? distribution : `${distribution}:${normalRelease(distribution, product)}` };
}

function normalRelease(distribution: string, release: string): string {
  switch (distribution) {
    case "alpine":
      return release.replace(/^v/, "");
    case "debian":
      // Debian 4 to 6 are written with a minor version that os-release and the images do not carry.
      return /^[4-9]\.0$/.test(release) ? release.slice(0, 1) : release;
    case "photon":
      return release.replace(/\.0$/, "");
    default:
      return release.toLowerCase().replace(/\s+/g, "-");
  }
}
