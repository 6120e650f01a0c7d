import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { madeNdb, madeRpmHeader } from "../../test/rpm-database.ts";
import { sharedData } from "../../test/shared-data.ts";
import { imageCollectors } from "../collectors/image/index.generated.ts";
import { readImage } from "../collectors/image-reader.ts";
import { openImageSource } from "../collectors/image-sources.ts";
import { Missing, Snapshot } from "../core/snapshot.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { imagePackages } from "../facts/image/packages.ts";
import type { Package } from "../facts/package.ts";
import { elfImage } from "../formats/elf.fixture.ts";
import { type FixtureLayer, LayoutFixture } from "../formats/image-archive/archive-fixture.ts";
import { digestOf } from "../formats/image-archive/digest.ts";
import { tarOf } from "../formats/tar/tar-fixture.ts";
import { zipArchive } from "../formats/zip.fixture.ts";
import { cyclonedx } from "../reporters/sbom/cyclonedx.ts";
import { spdx } from "../reporters/sbom/spdx.ts";
import { spdxStructure } from "../reporters/sbom/spdx-structure.fixture.ts";
import { billOf } from "./sbom.ts";

/* An image and the SBOM that Plimsoll makes of it tell the same: for each ecosystem, with all that matching reads. */

const formats = Object.entries({ cyclonedx, spdx });
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-parity-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string | Uint8Array>>;

function layerOf(files: Files): FixtureLayer {
  const tar = tarOf(
    Object.entries(files).map(([name, content]) => ({ name, content, mode: /\/bin\//.test(name) ? 0o755 : 0o644 })),
  );
  const digest = digestOf(tar);
  return { tar, blob: tar, diffId: digest, digest, mediaType: "application/vnd.oci.image.layer.v1.tar" };
}

async function writeImage(name: string, ...layers: Files[]): Promise<string> {
  const fixture = new LayoutFixture();
  fixture.setIndex([fixture.addImage(layers.map(layerOf))]);
  const path = join(folder, `${name}.tar`);
  await writeFile(path, fixture.tar());
  return `archive:${path}`;
}

async function snapshotsOf(target: string): Promise<Snapshot[]> {
  const source = await openImageSource(target, { cache: false });
  try {
    const snapshots = [];
    for (const image of source.images) {
      const { observations, target: read } = await readImage(image, source, imageCollectors);
      const created = "2026-01-01T00:00:00.000Z";
      snapshots.push(new Snapshot({ tool: "test", created, targets: [read], observations }));
    }
    return snapshots;
  } finally {
    await source.close();
  }
}

/** What is missing is missing on both sides, each with its own reason. */
function kept(snapshot: Snapshot) {
  const subject = snapshot.content.targets[0]!.subject;
  const osRelease = snapshot.find(imageOsRelease, subject);
  return {
    identity: snapshot.find(imageIdentity, subject),
    osRelease: osRelease instanceof Missing ? "missing" : osRelease,
    packages: snapshot.find(imagePackages, subject),
  };
}

function packagesOf(snapshot: Snapshot): Package[] {
  const found = snapshot.find(imagePackages, snapshot.content.targets[0]!.subject);
  return imagePackages.schema.parse(found).packages;
}

async function expectParity(snapshot: Snapshot, name: string): Promise<void> {
  const bill = billOf(snapshot, snapshot.content.targets[0]!.subject);
  for (const [format, write] of formats) {
    const text = [...write(bill)].join("");
    if (format === "cyclonedx") expect(await validator.validate(text), name).toBeNull();
    else expect(spdxStructure.safeParse(JSON.parse(text)).error?.issues ?? [], name).toEqual([]);
    const path = join(folder, `${name.replaceAll("/", "-")}.${format}.json`);
    await writeFile(path, text);
    const [again] = await snapshotsOf(`sbom:${path}`);
    expect(kept(again!), `${name} ${format}`).toEqual(kept(snapshot));
  }
}

const debian = 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nNAME="Debian GNU/Linux"\n';
const installed = "Status: install ok installed\n";
const note = (text: string) => {
  const body = Buffer.concat([Buffer.from(text), Buffer.alloc((4 - (text.length % 4)) % 4)]);
  const numbers = Buffer.alloc(12);
  [4, text.length, 0xcafe1a7e].forEach((value, index) => {
    numbers.writeUInt32LE(value, index * 4);
  });
  return elfImage({
    ".note.package": Buffer.concat([numbers, Buffer.from("FDO\0"), body]),
    ".pad": Buffer.alloc(8_192),
  });
};
const jar = zipArchive({
  "META-INF/maven/org.example/shop/pom.properties": Buffer.from(
    "groupId=org.example\nartifactId=shop\nversion=1.2.3\n",
  ),
});

/** What of each ecosystem an image of Debian may hold, by the type of the package that it is to be read as. */
const ecosystems: Readonly<Record<string, Files>> = {
  deb: {
    "var/lib/dpkg/status": `Package: libssl3\n${installed}Architecture: amd64\nSource: openssl (1:3.0.11-1)\nVersion: 1:3.0.11-1+b1\nMaintainer: Debian OpenSSL Team <a@example.org>\n\nPackage: python3-own\n${installed}Architecture: all\nVersion: 2.0-1\n`,
    "var/lib/dpkg/info/python3-own.list": "/.\n/usr/lib/python3/dist-packages/own-2.0.dist-info/METADATA\n",
  },
  apk: { "lib/apk/db/installed": "P:musl-utils\nV:1.2.3-r0\nA:x86_64\no:musl\nL:MIT\n\n" },
  opkg: {
    "usr/lib/opkg/status": `Package: uci\nVersion: 2021-1\n${installed.replace("Status: install ok", "Status: install user")}Architecture: x86_64\n`,
  },
  alpm: { "var/lib/pacman/local/zlib-1.3-1/desc": "%NAME%\nzlib\n\n%VERSION%\n1:1.3-1\n\n%ARCH%\nx86_64\n" },
  npm: { "app/node_modules/@scope/a/package.json": '{"name":"@scope/a","version":"1.0.0","license":"MIT"}' },
  pypi: {
    "usr/lib/python3/dist-packages/own-2.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: own\nVersion: 2.0\n",
    "venv/lib/python3.12/site-packages/free-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: Free\nVersion: 1\n",
  },
  gem: {
    "usr/local/bundle/specifications/rake-13.0.6.gemspec": "# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n",
  },
  composer: {
    "var/www/vendor/composer/installed.json": '{"packages":[{"name":"monolog/monolog","version":"2.0.0"}]}',
  },
  maven: { "opt/app/shop-1.2.3.jar": jar },
  nuget: { "app/App.deps.json": '{"libraries":{"Newtonsoft.Json/13.0.1":{"type":"package"}}}' },
  conda: { "opt/conda/conda-meta/numpy-1-h0.json": '{"name":"numpy","version":"1","build":"h0","channel":"main"}' },
  bitnami: {
    "opt/bitnami/redis/.spdx-redis.spdx": JSON.stringify({
      packages: [
        { externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:bitnami/redis@7.4.1-2?arch=amd64" }] },
      ],
    }),
    "opt/bitnami/redis/bin/redis-server": Buffer.from("\x007.4.1buildkitsandbox-1727869890000000000\0", "latin1"),
  },
  generic: { "usr/local/bin/redis-server": Buffer.from("\x007.2.4buildkitsandbox-1727869890000000000\0", "latin1") },
  cran: {
    "usr/local/lib/R/site-library/rlang/DESCRIPTION": "Package: rlang\nVersion: 1.1.5\nLicense: MIT\nBuilt: R 4\n",
  },
  bioconductor: {
    "usr/local/lib/R/site-library/Rhdf5/DESCRIPTION":
      "Package: Rhdf5\nVersion: 2.50\nbiocViews: Infrastructure\nBuilt: R 4\n",
  },
  otp: { "app/lib/crypto-5.5.3/ebin/crypto.app": '{application,crypto,[{vsn,"5.5.3"}]}.' },
  hex: {
    "app/lib/phoenix-1.7.0/ebin/phoenix.app": '{application,phoenix,[{vsn,"1.7.0"}]}.',
    "app/deps/jason/hex_metadata.config": '{<<"name">>,<<"jason">>}.\n{<<"version">>,<<"1.4.1">>}.\n',
    "app/lib/jason-1.4.1/ebin/jason.app": '{application,jason,[{vsn,"1.4.1"}]}.',
  },
  pub: { "root/.pub-cache/hosted/pub.dev/args-2.4.2/pubspec.yaml": "name: args\nversion: 2.4.2\n" },
  julia: {
    "root/.julia/packages/JSON/93Ea8/Project.toml":
      'name = "JSON"\nuuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"\nversion = "0.21.4"\n',
  },
  ebuild: { "var/db/pkg/dev-libs/openssl-3.0.9-r2/CONTENTS": "obj /usr/bin/openssl 0 0\n" },
  cargo: {
    "usr/bin/audited": elfImage({
      ".dep-v0": deflateSync('{"packages":[{"name":"ring","version":"0.17.8","source":"crates.io","kind":"runtime"}]}'),
      ".pad": Buffer.alloc(8_192),
    }),
  },
  rpm: { "usr/bin/noted": note('{"type":"rpm","name":"noted","version":"1-2.fc40","architecture":"x86_64"}') },
};

describe("an image with packages of every ecosystem", () => {
  it("and its SBOM tell the same", async () => {
    const files = Object.entries(ecosystems);
    const target = await writeImage("all", { "etc/os-release": debian }, ...files.map(([, content]) => content));
    const [snapshot] = await snapshotsOf(target);
    const packages = packagesOf(snapshot!);
    expect([...new Set(packages.map(({ type }) => type))].sort()).toEqual(Object.keys(ecosystems).sort());
    const named = (name: string, type?: string) =>
      packages.find((one) => one.name === name && (type === undefined || one.type === type));
    expect(named("libssl3")).toMatchObject({
      version: "1:3.0.11-1+b1",
      sourceName: "openssl",
      sourceVersion: "1:3.0.11-1",
      vendor: expect.stringContaining("Debian"),
      layer: 1,
      confidence: "high",
    });
    expect(named("own")?.ownedBy).toMatch(/^pkg:deb\/debian\/python3-own@/);
    expect(named("redis", "generic")).toMatchObject({
      confidence: "low",
      foundIn: ["/usr/local/bin/redis-server"],
      properties: { cpe: expect.any(String) },
    });
    expect(named("jason")).toMatchObject({ confidence: "high", foundIn: expect.objectContaining({ length: 2 }) });
    expect(named("phoenix")).toMatchObject({ confidence: "medium" });
    expect(named("redis", "bitnami")).toMatchObject({ properties: { program: "redis" } });
    await expectParity(snapshot!, "all");
  });

  it("and its SBOM tell the same of modules and epochs of rpm", async () => {
    const header = madeRpmHeader({
      1000: "nodejs",
      1001: "18.20.2",
      1002: "1.module_el8",
      1003: [2],
      1011: "Red Hat, Inc.",
      1014: "MIT",
      1022: "x86_64",
      1044: "nodejs-18.20.2-1.module_el8.src.rpm",
      5096: "nodejs:18:8090020240416:rhel8",
    });
    const osRelease = 'ID="rhel"\nVERSION_ID="8.9"\nCPE_NAME="cpe:/o:redhat:enterprise_linux:8::baseos"\n';
    const target = await writeImage("rpm", {
      "etc/os-release": osRelease,
      "usr/lib/sysimage/rpm/Packages.db": madeNdb([header]),
    });
    const [snapshot] = await snapshotsOf(target);
    expect(packagesOf(snapshot!)).toMatchObject([
      {
        name: "nodejs",
        module: expect.stringContaining("nodejs:18"),
        purl: expect.stringContaining("epoch=2"),
        sourceName: "nodejs",
        vendor: "Red Hat, Inc.",
        licenses: ["MIT"],
      },
    ]);
    await expectParity(snapshot!, "rpm");
  });

  it("and its SBOM tell the same of what could not be read", async () => {
    const target = await writeImage("damaged", {
      "var/lib/rpm/rpmdb.sqlite": "no database",
      "opt/app/a.jar": "no archive",
      "lib/apk/db/installed": "P:a\nV:1-r0\n\n",
    });
    const [snapshot] = await snapshotsOf(target);
    expect(JSON.stringify(kept(snapshot!).packages)).toContain("rpmdb.sqlite");
    await expectParity(snapshot!, "damaged");
  });
});

const images = sharedData("images");
const archives = images
  ? (await readdir(images, { recursive: true })).filter((name) => /\.tar(\.gz)?$/.test(name)).sort()
  : [];

describe.skipIf(!images)(`SBOMs of real images${images ? "" : " (needs the shared images)"}`, () => {
  it("are valid by the schemas and give the same back", async () => {
    let compared = 0;
    for (const name of archives) {
      const snapshots = await snapshotsOf(`archive:${images}/${name}`).catch((error: unknown) => {
        expect(error, name).toMatchObject({
          code: expect.stringMatching(/UNSUPPORTED|CORRUPT_INPUT|TARGET_NOT_FOUND/),
        });
        return [];
      });
      for (const snapshot of snapshots) await expectParity(snapshot, name);
      compared += snapshots.length;
    }
    expect(compared).toBeGreaterThan(20);
  }, 120_000);
});
