import { describe, expect, it } from "vitest";
import { fakeStore } from "../../../test/fakes/advisory-store.ts";
import { type Observation, Snapshot } from "../../core/snapshot.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import kernelLife from "./kernel-life.ts";

const subject = "host/a";
const advisories = fakeStore({
  releases: [
    { product: "linux", release: "6.12", endOfLife: "2028-12-31" },
    { product: "linux", release: "7.2", endOfLife: false },
  ],
  releasesDate: "2026-01-01",
});

async function lifeOf(release: string, packages: readonly object[] = [], resources: object = { advisories }) {
  const value = { packages: packages.map((one) => ({ foundIn: [], purl: "pkg:x/x", ...one })), databases: ["d"] };
  const observations: Observation[] = [
    { fact: kernel.id, subject, source: "t", value: { release } },
    { fact: hostPackages.id, subject, source: "t", value },
  ];
  const snapshot = new Snapshot({ tool: "t", created: "2026-01-02T00:00:00Z", targets: [], observations });
  const found: Observation[] = [];
  for await (const observation of kernelLife.derive(snapshot, resources)) found.push(observation);
  return found[0];
}

describe("the life of the running kernel", () => {
  it("is that of its branch", async () => {
    expect(await lifeOf("6.12.9")).toMatchObject({
      value: { branch: "6.12", endsOn: "2028-12-31", dataDate: "2026-01-01" },
    });
    expect(await lifeOf("7.2.0-rc1")).toMatchObject({ value: { branch: "7.2", ended: false } });
  });

  it("is the distribution's where a package of it brought the kernel", async () => {
    for (const [release, one] of [
      ["6.12.9-amd64", { type: "deb", name: "linux-image-6.12.9-amd64", version: "6.12.9-1" }],
      ["5.14.0-427.el9.x86_64", { type: "rpm", name: "kernel-core", version: "5.14.0-427.el9" }],
      ["6.12.9-0-virt", { type: "apk", name: "linux-virt", version: "6.12.9-r0" }],
    ] as const)
      expect(await lifeOf(release, [one])).toMatchObject({ value: { package: `${one.name} ${one.version}` } });
    const other = { type: "deb", name: "linux-image-6.12.8-amd64", version: "6.12.8-1" };
    expect(await lifeOf("6.12.9-amd64", [other])).toMatchObject({ value: { endsOn: "2028-12-31" } });
  });

  it("is unknown without data", async () => {
    expect(await lifeOf("3.2.1")).toMatchObject({ unavailable: expect.stringContaining("Linux 3.2") });
    expect(await lifeOf("6.12.9", [], {})).toMatchObject({ unavailable: "no advisory data was given" });
  });
});
