import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { readSbom } from "./read-sbom.ts";

function read(document: unknown) {
  return readSbom(new TextEncoder().encode(typeof document === "string" ? document : JSON.stringify(document)), "sbom");
}

const layer = `sha256:${"1".repeat(64)}`;
const digest = `sha256:${"a".repeat(64)}`;

const trivyCycloneDx = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  metadata: {
    timestamp: "2024-05-01T10:00:00Z",
    tools: { components: [{ type: "application", name: "trivy", version: "0.51.1" }] },
    component: {
      type: "container",
      name: "shop:1.0",
      purl: `pkg:oci/shop@${digest.replace(":", "%3A")}?arch=arm64&repository_url=r.example%2Fshop`,
      properties: [
        { name: "aquasecurity:trivy:DiffID", value: layer },
        { name: "aquasecurity:trivy:ImageID", value: `sha256:${"b".repeat(64)}` },
        { name: "aquasecurity:trivy:RepoTag", value: "r.example/shop:1.0" },
      ],
    },
  },
  components: [
    { type: "operating-system", name: "debian", version: "12.5" },
    {
      type: "library",
      name: "libssl3",
      version: "3.0.11-1~deb12u2",
      supplier: { name: "Debian OpenSSL Team" },
      licenses: [{ license: { name: "Apache-2.0" } }, { expression: "MIT OR X" }],
      purl: "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=arm64&distro=debian-12.5&epoch=1",
      properties: [
        { name: "aquasecurity:trivy:SrcName", value: "openssl" },
        { name: "aquasecurity:trivy:SrcVersion", value: "3.0.11" },
        { name: "aquasecurity:trivy:SrcRelease", value: "1~deb12u2" },
        { name: "aquasecurity:trivy:SrcEpoch", value: "1" },
        { name: "aquasecurity:trivy:LayerDiffID", value: layer },
        { name: "aquasecurity:trivy:FilePath", value: "var/lib/dpkg/status" },
      ],
    },
    {
      type: "application",
      name: "app/go.sum",
      components: [{ type: "library", name: "x/y", version: "v1", purl: "pkg:golang/example.org/x/y@v1" }],
    },
    { type: "library", name: "mystery" },
  ],
};

describe("CycloneDX", () => {
  it("is read as Trivy writes it", () => {
    const sbom = read(trivyCycloneDx);
    expect(sbom).toMatchObject({
      format: "cyclonedx",
      title: "CycloneDX 1.5 by trivy-0.51.1",
      image: {
        name: "shop:1.0",
        references: ["r.example/shop:1.0"],
        manifestDigest: digest,
        configDigest: `sha256:${"b".repeat(64)}`,
        platform: { os: "linux", architecture: "arm64" },
        layers: [{ diffId: layer }],
      },
      distribution: { id: "debian", versionId: "12.5" },
      unread: [{ path: "mystery", reason: "the SBOM gives it no package URL that can be read" }],
    });
    expect(sbom.packages).toEqual([
      {
        name: "libssl3",
        version: "1:3.0.11-1~deb12u2",
        type: "deb",
        purl: "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=arm64&distro=debian-12.5&epoch=1",
        architecture: "arm64",
        sourceName: "openssl",
        sourceVersion: "1:3.0.11-1~deb12u2",
        vendor: "Debian OpenSSL Team",
        layer: 0,
        licenses: ["Apache-2.0", "MIT OR X"],
        foundIn: ["/var/lib/dpkg/status"],
        confidence: "high",
        properties: {},
      },
      expect.objectContaining({ name: "example.org/x/y", version: "v1", type: "golang" }),
    ]);
  });

  it.each(["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"])(
    "is read in version %s, with the tools of that time",
    (specVersion) => {
      const tools = [{ vendor: "anchore", name: "syft", version: "0.98" }];
      const component = {
        type: "library",
        name: "busybox",
        version: "1.36.1-r5",
        purl: "pkg:alpine/busybox-binsh@1.36.1-r5?upstream=busybox&distro=alpine-3.19.0",
        properties: [
          { name: "syft:location:0:path", value: "/lib/apk/db/installed" },
          { name: "syft:location:0:layerID", value: layer },
        ],
      };
      const sbom = read({ bomFormat: "CycloneDX", specVersion, metadata: { tools }, components: [component] });
      expect(sbom.title).toBe(`CycloneDX ${specVersion} by syft-0.98`);
      expect(sbom.distribution).toMatchObject({ id: "alpine", versionId: "3.19.0" });
      expect(sbom.packages).toMatchObject([
        { name: "busybox-binsh", type: "apk", sourceName: "busybox", foundIn: ["/lib/apk/db/installed"] },
      ]);
    },
  );
});

describe("SPDX", () => {
  const spdx = (packages: unknown[], more: object = {}) => ({
    spdxVersion: "SPDX-2.3",
    name: "shop",
    creationInfo: { creators: ["Organization: Anchore, Inc", "Tool: syft-1.4.1"], created: "2024-05-01T10:00:00Z" },
    packages,
    ...more,
  });
  const purl = (referenceLocator: string) => [
    { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator },
  ];

  it("is read with source, paths and distribution", () => {
    const sbom = read(
      spdx([
        {
          SPDXID: "SPDXRef-Package-rpm",
          name: "audit-libs",
          versionInfo: "2.8.5-4.el7",
          supplier: "Organization: Red Hat, Inc.",
          sourceInfo: "acquired package info from RPM DB: /var/lib/rpm/Packages",
          licenseDeclared: "LGPL-2.1-or-later",
          externalRefs: purl(
            "pkg:rpm/rhel/audit-libs@2.8.5-4.el7?arch=x86_64&upstream=audit-2.8.5-4.el7.src.rpm&distro=rhel-7.7",
          ),
        },
        {
          SPDXID: "SPDXRef-Package-binary",
          name: "redis",
          versionInfo: "7.2.4",
          sourceInfo: "acquired package info from the following paths: /usr/bin/redis",
        },
        {
          SPDXID: "SPDXRef-Package-npm",
          name: "core",
          versionInfo: "1.0",
          externalRefs: purl("pkg:npm/%40angular/core@1.0"),
        },
      ]),
    );
    expect(sbom.distribution).toMatchObject({ id: "rhel", versionId: "7.7" });
    expect(sbom.packages).toMatchObject([
      {
        name: "redis",
        version: "7.2.4",
        type: "generic",
        purl: "pkg:generic/redis@7.2.4",
        confidence: "low",
        foundIn: ["/usr/bin/redis"],
      },
      { name: "@angular/core", type: "npm" },
      {
        name: "audit-libs",
        sourceName: "audit",
        sourceVersion: "2.8.5-4.el7",
        vendor: "Red Hat, Inc.",
        licenses: ["LGPL-2.1-or-later"],
        foundIn: ["/var/lib/rpm/Packages"],
      },
    ]);
  });

  it("is read in version 2.2 just as in 2.3, with the names of that time", () => {
    const one = {
      SPDXID: "SPDXRef-a",
      name: "musl",
      versionInfo: "1.2.4-r2",
      externalRefs: [
        {
          referenceCategory: "PACKAGE_MANAGER",
          referenceType: "purl",
          referenceLocator: "pkg:apk/alpine/musl@1.2.4-r2?distro=alpine-3.19.1",
        },
      ],
    };
    const { title, ...old } = read(spdx([one], { spdxVersion: "SPDX-2.2", documentDescribes: ["SPDXRef-DOCUMENT"] }));
    const { title: newTitle, ...recent } = read(spdx([one]));
    expect([title, newTitle]).toEqual(["SPDX-2.2 by syft-1.4.1", "SPDX-2.3 by syft-1.4.1"]);
    const plain = (value: object) => JSON.parse(JSON.stringify(value).replaceAll(/SPDX-2\.\d/g, "SPDX"));
    expect(plain(old)).toEqual(plain(recent));
    expect(old.packages).toMatchObject([{ name: "musl", version: "1.2.4-r2" }]);
  });

  it("is read out of an attestation", () => {
    const document = spdx([{ SPDXID: "a", name: "x", versionInfo: "1", externalRefs: purl("pkg:pypi/x@1") }]);
    const statement = {
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType: "https://spdx.dev/Document",
      predicate: document,
    };
    const payload = Buffer.from(JSON.stringify(statement)).toString("base64");
    const expected = read(document);
    expect(read(statement)).toEqual(expected);
    expect(read({ payloadType: "application/vnd.in-toto+json", payload, signatures: [] })).toEqual(expected);
    expect(read({ ...statement, predicate: { Data: JSON.stringify(document) } })).toEqual(expected);
  });
});

describe("an SBOM in a form that is not read", () => {
  it.each([
    ["SPDX as tag-value", "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n"],
    ["SPDX as tag-value", "# made by hand\r\nSPDXVersion: SPDX-2.2\r\n"],
    ["SPDX as YAML or tag-value", "SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\n"],
    ["CycloneDX as XML", '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"/>'],
    ["SPDX as XML", '\uFEFF<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>'],
    ["XML", "<swid/>"],
    ["SPDX 3", '{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}'],
    ["SPDX-2.1", '{"spdxVersion":"SPDX-2.1"}'],
    ["CycloneDX 1.1", '{"bomFormat":"CycloneDX","specVersion":"1.1"}'],
    ["no SBOM that is known", "{}"],
  ])("is refused as %s, with what to do", (form, text) => {
    let caught: unknown;
    try {
      read(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({
      code: "UNSUPPORTED",
      message: `sbom: is ${form}`,
      hint: expect.stringMatching(/as JSON: write it so .* or convert it/),
    });
  });
});

describe("what is no SBOM", () => {
  it("is refused", () => {
    const code = (document: unknown) => {
      try {
        return read(document).format;
      } catch (error) {
        return error instanceof AppError ? error.code : error;
      }
    };
    expect(code("nothing")).toBe("CORRUPT_INPUT");
    expect(code("[1]")).toBe("CORRUPT_INPUT");
    expect(code({ a: 1 })).toBe("UNSUPPORTED");
    expect(code({ payloadType: "x", payload: "AAAA" })).toBe("CORRUPT_INPUT");
    expect(() => readSbom({ length: limits.document + 1 } as Uint8Array, "sbom")).toThrow("more than");
  });

  it("yields nothing but the two errors, whatever is in it", () => {
    const member = fc.jsonValue({ maxDepth: 3 });
    const hostile = fc.record(
      {
        name: member,
        type: member,
        purl: member,
        version: member,
        versionInfo: member,
        properties: member,
        components: member,
        externalRefs: member,
        licenses: member,
        SPDXID: member,
        annotations: member,
        hasFiles: member,
      },
      { requiredKeys: [] },
    );
    const document = fc.record(
      {
        bomFormat: fc.constantFrom("CycloneDX", "x"),
        spdxVersion: member,
        metadata: member,
        components: fc.array(hostile),
        packages: fc.array(hostile),
        relationships: member,
        creationInfo: member,
      },
      { requiredKeys: ["bomFormat"] },
    );
    fc.assert(
      fc.property(document, (value) => {
        try {
          for (const one of read(value).packages) expect(typeof one.name).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is not helped by names that objects have of themselves", () => {
    const properties = [
      { name: "plimsoll:type", value: "deb" },
      { name: "plimsoll:confidence", value: "high" },
      { name: "plimsoll:property:__proto__", value: "x" },
    ];
    const sbom = read({
      bomFormat: "CycloneDX",
      components: [{ type: "library", name: "a", version: "1", properties }],
    });
    expect(Object.getPrototypeOf(sbom.packages[0]!.properties)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});
