import fc from "fast-check";
import { imageIdentity } from "../../facts/image/identity.ts";
import { Package } from "../../facts/package.ts";
import type { BillOfMaterials } from "./bill-of-materials.ts";

const digest = `sha256:${"a".repeat(64)}`;
const text = fc.string({ maxLength: 12 });
const optional = fc.option(
  text.filter((value) => value !== ""),
  { nil: undefined },
);

/** Packages with names, versions and properties that no ecosystem would allow: an SBOM must carry what was found. */
export const onePackage = fc.record({
  name: text.filter((value) => value !== ""),
  version: text,
  type: fc.constantFrom("deb", "npm", "generic"),
  purl: fc.constantFrom("pkg:deb/debian/a@1?arch=amd64", "pkg:npm/%40a/b@1.0", "pkg:generic/x"),
  architecture: optional,
  sourceName: optional,
  vendor: optional,
  licenses: fc.array(fc.constantFrom("MIT", "GPL-2.0-only", "a b, c"), { maxLength: 3 }),
  foundIn: fc.array(text, { maxLength: 12 }),
  layer: fc.option(fc.nat(), { nil: undefined }),
  fileCount: fc.option(fc.nat(), { nil: undefined }),
  ownedBy: optional,
  confidence: fc.constantFrom("high" as const, "medium" as const, "low" as const),
  properties: fc.dictionary(fc.stringMatching(/^[a-z0-9:-]+$/), text, { maxKeys: 3, noNullPrototype: true }),
});

/** What a format is written as, in one piece. */
export function textOf(write: (bill: BillOfMaterials) => Iterable<string>, bill: BillOfMaterials): string {
  return [...write(bill)].join("");
}

/** A bill of materials of made packages. */
export function billOf(packages: readonly unknown[]): BillOfMaterials {
  const identity = imageIdentity.schema.parse({
    name: "shop:1.0",
    references: ["r.example/shop:1.0"],
    format: "registry",
    manifestDigest: digest,
    configDigest: digest.replaceAll("a", "b").replace("shb256", "sha256"),
    platform: { os: "linux", architecture: "arm", variant: "v7" },
    created: "2026-01-01T00:00:00.000Z",
    size: 10,
    layers: [{ diffId: digest, size: 10, createdBy: "COPY . /\n" }],
  });
  return {
    name: identity.name,
    digest,
    identity,
    inventory: {
      packages: packages.map((one) => Package.parse(one)),
      unread: [{ path: "/a.jar", layer: 0, reason: "java: is cut off" }],
      databases: ["dpkg /var/lib/dpkg/status"],
    },
    osRelease: {
      id: "debian",
      idLike: ["a", "b"],
      versionId: "12",
      name: "Debian",
      supportEnd: "2028-06-30",
      path: "/etc/os-release",
    },
    created: "2026-01-02T03:04:05.678Z",
    version: "0.1.0",
  };
}

/** One package of Debian. */
export const sample = {
  name: "libssl3",
  version: "3.0.11-1",
  type: "deb",
  purl: "pkg:deb/debian/libssl3@3.0.11-1",
  licenses: ["Apache-2.0"],
  foundIn: ["/var/lib/dpkg/status"],
  vendor: "Debian",
};
