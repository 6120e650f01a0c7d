import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { advisoriesOf } from "../advisories/matching/distribution.ts";
import { openAdvisories } from "../advisories/open.ts";
import imageVulnerabilities from "../analysis/image/vulnerabilities.ts";
import { imageCollectors } from "../collectors/image/index.generated.ts";
import { readImage } from "../collectors/image-reader.ts";
import type { ImageSource } from "../collectors/image-source.ts";
import { openImageSource } from "../collectors/image-sources.ts";
import { derive } from "../core/derivation.ts";
import { Snapshot } from "../core/snapshot.ts";
import { imageConfiguration } from "../facts/image/configuration.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { imagePackages } from "../facts/image/packages.ts";
import { imageVulnerabilities as vulnerabilityFact } from "../facts/image/vulnerabilities.ts";
import { cyclonedx } from "../reporters/sbom/cyclonedx.ts";
import { spdx } from "../reporters/sbom/spdx.ts";
import { billOf } from "./sbom.ts";

const created = "2026-01-01T00:00:00.000Z";
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-sbom-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function snapshotsOf(source: ImageSource): Promise<Snapshot[]> {
  try {
    const snapshots = [];
    for (const image of source.images) {
      const { observations, target } = await readImage(image, source, imageCollectors);
      snapshots.push(new Snapshot({ tool: "test", created, targets: [target], observations }));
    }
    return snapshots;
  } finally {
    await source.close();
  }
}

/** What an SBOM has to keep: everything that matching, judging and reporting read of packages. */
function kept(snapshot: Snapshot) {
  const subject = snapshot.content.targets[0]!.subject;
  return {
    subject,
    identity: snapshot.find(imageIdentity, subject),
    osRelease: plain(snapshot.find(imageOsRelease, subject)),
    packages: snapshot.find(imagePackages, subject),
  };
}

function plain(value: unknown): unknown {
  return value !== null && typeof value === "object" && "remedy" in value ? "missing" : value;
}

async function reread(text: string, name: string): Promise<Snapshot> {
  const path = join(folder, name);
  await writeFile(path, text);
  return (await snapshotsOf(await openImageSource(path, { cache: false })))[0]!;
}

const imageFolder = sharedData("images");
const archives = imageFolder
  ? (await readdir(imageFolder, { recursive: true })).filter(
      (name) => /\.tar(\.gz)?$/.test(name) && !/layer-cases/.test(name),
    )
  : [];

describe.skipIf(!imageFolder)(`an image's own SBOM${imageFolder ? "" : " (needs the shared images)"}`, () => {
  it.each(archives.length > 0 ? archives.sort() : ["none"])(
    "gives the same packages as the image: %s",
    async (name) => {
      const snapshots = await openImageSource(`archive:${imageFolder}/${name}`, { cache: false })
        .then(snapshotsOf)
        .catch((error: unknown) => error);
      // Some of these archives were made smaller by hand, so that their digests are wrong, or hold no image at all.
      if (!Array.isArray(snapshots)) {
        expect(snapshots).toMatchObject({ code: expect.stringMatching(/UNSUPPORTED|CORRUPT_INPUT/) });
        return;
      }
      let compared = 0;
      for (const snapshot of snapshots as Snapshot[]) {
        const subject = snapshot.content.targets[0]!.subject;
        const bill = billOf(snapshot, subject);
        for (const [format, write] of Object.entries({ cyclonedx, spdx })) {
          const again = await reread([...write(bill)].join(""), `${name.replaceAll("/", "-")}.${format}.json`);
          expect(kept(again)).toEqual(kept(snapshot));
          compared += 1;
        }
      }
      expect(compared).toBeGreaterThan(0);
    },
  );

  const secdb = sharedData("advisories/alpine_secdb.tar.xz");
  it.skipIf(!secdb)(
    "gives the same vulnerabilities",
    async () => {
      const advisories = await openAdvisories(secdb!);
      const judged = async (snapshot: Snapshot) => {
        const derived = await derive([imageVulnerabilities], snapshot, { advisories });
        return derived.find(vulnerabilityFact, snapshot.content.targets[0]!.subject);
      };
      const archive = await openImageSource(`${imageFolder}/alpine-3.11.5.docker.tar.gz`, { cache: false });
      const [snapshot] = await snapshotsOf(archive);
      const bill = billOf(snapshot!, snapshot!.content.targets[0]!.subject);
      const expected = await judged(snapshot!);
      expect(JSON.stringify(expected)).toContain("CVE-2020-28928");
      for (const [format, write] of Object.entries({ cyclonedx, spdx }))
        expect(await judged(await reread([...write(bill)].join(""), `judged.${format}.json`))).toEqual(expected);
    },
    60_000,
  );
});

describe("what an SBOM does not tell", () => {
  it("is unavailable", async () => {
    const text = JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.5", components: [] });
    const snapshot = await reread(text, "empty.json");
    const subject = snapshot.content.targets[0]!.subject;
    expect(subject).toMatch(/^image\/sbom:sha256:/);
    expect(snapshot.observation(imageConfiguration, subject)).toMatchObject({
      unavailable: "an SBOM does not tell it",
    });
    expect(snapshot.observation(imageOsRelease, subject)).toMatchObject({
      unavailable: "the SBOM names no distribution",
    });
  });
});

const sboms = sharedData("sboms");
describe.skipIf(!sboms)(`SBOMs of other tools${sboms ? "" : " (needs the shared SBOMs)"}`, () => {
  it("are all read, and the two about one image agree on its distribution and the distribution's packages", async () => {
    const images = (await readdir(sboms!)).sort();
    let compared = 0;
    for (const image of images) {
      const both = await Promise.all(
        ["trivy", "syft"].map(async (tool) => {
          const [snapshot] = await snapshotsOf(
            await openImageSource(`sbom:${sboms}/${image}/${tool}.spdx.json`, { cache: false }),
          );
          return kept(snapshot!);
        }),
      );
      const [trivy, syft] = both.map(({ packages }) => distributionPackages(packages));
      expect({ image, packages: trivy }).toEqual({ image, packages: syft });
      const [first, second] = both.map(({ osRelease }) => ecosystem(osRelease));
      expect({ image, ecosystem: first }).toEqual({ image, ecosystem: second });
      compared += trivy!.length;
    }
    expect(images).toHaveLength(30);
    expect(compared).toBeGreaterThan(400);
  });
});

function ecosystem(osRelease: unknown): string | undefined {
  const parsed = imageOsRelease.schema.safeParse(osRelease);
  return parsed.success ? advisoriesOf(parsed.data)?.ecosystem : undefined;
}

function distributionPackages(inventory: unknown): string[] {
  const { packages } = imagePackages.schema.parse(inventory);
  const own = packages.filter(({ type, name }) => ["apk", "deb", "rpm"].includes(type) && !name.startsWith("."));
  return own.map(({ type, name, version }) => `${type} ${name} ${version}`).sort();
}
