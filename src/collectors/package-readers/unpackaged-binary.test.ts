import { describe, expect, it } from "vitest";
import { programPieces } from "../../formats/binaries/programs.fixture.ts";
import type { PackageRecord } from "../../formats/package-record.ts";
import { assembleInventory } from "../package-inventory.ts";
import { definePackageReader } from "../package-reader.ts";
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
