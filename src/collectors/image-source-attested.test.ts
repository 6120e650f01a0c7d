import { afterEach, describe, expect, it } from "vitest";
import { FakeOciRegistry, type FakeOciRegistryOptions } from "../../test/fakes/oci-registry.ts";
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
const emptyType = "application/vnd.oci.empty.v1+json";
const dsseType = "application/vnd.dsse.envelope.v1+json";
const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
const spdxPredicate = "https://spdx.dev/Document";
const cyclonedxPredicate = "https://cyclonedx.org/bom";
const purl = "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl";

const spdxDocument = {
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
};
const cyclonedxDocument = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  components: [{ type: "library", name: "libssl3", version: "3.0.11-1", purl }],
};

let registry: FakeOciRegistry | undefined;
afterEach(async () => {
  await registry?.stop();
});

/** An in-toto statement about an image. */
function statement(image: string, predicateType = spdxPredicate, predicate: object = spdxDocument): Uint8Array {
  const [algorithm = "", hex] = image.split(":");
  const subject = [{ name: "shop/cart", digest: { [algorithm]: hex } }];
  return json({ _type: "https://in-toto.io/Statement/v0.1", subject, predicateType, predicate });
}

/** DSSE around it, with a signature that nobody checks. */
function envelope(payload: Uint8Array): object {
  const signatures = [{ sig: "AAAA" }];
  return { payloadType: "application/vnd.in-toto+json", payload: Buffer.from(payload).toString("base64"), signatures };
}

/** A registry's content with one image, to which SBOMs can be attached in every way. */
class Shop {
  readonly fixture = new LayoutFixture();
  readonly image = this.fixture.addImage([layer]);
  readonly tags: Record<string, string> = {};
  readonly manifests: string[] = [this.image.digest];
  readonly inIndex: object[] = [this.image];

  /** A manifest of blobs. */
  manifest(blobs: readonly object[], more: object = {}) {
    const config = this.fixture.add(json({}), emptyType);
    const descriptor = this.fixture.add(json({ schemaVersion: 2, config, layers: blobs, ...more }), manifestType);
    this.manifests.push(descriptor.digest);
    return descriptor;
  }

  /** As BuildKit does: in the index. */
  build(content: Uint8Array): void {
    const annotations = { "in-toto.io/predicate-type": spdxPredicate };
    const blob = this.fixture.add(content, "application/vnd.in-toto+json", { annotations });
    this.inIndex.push({
      ...this.manifest([blob]),
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": this.image.digest,
      },
    });
  }

  /** A manifest that says it is about the image (OCI 1.1), as the list of what refers to it has it. */
  referrer(content: Uint8Array, mediaType: string, artifactType = mediaType, subject: object = this.image) {
    return { ...this.manifest([this.fixture.add(content, mediaType)], { artifactType, subject }), artifactType };
  }

  tag(suffix: string, digest: string): void {
    this.tags[`${this.image.digest.replace(":", "-")}${suffix}`] = digest;
  }

  async start(more: Partial<FakeOciRegistryOptions> = {}): Promise<void> {
    const top = this.fixture.addIndex(this.inIndex);
    registry = await FakeOciRegistry.start({
      files: this.fixture.files,
      tags: { ...this.tags, "1": top.digest },
      manifests: [...this.manifests, top.digest],
      ...more,
    });
  }
}

async function factsOf() {
  const source = await openImageSource(`attested:${registry!.host}/shop/cart:1`, {
    environment: { HOME: "/nonexistent" },
    cache: false,
  });
  const { observations } = await readImage(source.images[0]!, source, imageCollectors);
  await source.close();
  return (fact: { id: string }) => observations.find((one) => one.fact === fact.id);
}

type Attach = (shop: Shop) => Partial<FakeOciRegistryOptions> | undefined;

/** How SBOMs are attached, with what the source says of where it was found. */
const ways: readonly (readonly [how: string, found: RegExp, attach: Attach])[] = [
  ["BuildKit, in the index", /found in its index\)/, (shop) => void shop.build(statement(shop.image.digest))],
  [
    "cosign attest, tag .att",
    /found by tag sha256-[0-9a-f]{64}\.att\)/,
    (shop) => {
      const annotations = { predicateType: spdxPredicate };
      const blob = shop.fixture.add(json(envelope(statement(shop.image.digest))), dsseType, { annotations });
      shop.tag(".att", shop.manifest([blob]).digest);
      return undefined;
    },
  ],
  [
    "cosign attest, a predicate in Data",
    /found by tag/,
    (shop) => {
      const content = statement(shop.image.digest, spdxPredicate, { Data: JSON.stringify(spdxDocument) });
      shop.tag(".att", shop.manifest([shop.fixture.add(json(envelope(content)), dsseType)]).digest);
      return undefined;
    },
  ],
  [
    "cosign attach, tag .sbom",
    /found by tag sha256-[0-9a-f]{64}\.sbom, which does not name the image itself\)/,
    (shop) => {
      shop.tag(".sbom", shop.manifest([shop.fixture.add(json(spdxDocument), "text/spdx+json")]).digest);
      return undefined;
    },
  ],
  [
    "oras attach, referrers API",
    /CycloneDX 1\.5.*found by the referrers API, which does not name the image itself\)/,
    (shop) => ({
      referrers: {
        [shop.image.digest]: [[shop.referrer(json(cyclonedxDocument), "application/vnd.cyclonedx+json")]],
      },
    }),
  ],
  [
    "a statement on the second page of the referrers API",
    /cyclonedx\.org\/bom, found by the referrers API\)/,
    (shop) => {
      const content = json(envelope(statement(shop.image.digest, cyclonedxPredicate, cyclonedxDocument)));
      const signature = shop.referrer(json({}), "application/vnd.dev.cosign.artifact.sig.v1+json");
      return { referrers: { [shop.image.digest]: [[signature], [shop.referrer(content, dsseType)]] } };
    },
  ],
  [
    "a Sigstore bundle under the fallback tag, listed with the wrong type",
    /spdx\.dev\/Document, found by tag sha256-[0-9a-f]{64}\)/,
    (shop) => {
      const content = json({ mediaType: bundleType, dsseEnvelope: envelope(statement(shop.image.digest)) });
      const referrer = { ...shop.referrer(content, bundleType), artifactType: emptyType };
      const index = shop.fixture.addIndex([referrer]);
      shop.manifests.push(index.digest);
      shop.tag("", index.digest);
      return undefined;
    },
  ],
];

describe("an image by the SBOM that is attached to it", () => {
  it.each(ways)("has its packages without a layer being fetched (%s)", async (_how, found, attach) => {
    const shop = new Shop();
    await shop.start(attach(shop));
    const of = await factsOf();
    expect(of(imagePackages)).toMatchObject({
      source: expect.stringContaining("unverified: its signature was not checked"),
      value: {
        packages: [{ name: "libssl3", sourceName: "openssl", purl }],
        unread: [{ path: "attached SBOM", reason: expect.stringMatching(/^unverified: .* was not checked/) }],
      },
    });
    expect(of(imagePackages)?.source).toMatch(found);
    expect(of(imageOsRelease)).toMatchObject({ value: { id: "debian", versionId: "12" } });
    expect(of(imageConfiguration)).toMatchObject({ value: { user: "app" } });
    expect(of(imageIdentity)).toMatchObject({ value: { layers: [{ diffId: layer.diffId }] } });
    expect(of(imagePrivilegedFiles)).toMatchObject({ unavailable: "an SBOM does not tell it" });
    expect(registry!.blobs).not.toContain(layer.digest);
  });

  it("is not judged where none is attached", async () => {
    await new Shop().start();
    await expect(factsOf()).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
      hint: expect.stringContaining("registry:"),
    });
  });

  it("is not judged by a statement about another image, or about nothing", async () => {
    for (const subject of [`sha256:${"e".repeat(64)}`, "sha512:x"]) {
      const shop = new Shop();
      shop.build(statement(subject));
      await shop.start();
      await expect(factsOf()).rejects.toMatchObject({
        code: "CORRUPT_INPUT",
        message: expect.stringContaining(`about ${subject}, not about ${shop.image.digest}`),
      });
      await registry!.stop();
    }
  });

  it("is judged by the next statement, and says what the first could not be used for", async () => {
    const shop = new Shop();
    shop.build(statement(`sha256:${"e".repeat(64)}`));
    shop.tag(".sbom", shop.manifest([shop.fixture.add(json(spdxDocument), "text/spdx+json")]).digest);
    await shop.start();
    expect((await factsOf())(imagePackages)).toMatchObject({
      value: {
        packages: [{ name: "libssl3" }],
        unread: [
          { path: "attached SBOM" },
          { path: expect.stringMatching(/^sha256:/), reason: expect.stringContaining("not about") },
        ],
      },
    });
  });

  it("is not judged by what a list calls a referrer and which is about another image", async () => {
    const shop = new Shop();
    const other = { ...shop.image, digest: `sha256:${"e".repeat(64)}` };
    const foreign = shop.referrer(json(spdxDocument), "application/spdx+json", "application/spdx+json", other);
    await shop.start({ referrers: { [shop.image.digest]: [[foreign]] } });
    await expect(factsOf()).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });

  it("tells what to do about an SBOM in a form that cannot be read", async () => {
    const shop = new Shop();
    const text = Buffer.from("SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n");
    shop.tag(".sbom", shop.manifest([shop.fixture.add(text, "text/spdx")]).digest);
    await shop.start();
    await expect(factsOf()).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("SPDX as tag-value"),
      hint: expect.stringContaining("JSON"),
    });
  });

  it("believes no blob or manifest that is not what its digest says", async () => {
    const shop = new Shop();
    const referrer = shop.referrer(json(spdxDocument), "application/spdx+json");
    await shop.start({
      referrers: { [shop.image.digest]: [[referrer]] },
      forge: (digest, bytes) => (digest === referrer.digest ? Buffer.concat([bytes, Buffer.from(" ")]) : bytes),
    });
    await expect(factsOf()).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });

  it("stops at a list of referrers that has no end", async () => {
    const shop = new Shop();
    const signature = shop.referrer(json({}), "application/x.signature");
    await shop.start({ referrers: { [shop.image.digest]: Array.from({ length: 100 }, () => [signature]) } });
    await expect(factsOf()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});
