import { describe, expect, it } from "vitest";
import { sampleInput } from "../../../test/sample-assessment.ts";
import type { Finding } from "../../core/finding.ts";
import { fixedVersionOf, groupsOf, openGroups, vulnerabilityOf } from "./finding-group.ts";

const { findings } = sampleInput().assessment;
const withKey = (key: string): Finding => ({ ...findings[0]!, key });

describe("the vulnerability that a key names", () => {
  it.each([
    ["openssl@3.0.11-1 CVE-2024-5535", "openssl@3.0.11-1", "CVE-2024-5535"],
    ["@angular/core@1.2.3 GHSA-aaaa-bbbb-cccc", "@angular/core@1.2.3", "GHSA-aaaa-bbbb-cccc"],
    ["a@1:2.0~rc1+b RUSTSEC-2024-0001", "a@1:2.0~rc1+b", "RUSTSEC-2024-0001"],
  ])("%s", (key, name, id) => {
    expect(vulnerabilityOf(withKey(key))).toEqual({ package: name, id });
  });
  it.each(["", "/var/run/docker.sock", "a file@home name", "net.ipv4.ip_forward", "@x CVE-1-1"])(
    "is none in %j",
    (key) => {
      expect(vulnerabilityOf(withKey(key))).toBeUndefined();
    },
  );
});

describe("groups", () => {
  it("hold every open failure once, in the order of urgency", () => {
    const open = findings.filter((finding) => finding.status === "fail" && !finding.waiver);
    const groups = openGroups(findings);
    expect(
      groups
        .flatMap((group) => group.findings)
        .map((finding) => finding.id)
        .sort(),
    ).toEqual(open.map((finding) => finding.id).sort());
    expect(groups[0]?.first).toBe(open[0]);
  });
  it("name the fixes of a package without comparing them, and count what has none", () => {
    const [group] = groupsOf([
      ...findings.filter((finding) => finding.key.startsWith("openssl")),
      { ...withKey("openssl@3.0.11-1 CVE-2025-9"), evidence: [] },
    ]);
    expect(group?.package).toEqual({
      name: "openssl@3.0.11-1",
      vulnerabilities: ["CVE-2025-10001", "CVE-2025-10002", "CVE-2025-9"],
      fixedVersions: ["3.0.17-1", "3.0.16-1"],
      unfixed: 1,
      knownExploited: true,
    });
  });
  it("name the one version that is clear of all, where the evidence does", () => {
    const withFix = (key: string, details: Record<string, unknown>): Finding => ({
      ...withKey(key),
      evidence: [{ at: "x", found: "a 1", details }],
    });
    const [group] = groupsOf([
      withFix("a@1 CVE-2025-1", { fixedVersion: "1.2", fixedVersionAll: "1.10" }),
      withFix("a@1 CVE-2025-2", { fixedVersion: "1.10" }),
      withFix("a@1 CVE-2025-3", {}),
    ]);
    expect(group?.package).toMatchObject({ fixedVersions: ["1.10"], unfixed: 1 });
  });
  it("join one check over subjects where the severity is equal", () => {
    const root = findings.find((finding) => finding.check === "image/runs-as-root")!;
    const groups = groupsOf([
      root,
      { ...root, subject: "image/other" },
      { ...root, subject: "image/third", severity: "low" },
    ]);
    expect(groups.map((group) => group.findings.length)).toEqual([2, 1]);
  });
});

it("a fixed version is text in the evidence's details, nothing else", () => {
  const withDetails = (details: Record<string, unknown>): Finding => ({
    ...findings[0]!,
    evidence: [{ at: "x", found: 1, details }],
  });
  expect(fixedVersionOf(withDetails({ fixedVersion: "1.2" }))).toBe("1.2");
  expect(fixedVersionOf(withDetails({ fixedVersion: "" }))).toBeUndefined();
  expect(fixedVersionOf(withDetails({ fixedVersion: 3 }))).toBeUndefined();
});
