import { compareDeb } from "../../advisories/versions/deb.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { Missing } from "../../core/snapshot.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { type JudgedFlaw, privilegeFlaws } from "../../facts/host/privilege-flaws.ts";
import { privilegePrograms } from "../../facts/host/privilege-programs.ts";
import type { Package } from "../../facts/package.ts";

interface GraveFlaw {
  readonly id: string;
  readonly program: "sudo" | "pkexec";
  /** First upstream version that has it, and the first after it that does not. */
  readonly introduced: string;
  readonly fixed: string;
  /** Debian's releases and the version of the package from which each is mended, by Debian's own advisories and changelogs. */
  readonly debian: Readonly<Record<string, string>>;
}

/** Flaws that give root to any user and are used by everyone who gets in. Upstream: sudo.ws/security, polkit's NEWS. */
const flaws: readonly GraveFlaw[] = [
  {
    id: "CVE-2021-3156",
    program: "sudo",
    introduced: "1.8.2",
    fixed: "1.9.5p2",
    debian: { "11": "1.9.5p1-1.1", "12": "1.9.5p1-1.1", "13": "1.9.5p1-1.1" },
  },
  {
    id: "CVE-2025-32463",
    program: "sudo",
    introduced: "1.9.14",
    fixed: "1.9.17p1",
    debian: { "13": "1.9.16p2-3" },
  },
  {
    id: "CVE-2021-4034",
    program: "pkexec",
    introduced: "0",
    fixed: "121",
    debian: { "11": "0.105-31+deb11u1", "12": "0.105-31.1", "13": "0.105-31.1" },
  },
];

/** Packages that bring each program, the one that holds it alone first. */
const packageNames = {
  sudo: ["sudo", "sudo-ldap"],
  pkexec: ["pkexec", "policykit-1", "polkit"],
} as const;

export default defineDerivation({
  provides: privilegeFlaws,
  *derive(snapshot) {
    for (const { subject, value } of snapshot.all(privilegePrograms)) {
      const inventory = snapshot.find(hostPackages, subject);
      const release = snapshot.find(hostOsRelease, subject);
      const distribution =
        release instanceof Missing ? undefined : { id: release.id, version: release.versionId ?? "" };
      const packages = inventory instanceof Missing ? [] : inventory.packages;
      const judged = value.programs.flatMap(({ program, path, ownBuild, version }) => {
        const owner = ownBuild ? undefined : packageOf(program, packages);
        return flaws
          .filter((flaw) => flaw.program === program)
          .map((flaw) =>
            owner === undefined
              ? judgeProgram(flaw, path, version, ownBuild)
              : judgePackage(flaw, path, owner, distribution),
          );
      });
      yield {
        fact: privilegeFlaws.id,
        subject,
        source: "versions of sudo and pkexec, facts that come with Plimsoll",
        value: { judged, unread: value.unread },
      };
    }
  },
});

function packageOf(program: GraveFlaw["program"], packages: readonly Package[]): Package | undefined {
  for (const name of packageNames[program]) {
    const found = packages.find((one) => one.name === name && ["deb", "rpm", "apk", "alpm"].includes(one.type));
    if (found) return found;
  }
  return undefined;
}

function judgeProgram(flaw: GraveFlaw, path: string, version: string | undefined, ownBuild: boolean): JudgedFlaw {
  const common = { flaw: flaw.id, program: flaw.program, what: `${path} ${version ?? "of unknown version"}`, at: path };
  if (version === undefined)
    return {
      ...common,
      verdict: "undecided",
      because: "its bytes tell no version and no package of a known database brought it",
      fixed: flaw.fixed,
    };
  if (!isAffected(flaw, version))
    return { ...common, verdict: "closed", because: reasonOf(flaw, version), fixed: flaw.fixed };
  // Beside a distribution's own place lies what somebody built: there are no mended versions of an old number.
  return {
    ...common,
    verdict: ownBuild ? "open" : "undecided",
    because: `${reasonOf(flaw, version)}${ownBuild ? "" : "; no package tells whether it was mended since"}`,
    fixed: flaw.fixed,
  };
}

function judgePackage(
  flaw: GraveFlaw,
  path: string,
  { name, version, type }: Package,
  distribution: { readonly id: string; readonly version: string } | undefined,
): JudgedFlaw {
  const common = { flaw: flaw.id, program: flaw.program, what: `${name} ${version}`, at: path };
  const upstream = upstreamVersion(version);
  if (!isAffected(flaw, upstream))
    return { ...common, verdict: "closed", because: reasonOf(flaw, upstream), fixed: flaw.fixed };
  const mended =
    type === "deb" && distribution?.id === "debian" ? flaw.debian[distribution.version.split(".")[0] ?? ""] : undefined;
  if (mended === undefined)
    return {
      ...common,
      verdict: "undecided",
      because: `${reasonOf(flaw, upstream)}, and distributions mend it without a new one`,
      fixed: flaw.fixed,
    };
  const isMended = compareDeb(version, mended) >= 0;
  return {
    ...common,
    verdict: isMended ? "closed" : "open",
    because: `Debian ${distribution?.version} mended it in ${mended}`,
    fixed: mended,
  };
}

function reasonOf({ introduced, fixed }: GraveFlaw, version: string): string {
  return `${version} ${isAffected({ introduced, fixed }, version) ? "lies" : "does not lie"} between ${introduced} and ${fixed}`;
}

function isAffected({ introduced, fixed }: Pick<GraveFlaw, "introduced" | "fixed">, version: string): boolean {
  return compareUpstream(version, introduced) >= 0 && compareUpstream(version, fixed) < 0;
}

/** The upstream part of a package's version: no epoch, no revision; `1.9.17_p1-r0` of Alpine is 1.9.17p1. */
export function upstreamVersion(version: string): string {
  return version
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace("_p", "p")
    .replace(/[+~].*$/, "");
}

/** Orders versions of sudo (`1.9.5p2`, each p after the bare one) and polkit (`0.120`, then `121`) by their numbers. */
export function compareUpstream(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Numbers between dots, then the number after `p` in a fixed place of its own. */
function numbersOf(version: string): number[] {
  const [numbers = "", patch = "0"] = version.split("p");
  const parts = numbers.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return [...parts, ...Array<number>(Math.max(0, 4 - parts.length)).fill(0), Number.parseInt(patch, 10) || 0];
}
