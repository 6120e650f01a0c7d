import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { provenanceImages } from "./provenance.ts";

const digest = "f".repeat(64);
const images = (document: unknown) => provenanceImages(Buffer.from(JSON.stringify(document)), "attestation");
const materials = (...uris: readonly string[]) =>
  images({
    predicateType: "https://slsa.dev/provenance/v0.2",
    predicate: { materials: uris.map((uri) => ({ uri, digest: { sha256: digest } })) },
  });

describe("the images that provenance names", () => {
  it("are full references with their digests, without the builder's own", () => {
    expect(
      materials(
        "pkg:docker/busybox@latest?platform=linux%2Farm64",
        "pkg:docker/shop/base@1",
        "pkg:docker/registry.example%3A5000/a/b@2",
        "pkg:docker/docker/dockerfile@1?platform=linux%2Famd64",
        "pkg:docker/docker/buildkit-syft-scanner@stable-1",
        "git+https://example.invalid/x",
        "pkg:docker/busybox@latest?platform=linux%2Farm64",
      ).map(({ reference }) => reference),
    ).toEqual(["docker.io/library/busybox:latest", "docker.io/shop/base:1", "registry.example:5000/a/b:2"]);
    expect(materials("pkg:docker/busybox@latest")[0]?.digest).toBe(`sha256:${digest}`);
  });
  it("are read from version 1, and from a name that is a digest", () => {
    expect(
      images({
        predicateType: "https://slsa.dev/provenance/v1",
        predicate: { buildDefinition: { resolvedDependencies: [{ uri: `pkg:docker/a?digest=sha256:${digest}` }] } },
      }),
    ).toEqual([{ reference: "docker.io/library/a", digest: `sha256:${digest}` }]);
  });
  it("are none in another statement", () => {
    expect(images({ predicateType: "https://spdx.dev/Document", predicate: {} })).toEqual([]);
    expect(images([])).toEqual([]);
    expect(materials("pkg:docker/%E0%A4%A", "pkg:docker/", "")).toEqual([]);
  });
  it("of any bytes are read or refused", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            provenanceImages(bytes, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect((error as AppError).code).toBe("CORRUPT_INPUT");
          }
        },
      ),
    );
    fc.assert(fc.property(fc.webUrl(), fc.string(), (a, b) => void materials(a, `pkg:docker/${b}`)));
  });
});
