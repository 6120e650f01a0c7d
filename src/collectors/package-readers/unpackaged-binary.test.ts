import { describe, expect, it } from "vitest";
import { programPieces } from "../../formats/binaries/programs.fixture.ts";
import type { PackageRecord } from "../../formats/package-record.ts";
import { assembleInventory } from "../package-inventory.ts";
import { definePackageReader } from "../package-reader.ts";
import bitnami from "./bitnami.ts";
import conda from "./conda.ts";
import unpackagedBinary from "./unpackaged-binary.ts";

const database = definePackageReader({
  id: "database",
  version: 1,
  role: "database",
  paths: [],
  wants: () => false,
  read: () => ({}),
});

const elf = "\x7fELF\x02\x01\x01\0\0\0";

function found(path: string, text: string) {
  return { path, evidence: unpackagedBinary.read(path, Buffer.from(text, "latin1")) };
}

function inventory(files: readonly ReturnType<typeof found>[], packages: readonly PackageRecord[] = []) {
  const status = { path: "var/lib/dpkg/status", evidence: { packages } };
  return assembleInventory({
    findings: [
      { reader: database, found: packages.length === 0 ? [] : [status] },
      { reader: unpackagedBinary, found: files },
    ],
    unread: [],
    distribution: { id: "debian", versionId: "12" },
  });
}

const redis = found("usr/local/bin/redis-server", "\x007.4.1buildkitsandbox-1727869890000000000\0");

describe("unpackaged programs in an inventory", () => {
  it("wants every program that has a rule, and the places on a host", () => {
    for (const [path] of programPieces) expect(unpackagedBinary.wants(path, 5000, 0o755), path).toBe(true);
    for (const path of unpackagedBinary.paths)
      expect(unpackagedBinary.wants(path.replaceAll("*", "x"), 5000, 0o755), path).toBe(true);
  });

  it("are told with low or medium confidence and a generic package URL", () => {
    const [one] = inventory([redis]).packages;
    expect(one).toMatchObject({
      name: "redis",
      version: "7.4.1",
      purl: "pkg:generic/redis@7.4.1",
      confidence: "low",
      foundIn: ["/usr/local/bin/redis-server"],
    });
    expect(one?.ownedBy).toBeUndefined();
  });

  it("are one package where several of its files lie in the image", () => {
    const text = "\x003.12.4\0Python %s\n\0";
    const { packages } = inventory([
      found("usr/local/bin/python3.12", text),
      found("usr/local/lib/libpython3.12.so.1.0", text),
    ]);
    expect(packages.map(({ foundIn }) => foundIn)).toEqual([
      ["/usr/local/bin/python3.12", "/usr/local/lib/libpython3.12.so.1.0"],
    ]);
  });

  it("are left out where a package of the distribution owns the file, whichever name of a merged folder it lists", () => {
    const owner = { name: "bash", version: "5.2-1", type: "deb", licenses: [], ownedPaths: ["bin/bash"] };
    const bash = found("usr/bin/bash", "\0@(#)Bash version 5.2.21(1) release GNU\0");
    expect(inventory([bash], [owner]).packages.map(({ type }) => type)).toEqual(["deb"]);
    const other = { ...owner, ownedPaths: ["usr/bin/cat"] };
    expect(inventory([bash], [other]).packages.map(({ type }) => type)).toEqual(["deb", "generic"]);
  });

  it("without a version are told as unread, unless a package owns them", () => {
    const nginx = found("usr/sbin/nginx", `${elf}stripped`);
    const owner = { name: "nginx", version: "1-1", type: "deb", licenses: [], ownedPaths: ["usr/sbin/nginx"] };
    expect(inventory([nginx]).unread).toEqual([
      {
        path: "/usr/sbin/nginx",
        reason: "unpackaged-binary: is named like nginx, but its bytes do not tell which version it is",
      },
    ]);
    expect(inventory([nginx], [owner]).unread).toEqual([]);
  });

  it("are told by the more exact of two versions of one Java", () => {
    const { packages } = inventory([
      found("opt/jdk8/release", 'JAVA_VERSION="1.8.0_392"\n'),
      found("opt/jdk8/bin/java", "\0openjdk\0java\x001.8\x001.8.0_392-b08\0"),
      found("opt/jdk21/release", 'JAVA_RUNTIME_VERSION="21.0.3+9-LTS"\n'),
    ]);
    expect(packages.map(({ version }) => version)).toEqual(["1.8.0_392-b08", "21.0.3"]);
  });
});

describe("programs that Bitnami or conda installed", () => {
  const spdx = (name: string, version: string, path = `opt/bitnami/${name}/.spdx-${name}.spdx`) => ({
    path,
    evidence: bitnami.read(
      path,
      Buffer.from(
        JSON.stringify({
          packages: [
            {
              versionInfo: version,
              externalRefs: [
                {
                  referenceType: "purl",
                  referenceLocator: `pkg:bitnami/${name}@${version}?arch=amd64&distro=debian-12`,
                },
              ],
            },
          ],
        }),
      ),
    ),
  });
  const environment = (name: string, version: string, prefix = "opt/conda/") => {
    const path = `${prefix}conda-meta/${name}-${version}-h0_1.json`;
    const record = { name, version, build: "h0_1", channel: "conda-forge", subdir: "linux-64" };
    return { path, evidence: conda.read(path, Buffer.from(JSON.stringify(record))) };
  };
  const node = (path: string, version = "18.16.0") => found(path, `\0node.js/v${version}\0`);
  const told = (
    files: readonly ReturnType<typeof found>[],
    described: { bitnami?: readonly ReturnType<typeof spdx>[]; conda?: readonly ReturnType<typeof environment>[] },
  ) =>
    assembleInventory({
      findings: [
        { reader: bitnami, found: described.bitnami ?? [] },
        { reader: conda, found: described.conda ?? [] },
        { reader: unpackagedBinary, found: files },
      ],
      unread: [],
      distribution: undefined,
    }).packages;
  const purls = (packages: ReturnType<typeof told>) => packages.map(({ purl }) => purl);

  it("are told once, with the names that advisories know them by", () => {
    expect(told([node("opt/bitnami/node/bin/node")], { bitnami: [spdx("node", "18.16.0-3")] })).toMatchObject([
      {
        name: "node",
        type: "bitnami",
        version: "18.16.0-3",
        properties: { program: "node", cpe: "cpe:2.3:a:nodejs:node.js:18.16.0:*:*:*:*:*:*:*" },
      },
    ]);
    const python = found("opt/conda/bin/python3.12", "\x003.12.4\0Python %s\n\0");
    const java = found("opt/conda/lib/jvm/bin/java", "\x0017.0.9+9-LTS\0openjdk\0java\0");
    const packages = told([python, node("opt/conda/bin/node"), java], {
      conda: [environment("python", "3.12.4"), environment("nodejs", "18.16.0"), environment("openjdk", "17.0.9")],
    });
    expect(packages.map(({ name, type }) => `${type} ${name}`)).toEqual([
      "conda nodejs",
      "conda openjdk",
      "conda python",
    ]);
    expect(packages.map(({ properties }) => properties?.["program"])).toEqual(["node", "java", "python"]);
  });

  it("are told twice where the bytes are of another version, or lie elsewhere", () => {
    const described = { bitnami: [spdx("node", "18.16.0-3")] };
    expect(purls(told([node("opt/bitnami/node/bin/node", "18.20.4")], described))).toEqual([
      expect.stringMatching(/^pkg:bitnami\/node@18\.16\.0-3/),
      "pkg:generic/node@18.20.4",
    ]);
    expect(purls(told([node("usr/local/bin/node")], described))).toContain("pkg:generic/node@18.16.0");
    const other = { conda: [environment("nodejs", "18.16.0", "home/a/env/")] };
    expect(purls(told([node("home/b/env/bin/node")], other))).toContain("pkg:generic/node@18.16.0");
    const early = found("opt/conda/bin/python3.13", "\x003.13.0rc1\0Python %s\n\0");
    expect(purls(told([early], { conda: [environment("python", "3.13.0")] }))).toContain(
      "pkg:generic/python@3.13.0rc1",
    );
  });

  it("are not confused with packages of languages that have a program's name", () => {
    const wheel = definePackageReader({
      id: "language",
      version: 1,
      role: "metadata",
      paths: [],
      wants: () => false,
      read: () => ({ packages: [{ name: "redis", version: "7.4.1", type: "pypi" }] }),
    });
    const path = "usr/local/lib/redis-7.4.1.dist-info/METADATA";
    const { packages } = assembleInventory({
      findings: [
        { reader: wheel, found: [{ path, evidence: wheel.read(path, new Uint8Array()) }] },
        { reader: unpackagedBinary, found: [redis] },
      ],
      unread: [],
      distribution: undefined,
    });
    expect(packages.map(({ type }) => type)).toEqual(["generic", "pypi"]);
  });
});
