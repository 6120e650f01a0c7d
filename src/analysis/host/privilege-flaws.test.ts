import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derive } from "../../core/derivation.ts";
import { Snapshot } from "../../core/snapshot.ts";
import { privilegeFlaws } from "../../facts/host/privilege-flaws.ts";
import privilegeFlawsOf, { compareUpstream, upstreamVersion } from "./privilege-flaws.ts";

const subject = "host/made";

/** Verdicts by flaw for a host with one package and the programs given. */
async function judged(
  os: { id: string; versionId: string },
  packages: readonly (readonly [type: string, name: string, version: string])[],
  programs: readonly (readonly [program: "sudo" | "pkexec", path: string, version?: string])[],
): Promise<Record<string, string>> {
  const observation = (fact: string, value: unknown) => ({ fact, subject, source: "test", value });
  const snapshot = new Snapshot({
    tool: "test",
    created: "2026-01-01T00:00:00Z",
    targets: [{ kind: "host", name: "made", subject, identity: subject }],
    observations: [
      observation("host/os-release", { ...os, path: "/etc/os-release" }),
      observation("host/packages", {
        databases: ["db"],
        packages: packages.map(([type, name, version]) => ({
          type,
          name,
          version,
          purl: `pkg:${type}/${name}`,
          foundIn: [],
        })),
      }),
      observation("host/privilege-programs", {
        programs: programs.map(([program, path, version]) => ({
          program,
          path,
          ownBuild: !path.startsWith("/usr/bin/"),
          setUserId: true,
          version,
        })),
      }),
    ],
  });
  const after = await derive([privilegeFlawsOf], snapshot, {});
  const [found] = [...after.all(privilegeFlaws)];
  return Object.fromEntries(found!.value.judged.map(({ flaw, at, verdict }) => [`${flaw} ${at}`, verdict]));
}

const sudo = [["sudo", "/usr/bin/sudo"]] as const;
const pkexec = [["pkexec", "/usr/bin/pkexec"]] as const;
const debian = (versionId: string) => ({ id: "debian", versionId });

describe("grave flaws of sudo and pkexec", () => {
  it.each([
    ["12", "1.9.13p3-1+deb12u1", "closed", "closed"],
    ["13", "1.9.16p2-2", "closed", "open"],
    ["13", "1.9.16p2-3+deb13u5", "closed", "closed"],
    ["11", "1.9.5p1-1", "open", "closed"],
    ["11", "1.9.5p1-1.1", "closed", "closed"],
    ["11", "1.9.5p2-3+deb11u1", "closed", "closed"],
    ["10", "1.8.27-1+deb10u3", "undecided", "closed"],
  ])("of Debian %s with sudo %s are %s (2021) and %s (2025)", async (release, version, first, second) => {
    expect(await judged(debian(release), [["deb", "sudo", version]], sudo)).toEqual({
      "CVE-2021-3156 /usr/bin/sudo": first,
      "CVE-2025-32463 /usr/bin/sudo": second,
    });
  });

  it("are never open by the upstream version alone where a distribution built it", async () => {
    expect(await judged({ id: "rhel", versionId: "8.4" }, [["rpm", "sudo", "1.8.29-6.el8_3.1"]], sudo)).toEqual({
      "CVE-2021-3156 /usr/bin/sudo": "undecided",
      "CVE-2025-32463 /usr/bin/sudo": "closed",
    });
    expect(await judged({ id: "alpine", versionId: "3.22" }, [["apk", "sudo", "1.9.17_p1-r0"]], sudo)).toMatchObject({
      "CVE-2025-32463 /usr/bin/sudo": "closed",
    });
    expect(
      await judged({ id: "ubuntu", versionId: "24.04" }, [["deb", "sudo", "1.9.15p5-3ubuntu5"]], sudo),
    ).toMatchObject({
      "CVE-2025-32463 /usr/bin/sudo": "undecided",
    });
  });

  it("are open in what somebody built here, and undecided where nothing tells the version", async () => {
    const programs = [
      ["sudo", "/usr/local/bin/sudo", "1.9.17"],
      ["pkexec", "/usr/local/bin/pkexec"],
      ["sudo", "/usr/bin/sudo", "1.9.17"],
    ] as const;
    expect(await judged(debian("13"), [], programs)).toEqual({
      "CVE-2021-3156 /usr/local/bin/sudo": "closed",
      "CVE-2025-32463 /usr/local/bin/sudo": "open",
      "CVE-2021-4034 /usr/local/bin/pkexec": "undecided",
      "CVE-2021-3156 /usr/bin/sudo": "closed",
      "CVE-2025-32463 /usr/bin/sudo": "undecided",
    });
  });

  it.each([
    ["11", "policykit-1", "0.105-31", "open"],
    ["11", "policykit-1", "0.105-31+deb11u1", "closed"],
    ["12", "pkexec", "122-3", "closed"],
  ])("of Debian %s with %s %s is %s (pkexec)", async (release, name, version, verdict) => {
    expect(await judged(debian(release), [["deb", name, version]], pkexec)).toEqual({
      "CVE-2021-4034 /usr/bin/pkexec": verdict,
    });
  });
});

describe("versions of sudo and polkit", () => {
  it("are ordered as their releases followed", () => {
    const order = ["1.8.2", "1.8.31", "1.8.31p2", "1.9.0", "1.9.5", "1.9.5p1", "1.9.5p2", "1.9.17", "1.9.17p1"];
    for (let index = 1; index < order.length; index++)
      expect(compareUpstream(order[index - 1]!, order[index]!), order[index]).toBe(-1);
    expect(compareUpstream("0.120", "121")).toBe(-1);
    expect(compareUpstream("1.9", "1.9.0")).toBe(0);
  });

  it("are the upstream part of a package's", () => {
    expect(
      ["1.9.17_p1-r0", "1:1.8.29-6.el8_3.1", "0.105-31+deb11u1", "126", "1.9.5p2+ds1-1"].map(upstreamVersion),
    ).toEqual(["1.9.17p1", "1.8.29", "0.105", "126", "1.9.5p2"]);
  });

  it("are ordered totally", () => {
    const version = fc.string({ unit: fc.constantFrom(..."0129.p"), maxLength: 8 });
    fc.assert(
      fc.property(version, version, (a, b) => Math.abs(compareUpstream(a, b) + compareUpstream(b, a)) === 0),
      { numRuns: 200 },
    );
  });
});
