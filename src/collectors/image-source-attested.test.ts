import { afterEach, describe, expect, it } from "vitest";
import { FakeOciRegistry } from "../../test/fakes/oci-registry.ts";
import { imageConfiguration } from "../facts/image/configuration.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { imagePackages } from "../facts/image/packages.ts";
import { imagePrivilegedFiles } from "../facts/image/privileged-files.ts";
import { fixtureLayer, json, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { imageCollectors } from "./image/index.generated.ts";
import { readImage } from "./image-reader.ts";
import { openImageSource } from "./image-sources.ts";

const layer = fixtureLayer({ "etc/motd": "hello" });
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const spdxPredicate = "https://spdx.dev/Document";
const purl = "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl";
const statement = json({
  _type: "https://in-toto.io/Statement/v0.1",
  predicateType: spdxPredicate,
  predicate: {
    spdxVersion: "SPDX-2.3",
    creationInfo: { creators: ["Tool: syft-1.0"] },
    packages: [
      {
        SPDXID: "a",
        name: "libssl3",
        versionInfo: "3.0.11-1",
        externalRefs: [{ referenceType: "purl", referenceLocator: purl }],
      },
    ],
  },
});

let registry: FakeOciRegistry | undefined;
afterEach(async () => {
  await registry?.stop();
});

/** The image with its statement where BuildKit puts it, where cosign does, or without one. */
async function start(how: "buildkit" | "cosign" | "none"): Promise<void> {
  const fixture = new LayoutFixture();
  const image = fixture.addImage([layer]);
  const config = fixture.add(json({}), "application/vnd.oci.image.config.v1+json");
  const envelope = json({
    payloadType: "application/vnd.in-toto+json",
    payload: Buffer.from(statement).toString("base64"),
  });
  const blob =
    how === "buildkit"
      ? fixture.add(statement, "application/vnd.in-toto+json", {
          annotations: { "in-toto.io/predicate-type": spdxPredicate },
        })
      : fixture.add(envelope, "application/vnd.dsse.envelope.v1+json", {
          annotations: { predicateType: spdxPredicate },
        });
  const attestation = fixture.add(json({ schemaVersion: 2, config, layers: [blob] }), manifestType, {
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": image.digest },
  });
  const top = fixture.addIndex(how === "buildkit" ? [image, attestation] : [image]);
  registry = await FakeOciRegistry.start({
    files: fixture.files,
    tags: {
      "1": top.digest,
      ...(how === "cosign" ? { [`${image.digest.replace(":", "-")}.att`]: attestation.digest } : {}),
    },
    manifests: [image.digest, attestation.digest, top.digest],
  });
}

describe("an image by the SBOM that is attached to it", () => {
  it.each(["buildkit", "cosign"] as const)("has its packages without a layer being fetched (%s)", async (how) => {
    await start(how);
    const source = await openImageSource(`attested:${registry!.host}/shop/cart:1`, {
      environment: { HOME: "/nonexistent" },
      cache: false,
    });
    const { observations } = await readImage(source.images[0]!, source, imageCollectors);
    await source.close();
    const of = (fact: { id: string }) => observations.find((one) => one.fact === fact.id);
    expect(of(imagePackages)).toMatchObject({
      source: expect.stringContaining("its signature not verified"),
      value: { packages: [{ name: "libssl3", sourceName: "openssl", purl }] },
    });
    expect(of(imageOsRelease)).toMatchObject({ value: { id: "debian", versionId: "12" } });
    expect(of(imageConfiguration)).toMatchObject({ value: { user: "app" } });
    expect(of(imageIdentity)).toMatchObject({ value: { layers: [{ diffId: layer.diffId }] } });
    expect(of(imagePrivilegedFiles)).toMatchObject({ unavailable: "an SBOM does not tell it" });
    expect(registry!.blobs).not.toContain(layer.digest);
  });

  it("is not judged where none is attached", async () => {
    await start("none");
    await expect(
      openImageSource(`attested:${registry!.host}/shop/cart:1`, {
        environment: { HOME: "/nonexistent" },
        cache: false,
      }),
    ).rejects.toMatchObject({ code: "TARGET_NOT_FOUND", hint: expect.stringContaining("registry:") });
  });
});
