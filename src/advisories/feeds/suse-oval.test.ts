import { describe, expect, it } from "vitest";
import { and, type MadeDefinition, type MadeNode, or, ovalText } from "./oval.fixture.ts";
import { placesOf, suseOval } from "./suse-oval.ts";

describe("SUSE", () => {
  const suse = (definitions: readonly MadeDefinition[]) =>
    suseOval.read({
      path: "suse.linux.enterprise.15-affected.xml",
      text: ovalText(definitions, { publisher: "org.opensuse.security" }),
    });
  const below = (name: string, version: string): MadeNode => ({
    test: { name, operation: "less than", value: `0:${version}`, arch: "(aarch64|x86_64)" },
    comment: `${name}-${version} is installed`,
  });
  const unaffected = (name: string): MadeNode => ({
    test: { name, operation: "equals", value: "0", bare: true },
    comment: `${name} is not affected`,
  });
  const unfixed = (name: string): MadeNode => ({
    test: { name, operation: "greater than", value: "0:0-0" },
    comment: `${name} is affected`,
  });
  const cve: MadeDefinition = {
    id: "oval:org.opensuse.security:def:202012345",
    class: "vulnerability",
    title: "CVE-2020-12345",
    references: [
      ["CVE", "Mitre CVE-2020-12345"],
      ["SUSE CVE", "SUSE CVE-2020-12345"],
      ["SUSE-SU", "SUSE-SU-2020:1-1"],
    ],
    metadata: `<advisory from="security@suse.de"><issued date="2021-04-30"/><updated date="2021-07-14"/><severity>Important</severity>
      <cve impact="important" cvss3="7/CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H" href="https://www.suse.com/security/cve/CVE-2020-12345/">CVE-2020-12345 at SUSE</cve>
      <cve cvss3="7.8/CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H">CVE-2020-12345 at NVD</cve>
      <affected_cpe_list><cpe>cpe:/o:suse:sles:15:sp4</cpe></affected_cpe_list></advisory>`,
  };
  const brief = (criteria: MadeNode) =>
    (suse([{ ...cve, criteria }]).records ?? []).map(
      ({ ecosystem, package: name, ranges, state, status, notAffected }) => [
        ecosystem,
        name,
        notAffected ? "not affected" : `${state} ${ranges[0]?.fixed ?? "-"}`,
        ...(status === undefined ? [] : [status]),
      ],
    );

  it("has a record a vulnerability, release and package, with SUSE's and NVD's vectors", () => {
    const server = or(
      "SUSE Linux Enterprise Server 15 SP4 is installed",
      "SUSE Linux Enterprise Module for Basesystem 15 SP4 is installed",
    );
    const { records } = suse([{ ...cve, criteria: or(and(server, or(below("libzypp", "17.30.0-150400.3.1")))) }]);
    expect(records).toEqual([
      {
        id: "CVE-2020-12345",
        aliases: [],
        source: "suse-oval",
        ecosystem: "suse:15.4",
        package: "libzypp",
        ranges: [{ introduced: "0", fixed: "0:17.30.0-150400.3.1" }],
        state: "fixed",
        severity: "high",
        cvss: [
          { vector: "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:H/I:H/A:H", source: "suse-oval" },
          { vector: "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", source: "nvd" },
        ],
        url: "https://www.suse.com/security/cve/CVE-2020-12345/",
        modified: "2021-07-14",
        conditions: { architectures: ["aarch64", "x86_64"] },
      },
    ]);
  });

  it("tells not affected, not fixed and fixed apart, and takes the worse of two products", () => {
    const [sp3, sp4] = [
      "SUSE Linux Enterprise Server 15 SP3 is installed",
      "SUSE Linux Enterprise Server 15 SP4 is installed",
    ];
    expect(
      brief(
        or(
          and(or(sp3!, "SUSE Manager Proxy 4.2 is installed"), or(unaffected("rpcbind"), unfixed("bash"))),
          and(sp4!, or(unaffected("rpcbind"), unfixed("bash"))),
          and("SUSE Linux Enterprise Module for Legacy 15 SP4 is installed", below("rpcbind", "1-1")),
        ),
      ),
    ).toEqual([
      ["suse:15.3", "rpcbind", "not affected"],
      ["suse:15.3", "bash", "unfixed -"],
      ["suse:15.4", "bash", "unfixed -"],
      ["suse:15.4", "rpcbind", "fixed 0:1-1"],
    ]);
  });

  it("reads what is affected by a bare version above 0 too", () => {
    const node: MadeNode = {
      test: { name: "libxml2", operation: "greater than", value: "0", bare: true },
      comment: "libxml2 is affected",
    };
    expect(brief(and("SUSE Linux Enterprise Server 15 SP6 is installed", node))).toEqual([
      ["suse:15.6", "libxml2", "unfixed -"],
    ]);
  });

  it("marks what only longer support brings, where nobody else gets it", () => {
    const ltss = (pack: number) => `SUSE Linux Enterprise Server 15 SP${pack}-LTSS is installed`;
    expect(
      brief(
        or(
          and(ltss(3), or(below("a", "1-1"))),
          and(ltss(4), or(below("a", "1-2"))),
          and("SUSE Linux Enterprise Server 15 SP4 is installed", or(below("a", "1-3"))),
        ),
      ),
    ).toEqual([
      ["suse:15.3", "a", "fixed 0:1-1", "extended-support"],
      ["suse:15.4", "a", "fixed 0:1-3"],
    ]);
  });

  it("reads definitions of updates, by the update's id", () => {
    const patch: MadeDefinition = {
      id: "oval:org.opensuse.security:def:38763",
      title: "Security update for kernel-livepatch-tools (Important)",
      references: [
        ["BUGZILLA", "1099306"],
        ["CVE", "CVE-2018-3646"],
        ["SUSE-SU", "SUSE-SU-2018:2426-1", "https://lists.suse.com/1.html"],
      ],
      metadata: `<advisory from="security@suse.de"><severity>Important</severity><issued date="2018-08-17"/></advisory>`,
      criteria: and(
        "SUSE Linux Enterprise Live Patching 15 is installed",
        and(
          "kernel-default tools is running",
          or("kernel-livepatch-tools is not installed", below("kernel-livepatch-tools", "1.1-5.3.1")),
        ),
      ),
    };
    expect(suse([patch, { ...patch, references: [["CVE", "CVE-2018-3646"]] }]).records).toMatchObject([
      {
        id: "SUSE-SU-2018:2426-1",
        related: ["CVE-2018-3646"],
        ecosystem: "suse:15",
        package: "kernel-livepatch-tools",
        title: "Security update for kernel-livepatch-tools",
        url: "https://lists.suse.com/1.html",
      },
      { id: "oval:org.opensuse.security:def:38763", related: ["CVE-2018-3646"] },
    ]);
  });

  it.each([
    ["openSUSE Leap 15.5", ["opensuse:15.5"]],
    ["openSUSE Tumbleweed", ["opensuse:tumbleweed"]],
    ["SUSE Linux Enterprise Server 15", ["suse:15"]],
    ["SUSE Linux Enterprise Server 16.0", ["suse:16.0"]],
    ["SUSE Linux Enterprise Desktop 15 SP4", ["suse:15.4"]],
    ["SUSE Package Hub 15 SP4", ["suse:15.4"]],
    [
      "SUSE Linux Enterprise Module for Web and Scripting 12",
      ["suse:12", "suse:12.1", "suse:12.2", "suse:12.3", "suse:12.4", "suse:12.5"],
    ],
    ["SUSE Manager Server 4.3", []],
    ["Open Enterprise Server 23.4", []],
  ])("puts %s where os-release does", (product, expected) => {
    expect(placesOf(product).map(({ ecosystem }) => ecosystem)).toEqual(expected);
  });
});
