import { expect, it } from "vitest";
import { read } from "./reading.fixture.ts";

const v31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const v40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";

function cveRecord({ adp = [{}], state = "PUBLISHED" }: { adp?: object[]; state?: string } = {}): object {
  return {
    dataType: "CVE_RECORD",
    cveMetadata: { cveId: "CVE-2024-3931", state, dateUpdated: "2024-07-16T15:00:32.347Z" },
    containers: {
      cna: {
        providerMetadata: { shortName: "redhat" },
        metrics: [{ cvssV4_0: { vectorString: v40 } }, { other: { type: "Red Hat severity rating", content: {} } }],
      },
      adp: [
        {
          title: "CVE Program Container",
          providerMetadata: { shortName: "CVE" },
          metrics: [{ cvssV3_1: { vectorString: v31 } }],
        },
        ...adp.map((more) => ({
          title: "CISA ADP Vulnrichment",
          providerMetadata: { shortName: "CISA-ADP" },
          ...more,
        })),
      ],
    },
  };
}

const decision = {
  other: {
    type: "ssvc",
    content: {
      role: "CISA Coordinator",
      options: [
        { Exploitation: "active" },
        { Automatable: "yes" },
        { "Technical Impact": "total" },
        { Weather: "fine" },
      ],
    },
  },
};

it("gives CISA's decision points and vectors, and those of who assigned the CVE", () => {
  const content = read("vulnrichment", "vulnrichment-develop/2024/3xxx/CVE-2024-3931.json", {
    ...cveRecord({ adp: [{ metrics: [{ cvssV3_1: { vectorString: v31 } }, decision] }] }),
  });
  expect(content.facts).toEqual([
    [
      "CVE-2024-3931",
      {
        cvss: [
          { vector: v40, source: "redhat" },
          { vector: v31, source: "cisa-adp" },
        ],
        ssvc: { exploitation: "active", automatable: "yes", "technical-impact": "total" },
      },
    ],
  ]);
  expect(content.records).toEqual([]);
});

it("gives the affected versions of known programs", () => {
  const affected = [
    {
      cpes: ["cpe:2.3:a:redis:redis:*:*:*:*:*:*:*:*"],
      versions: [{ status: "affected", version: "6.0", lessThan: "6.2.1", versionType: "custom" }],
    },
    {
      cpes: ["cpe:2.3:o:canonical:ubuntu_linux:4.10:*:*:*:*:*:*:*"],
      versions: [{ status: "affected", version: "4.10" }],
    },
  ];
  expect(read("vulnrichment", "CVE-2024-3931.json", cveRecord({ adp: [{ affected }] })).records).toMatchObject([
    {
      id: "CVE-2024-3931",
      source: "vulnrichment",
      ecosystem: "cpe",
      package: "redis:redis",
      ranges: [{ introduced: "6.0", fixed: "6.2.1" }],
      modified: "2024-07-16",
    },
  ]);
});

it("says nothing of rejected CVEs and refuses what is no CVE record", () => {
  expect(read("vulnrichment", "CVE-2024-3931.json", cveRecord({ state: "REJECTED" }))).toEqual({});
  expect(() => read("vulnrichment", "CVE-2024-3931.json", { dataType: "OTHER" })).toThrow(/is no CVE record/);
  expect(() =>
    read("vulnrichment", "CVE-2024-3931.json", { ...cveRecord(), cveMetadata: { cveId: "../etc/passwd" } }),
  ).toThrow(/which is no CVE/);
});
