import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { openArchiveImage } from "../image-source-archive.ts";
import collector from "./base.ts";
import { foundBy, imageOf } from "./image.fixture.ts";

const label = { "org.opencontainers.image.base.name": "debian:12", "org.opencontainers.image.base.digest": "sha256:a" };
const busybox = { reference: "docker.io/library/busybox:latest", digest: "sha256:b" };
const alpine = { reference: "docker.io/library/alpine:3.20" };

describe("the base of an image", () => {
  it("is what its label says, before what its provenance says", async () => {
    const image = { ...(await imageOf([{ a: "x" }, { b: "y" }], { Labels: label })), builtFrom: [busybox] };
    expect(await foundBy(collector, image)).toMatchObject({
      reference: "debian:12",
      digest: "sha256:a",
      shownBy: "label",
    });
  });
  it("is what its manifest's annotation says, before a label, which may be handed down from the base", async () => {
    const annotations = {
      "org.opencontainers.image.base.name": "example/base:2",
      "org.opencontainers.image.base.digest": "sha256:e",
    };
    const image = { ...(await imageOf([{ a: "x" }, { b: "y" }], { Labels: label })), annotations };
    expect(await foundBy(collector, image)).toMatchObject({
      reference: "example/base:2",
      digest: "sha256:e",
      shownBy: "annotation",
    });
  });
  it.each([
    ["FROM example/base:2", { reference: "example/base:2", shownBy: "history" }],
    ["FROM 2b1099a05436", { reference: undefined }],
    ["FROM scratch", { reference: undefined }],
    ["imported from tarball", { reference: undefined }],
  ])("is what buildah noted at its first step: %s", async (comment, expected) => {
    const history = [{ created_by: "ADD file:1 in /" }, { created_by: "RUN make", comment }];
    expect(await foundBy(collector, await imageOf([{ a: "x" }, { b: "y" }], {}, history))).toMatchObject(expected);
  });
  it("is the one image that its provenance names", async () => {
    const image = { ...(await imageOf([{ a: "x" }])), builtFrom: [busybox] };
    expect(await foundBy(collector, image)).toMatchObject({ ...busybox, shownBy: "provenance", scratch: false });
  });
  it("is not guessed among several", async () => {
    const image = { ...(await imageOf([{ a: "x" }])), builtFrom: [busybox, alpine] };
    const found = await foundBy(collector, image);
    expect(found).toMatchObject({ reference: undefined, unknownBecause: expect.stringContaining("2 images") });
  });
  const archive = sharedData("images/containerd-archives/busybox-single-arch-with-attestation-manifest.tar");
  it.skipIf(!archive)(`is read from an archive of containerd${archive ? "" : " (shared data absent)"}`, async () => {
    const source = await openArchiveImage(archive!);
    try {
      expect(await foundBy(collector, source.images[0]!)).toMatchObject({
        reference: "docker.io/library/busybox:latest",
        digest: "sha256:f85340bf132ae937d2c2a763b8335c9bab35d6e8293f70f606b9c6178d84f42b",
        shownBy: "provenance",
      });
    } finally {
      await source.close();
    }
  });
});
