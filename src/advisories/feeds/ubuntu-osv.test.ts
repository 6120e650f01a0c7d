import { describe, expect, it } from "vitest";
import { fakeStore } from "../../../test/fakes/advisory-store.ts";
import { matchInventory } from "../matching/match-inventory.ts";
import { purlPackage } from "../matching/purl-package.ts";
import { records } from "./reading.fixture.ts";

const affected = (ecosystem: string, fixed: string | undefined) => ({
  package: { ecosystem, name: "zlib", purl: "pkg:deb/ubuntu/zlib@1?arch=source&distro=jammy" },
  ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, ...(fixed === undefined ? [] : [{ fixed }])] }],
  ecosystem_specific: { binaries: [{ binary_name: "zlib1g", binary_version: "1" }] },
});

const record = {
  schema_version: "1.7.0",
  id: "UBUNTU-CVE-2024-1111",
  details: "A flaw in zlib. It is bad.",
  upstream: ["CVE-2024-1111"],
  related: ["USN-7000-1"],
  modified: "2025-01-02T00:00:00Z",
  severity: [
    { type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" },
    { type: "Ubuntu", score: "negligible" },
  ],
  affected: [
    affected("Ubuntu:22.04:LTS", "1:1.2.11-2ubuntu9"),
    affected("Ubuntu:18.04:LTS", undefined),
    affected("Ubuntu:Pro:18.04:LTS", "1:1.2.11-0ubuntu2+esm1"),
    affected("Ubuntu:Pro:FIPS-updates:20.04:LTS", "1:1.2.11-fips1"),
    affected("Ubuntu:Pro:Realtime:22.04:LTS", "1:1.2.11-realtime1"),
  ],
};
const notice = {
  id: "USN-7000-1",
  summary: "zlib vulnerabilities",
  upstream: ["CVE-2024-1111", "CVE-2024-2222", "UBUNTU-CVE-2024-1111"],
  affected: [affected("Ubuntu:22.04:LTS", "1:1.2.11-2ubuntu9")],
};

describe("Ubuntu's OSV documents", () => {
  const read = records("ubuntu-osv", "osv/cve/2024/UBUNTU-CVE-2024-1111.json", record);
  it("are named for their CVE and rated as Ubuntu does, by release and build", () => {
    expect(
      read.map(({ id, ecosystem, conditions, ranges }) => [id, ecosystem, conditions?.flavour, ranges[0]?.fixed]),
    ).toEqual([
      ["CVE-2024-1111", "ubuntu:22.04", undefined, "1:1.2.11-2ubuntu9"],
      ["CVE-2024-1111", "ubuntu:18.04", undefined, undefined],
      ["CVE-2024-1111", "ubuntu:18.04", "esm", "1:1.2.11-0ubuntu2+esm1"],
      ["CVE-2024-1111", "ubuntu:20.04", "fips", "1:1.2.11-fips1"],
      ["CVE-2024-1111", "ubuntu:22.04", "realtime", "1:1.2.11-realtime1"],
    ]);
    expect(read[0]).toMatchObject({
      severity: "info",
      source: "ubuntu-osv",
      aliases: [],
      title: expect.stringContaining("flaw in zlib"),
    });
  });
  it("and notices speak for each of their CVEs", () => {
    expect(records("ubuntu-osv", "osv/usn/USN-7000-1.json", notice)).toMatchObject([
      { id: "USN-7000-1", related: ["CVE-2024-1111", "CVE-2024-2222"], ecosystem: "ubuntu:22.04" },
    ]);
  });
  it("leave notices of Livepatch out", () => {
    expect(() => records("ubuntu-osv", "osv/lsn/LSN-0100-1.json", notice)).toThrow(/reads/);
  });
  it("judge plain and ESM builds as the tracker does", () => {
    const store = fakeStore({ records: [...read, ...records("ubuntu-osv", "USN-7000-1.json", notice)] });
    const ids = (purl: string) => {
      const { installed, distribution } = purlPackage(purl);
      return matchInventory({ packages: [installed] }, distribution, store).matches.map(
        ({ id, state }) => `${id} ${state}`,
      );
    };
    expect(ids("pkg:deb/ubuntu/zlib1g@1:1.2.11-2ubuntu8?distro=jammy&upstream=zlib")).toEqual([
      "CVE-2024-2222 fixed",
      "CVE-2024-1111 fixed",
    ]);
    expect(ids("pkg:deb/ubuntu/zlib1g@1:1.2.11-2ubuntu9?distro=ubuntu-22.04&upstream=zlib")).toEqual([]);
    expect(ids("pkg:deb/ubuntu/zlib1g@1:1.2.11-0ubuntu2?distro=ubuntu-18.04&upstream=zlib")).toEqual([
      "CVE-2024-1111 unfixed",
    ]);
    expect(ids("pkg:deb/ubuntu/zlib1g@1:1.2.11-0ubuntu2+esm1?distro=ubuntu-18.04&upstream=zlib")).toEqual([]);
  });
});
