import { afterEach, describe, expect, it } from "vitest";
import { FakeOciRegistry } from "../../test/fakes/oci-registry.ts";
import { fixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import type { ImageSource } from "./image-source.ts";
import { openImageSource } from "./image-sources.ts";

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** An image with an attestation beside it as BuildKit stores it (attestation-storage.md). */
function imageWith(statement: Uint8Array) {
  const fixture = new LayoutFixture();
  const image = fixture.addImage([fixtureLayer({ a: "x" })]);
  const config = fixture.add(json({}), "application/vnd.oci.image.config.v1+json");
  const layer = fixture.add(statement, "application/vnd.in-toto+json");
  const attestation = fixture.add(
    json({ schemaVersion: 2, config, layers: [layer] }),
    "application/vnd.oci.image.manifest.v1+json",
    {
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": image.digest,
      },
    },
  );
  const top = fixture.addIndex([image, attestation]);
  return { fixture, top, manifests: [image, attestation, top].map(({ digest }) => digest) };
}

const material = { uri: "pkg:docker/alpine@3.20?platform=linux%2Famd64", digest: { sha256: "a".repeat(64) } };
const provenance = (predicateType: string, predicate: object) => json({ predicateType, predicate });

describe("provenance beside an image in a registry", () => {
  let registry: FakeOciRegistry | undefined;
  let source: ImageSource | undefined;
  afterEach(async () => {
    await source?.close();
    await registry?.stop();
    source = registry = undefined;
  });

  const builtFrom = async (statement: Uint8Array) => {
    const { fixture, top, manifests } = imageWith(statement);
    registry = await FakeOciRegistry.start({ files: fixture.files, tags: { "1": top.digest }, manifests });
    source = await openImageSource(`${registry.host}/shop/cart:1`, { environment: {}, cache: false });
    return source.images.map((image) => image.builtFrom);
  };

  it.each([
    ["SLSA 0.2", provenance("https://slsa.dev/provenance/v0.2", { materials: [material] })],
    ["SLSA 1", provenance("https://slsa.dev/provenance/v1", { buildDefinition: { resolvedDependencies: [material] } })],
  ])("names what it was built from: %s", async (_, statement) => {
    expect(await builtFrom(statement)).toEqual([
      [{ reference: "docker.io/library/alpine:3.20", digest: `sha256:${"a".repeat(64)}` }],
    ]);
  });

  it.each([
    ["damaged", new TextEncoder().encode("{")],
    ["of another kind", provenance("https://spdx.dev/Document", { materials: [material] })],
  ])("says nothing where it is %s", async (_, statement) => {
    expect(await builtFrom(statement)).toEqual([undefined]);
  });
});
