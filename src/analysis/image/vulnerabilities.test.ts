import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../../test/fakes/advisory-store.ts";
import { sharedData } from "../../../test/shared-data.ts";
import { openAdvisories } from "../../advisories/open.ts";
import type { AdvisoryStore } from "../../advisories/store.ts";
import { openImage } from "../../cli/image-target.ts";
import { imageCollectors } from "../../collectors/image/index.generated.ts";
import { readImage } from "../../collectors/image-reader.ts";
import { derive } from "../../core/derivation.ts";
import { Missing, Snapshot } from "../../core/snapshot.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";
import { imageEndOfLife } from "../../facts/image/end-of-life.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import hostLife from "../host/end-of-life.ts";
import hostMatching from "../host/vulnerabilities.ts";
import type { AnalysisResources } from "../resources.ts";
import life from "./end-of-life.ts";
import matching from "./vulnerabilities.ts";

const packages = {
  packages: [{ name: "a", version: "1", type: "npm", purl: "pkg:npm/a@1", foundIn: [] }],
  databases: [],
};

function snapshotWith(kind: "image" | "host"): Snapshot {
  const observation = (fact: string, value: unknown) => ({
    fact: `${kind}/${fact}`,
    subject: `${kind}/x`,
    source: "test",
    value,
  });
  return new Snapshot({
    tool: "test",
    created: "2026-01-01T00:00:00Z",
    targets: [],
    observations: [
      observation("packages", packages),
      observation("os-release", { id: "alpine", versionId: "3.11.5", path: "/etc/os-release" }),
    ],
  });
}
async function derived(snapshot: Snapshot, resources: AnalysisResources): Promise<Snapshot> {
  return derive([matching, life, hostMatching, hostLife], snapshot, resources);
}

describe.each(["image", "host"] as const)("the derivations of %s", (kind) => {
  it("are unknown without advisory data, with what to do", async () => {
    const { observations } = (await derived(snapshotWith(kind), {})).content;
    expect(observations).toContainEqual(
      expect.objectContaining({
        fact: `${kind}/vulnerabilities`,
        unavailable: "no advisory data was given",
        remedy: expect.stringContaining("--advisories"),
      }),
    );
    expect(observations).toContainEqual(
      expect.objectContaining({ fact: `${kind}/end-of-life`, unavailable: "no advisory data was given" }),
    );
  });
  it("keep to the shape of their facts", async () => {
    const advisories = fakeStore({
      records: [record("npm", "a", "CVE-2024-1", "2")],
      releasesDate: "2026-01-01",
      releases: [{ product: "alpine-linux", release: "3.11", endOfLife: "2021-11-01" }],
    });
    const snapshot = await derived(snapshotWith(kind), { advisories });
    const report = snapshot.find(kind === "image" ? imageVulnerabilities : hostVulnerabilities, `${kind}/x`);
    expect(report).toMatchObject({ judged: 1, matches: [{ id: "CVE-2024-1", package: "a", fixedVersion: "2" }] });
    expect(snapshot.content.observations).toContainEqual(
      expect.objectContaining({
        fact: `${kind}/end-of-life`,
        value: expect.objectContaining({ endsOn: "2021-11-01" }),
      }),
    );
  });
});

const archive = sharedData("images/alpine-3.11.5.docker.tar.gz");
const secdb = sharedData("advisories/alpine_secdb.tar.xz");
const eol = sharedData("advisories/eol.tar.xz");

describe.skipIf(!archive || !secdb || !eol)(
  "a real Alpine 3.11.5 archive with Alpine's security database (skipped without ../shared/data)",
  () => {
    async function assessed(advisories: AdvisoryStore): Promise<Snapshot> {
      const opened = await openImage(archive!, undefined);
      try {
        const chosen = new Map(
          [...imageCollectors].filter(([id]) => ["identity", "packages", "os-release"].includes(id)),
        );
        const { observations, target } = await readImage(opened.images[0]!, opened, chosen, () => undefined);
        return await derive(
          [matching, life],
          new Snapshot({ tool: "test", created: "2026-01-01T00:00:00Z", targets: [target], observations }),
          { advisories },
        );
      } finally {
        await opened.close();
      }
    }

    it("has 45 vulnerabilities in the 14 packages of the distribution, all of them fixed, and none twice", async () => {
      const snapshot = await assessed(await openAdvisories(secdb!));
      const [subject] = snapshot.subjectsOf(imageVulnerabilities);
      const report = snapshot.find(imageVulnerabilities, subject!);
      if (report instanceof Missing) throw new Error(report.reason);
      expect(report.judged).toBeGreaterThanOrEqual(14);
      expect(report.unjudged).toEqual([]);
      const count = (name: string) => report.matches.filter((match) => match.package === name).length;
      expect(
        ["apk-tools", "busybox", "ssl_client", "musl", "musl-utils", "libcrypto1.1", "libssl1.1", "zlib"].map(count),
      ).toEqual([2, 11, 11, 1, 1, 9, 9, 1]);
      expect(report.matches).toHaveLength(45);
      expect(report.matches.every(({ fixedVersion }) => fixedVersion !== undefined)).toBe(true);
    });
    it("is past its end of life", async () => {
      const snapshot = await assessed(await openAdvisories(eol!));
      const [subject] = snapshot.subjectsOf(imageEndOfLife);
      expect(snapshot.find(imageEndOfLife, subject!)).toMatchObject({
        product: "alpine",
        release: "3.11",
        endsOn: "2021-11-01",
      });
    });
  },
);
