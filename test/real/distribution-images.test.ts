import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageCollectors } from "../../src/collectors/image/index.generated.ts";
import { readImage } from "../../src/collectors/image-reader.ts";
import { openImageSource } from "../../src/collectors/image-sources.ts";
import { digestOfFile, writeOciLayout } from "../oci-layout.ts";
import { sharedData } from "../shared-data.ts";

/* Images of whole distributions, made by the distributions' own programs, and one with planted faults on top. */

const program = fileURLToPath(new URL("../../bin/plimsoll", import.meta.url));
const needed = ["mmdebstrap", "dpkg-query", "tar", "apt-get"];
const missing = needed.filter((name) => spawnSync("which", [name]).status !== 0);
const isReady = process.getuid?.() === 0 && missing.length === 0;
const needs = isReady ? "" : ` (needs root and ${missing.join(", ") || "nothing else"})`;
const folder = isReady ? mkdtempSync(join(tmpdir(), "distribution-images-")) : "";

/** The mirror that this machine's apt uses, so that no other network is needed. */
function debianMirror(): string {
  const texts = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"].filter((path) => existsSync(path));
  const found = texts.map((path) => /^(?:URIs:\s*|deb (?:\[[^\]]*\] )?)(\S+)/m.exec(readFileSync(path, "utf8"))?.[1]);
  return found.find((uri) => uri !== undefined) ?? "http://deb.debian.org/debian";
}

interface Made {
  readonly image: string;
  readonly tar: string;
  readonly root: string;
}
const made = new Map<string, Promise<Made>>();

/** The smallest root of a release, unpacked and as an image of one layer; made once. */
function debian(suite: string): Promise<Made> {
  const known = made.get(suite) ?? makeDebian(suite);
  made.set(suite, known);
  return known;
}

async function makeDebian(suite: string): Promise<Made> {
  const [tar, root, image] = [join(folder, `${suite}.tar`), join(folder, suite), join(folder, `${suite}-image`)];
  execFileSync("mmdebstrap", ["--quiet", "--variant=minbase", "--mode=root", suite, tar, debianMirror()], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  mkdirSync(root);
  execFileSync("tar", ["-C", root, "--exclude=./dev/*", "-xf", tar]);
  writeOciLayout(image, [{ path: tar, diffId: digestOfFile(tar) }], { config: { Cmd: ["/bin/bash"] } });
  return { image, tar, root };
}

async function factsOf(image: string): Promise<ReadonlyMap<string, unknown>> {
  const source = await openImageSource(image, { cache: false, offline: true });
  try {
    const { observations } = await readImage(source.images[0]!, source, imageCollectors);
    return new Map(observations.flatMap((one) => ("value" in one ? [[one.fact, one.value] as const] : [])));
  } finally {
    await source.close();
  }
}

interface Listed {
  readonly packages: readonly {
    name: string;
    version: string;
    type: string;
    purl: string;
    architecture?: string;
    sourceName?: string;
    sourceVersion?: string;
    foundIn: readonly string[];
  }[];
  readonly unread: readonly unknown[];
}

/** An image and the SBOM that the program makes of it, in both forms, tell the same of packages and distribution. */
async function expectSameBySbom(image: string): Promise<void> {
  const facts = await factsOf(image);
  for (const format of ["cyclonedx", "spdx"]) {
    const path = join(folder, `${basename(image)}.${format}.json`);
    execFileSync(process.execPath, [program, "sbom", image, "-f", format, "-o", path], {
      env: { ...process.env, PLIMSOLL_CACHE: "off" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const told = await factsOf(`sbom:${path}`);
    for (const fact of ["image/packages", "image/os-release"])
      expect(told.get(fact), `${basename(image)} ${format} ${fact}`).toEqual(facts.get(fact));
  }
}

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!isReady)(`images of Debian${needs}`, () => {
  it.each(["bullseye", "bookworm", "trixie"])(
    "have the packages of %s that dpkg-query lists",
    async (suite) => {
      const { image, root } = await debian(suite);
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own place holders
      const format = "${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n";
      const oracle = execFileSync("dpkg-query", [`--admindir=${root}/var/lib/dpkg`, "-W", "-f", format])
        .toString()
        .trim()
        .split("\n");
      const { packages, unread } = (await factsOf(image)).get("image/packages") as Listed;
      const debs = packages.filter(({ type }) => type === "deb");
      const lines = debs.map((one) =>
        [one.name, one.version, one.architecture, one.sourceName ?? one.name, one.sourceVersion ?? one.version].join(
          " ",
        ),
      );
      expect(lines.sort()).toEqual(oracle.sort());
      expect(debs.length).toBeGreaterThan(70);
      expect(unread).toEqual([]);
    },
    300_000,
  );

  it.each(["bullseye", "bookworm", "trixie"])(
    "tell the same of %s as their SBOMs",
    async (suite) => {
      await expectSameBySbom((await debian(suite)).image);
    },
    300_000,
  );

  it("have no secret and no malware where nobody planted any", async () => {
    for (const suite of ["bookworm", "trixie"]) {
      const facts = await factsOf((await debian(suite)).image);
      const secrets = facts.get("image/secrets") as { secrets: unknown[]; filesSearched: number };
      const malware = facts.get("image/malware") as { matches: unknown[]; filesSearched: number };
      expect([suite, secrets.secrets, malware.matches]).toEqual([suite, [], []]);
      expect(Math.min(secrets.filesSearched, malware.filesSearched)).toBeGreaterThan(1_000);
    }
  }, 300_000);
});

const alpineArchive = sharedData("images/alpine-3.11.5.docker.tar.gz");
const hasAlpine = isReady && alpineArchive !== undefined && process.arch === "x64";

describe.skipIf(!hasAlpine)(
  `an image of Alpine (needs root, x86-64 and the shared data: images)${hasAlpine ? "" : " (skipped)"}`,
  () => {
    const root = join(folder, "alpine");

    /** Its own apk, which knows the database best. */
    function apk(...args: string[]): string[] {
      return execFileSync("chroot", [root, "/sbin/apk", ...args], { stdio: ["ignore", "pipe", "ignore"] })
        .toString()
        .trim()
        .split("\n");
    }

    async function packagesOf(image: string): Promise<string[]> {
      const { packages, unread } = (await factsOf(image)).get("image/packages") as Listed;
      expect(unread).toEqual([]);
      return packages
        .map((one) => `${one.name}-${one.version} ${one.architecture} {${one.sourceName ?? one.name}}`)
        .sort();
    }

    /** `zlib-1.2.11-r3 x86_64 {zlib} (Zlib) [installed]`; what `apk add --virtual` makes is no package. */
    function listed(): string[] {
      return apk("list", "-I")
        .map((text) => text.replace(/ \([^)]*\) \[installed\]$/, ""))
        .filter((text) => !text.startsWith("."))
        .sort();
    }

    beforeAll(() => {
      const whole = join(folder, "alpine-archive");
      for (const path of [root, whole]) mkdirSync(path);
      execFileSync("tar", ["-C", whole, "-xzf", alpineArchive!]);
      const [{ Layers }] = JSON.parse(readFileSync(join(whole, "manifest.json"), "utf8")) as [{ Layers: string[] }];
      for (const layer of Layers) execFileSync("tar", ["-C", root, "-xf", join(whole, layer)]);
    });

    it("has the packages that its own apk lists, with architecture and origin", async () => {
      expect(listed()).toHaveLength(14);
      expect(await packagesOf(alpineArchive!)).toEqual(listed());
      await expectSameBySbom(alpineArchive!);
    });

    it("has them still after apk removed some and added a virtual one", async () => {
      apk("del", "--no-network", "alpine-keys", "ca-certificates-cacert", "scanelf", "libc-utils");
      apk("add", "--no-network", "--virtual", ".build-deps", "zlib");
      const [tar, image] = [join(folder, "alpine.tar"), join(folder, "alpine-image")];
      execFileSync("tar", ["-C", root, "--exclude=./dev/*", "-cf", tar, "."]);
      writeOciLayout(image, [{ path: tar, diffId: digestOfFile(tar) }]);
      const left = listed();
      expect(left.length).toBeGreaterThan(5);
      expect(left.length).toBeLessThan(14);
      expect(await packagesOf(image)).toEqual(left);
    });
  },
);

const rpmPrograms = ["rpm", "rpmbuild", "dnf", "createrepo_c"];
const missingRpm = rpmPrograms.filter((name) => spawnSync("which", [name]).status !== 0);

describe.skipIf(!isReady || missingRpm.length > 0)(
  `an image that dnf filled (needs root and ${rpmPrograms.join(", ")})`,
  () => {
    it("has the packages that rpm -qa lists", async () => {
      const [repository, root] = [join(folder, "repository"), join(folder, "rpm-root")];
      mkdirSync(repository, { recursive: true });
      for (const [name, version, requires] of [
        ["base", "1.0-1.el9", ""],
        ["library", "2:2.4.1-3.el9_4", "base"],
        ["server", "0.9-2.el9", "library"],
        ["tools", "5-1", "base"],
      ] as const) {
        const [upstream, release] = version.replace(/^\d+:/, "").split("-") as [string, string];
        const epoch = /^\d+:/.test(version) ? `Epoch: ${version.split(":")[0]}\n` : "";
        const spec = `Name: ${name}\n${epoch}Version: ${upstream}\nRelease: ${release}\nSummary: made\nLicense: MIT\nBuildArch: noarch\n${requires ? `Requires: ${requires}\n` : ""}%description\nmade\n%install\nmkdir -p %{buildroot}/usr/share/${name}\necho made > %{buildroot}/usr/share/${name}/file\n%files\n/usr/share/${name}/file\n`;
        writeFileSync(join(folder, `${name}.spec`), spec);
        execFileSync(
          "rpmbuild",
          [
            "-bb",
            "--define",
            `_topdir ${folder}/build`,
            "--define",
            `_rpmdir ${repository}`,
            join(folder, `${name}.spec`),
          ],
          { stdio: "ignore" },
        );
      }
      execFileSync("createrepo_c", ["--quiet", repository]);
      mkdirSync(join(root, "etc"), { recursive: true });
      writeFileSync(join(root, "etc/os-release"), "ID=rhel\nVERSION_ID=9.4\n");
      execFileSync(
        "dnf",
        [
          "-y",
          "--quiet",
          `--installroot=${root}`,
          "--releasever=9",
          "--nogpgcheck",
          "--setopt=reposdir=/dev/null",
          "--setopt=tsflags=nodocs",
          `--repofrompath=made,file://${repository}`,
          "install",
          "server",
          "tools",
        ],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      const tar = join(folder, "rpm.tar");
      execFileSync("tar", ["-C", root, "-cf", tar, "."]);
      const image = join(folder, "rpm-image");
      writeOciLayout(image, [{ path: tar, diffId: digestOfFile(tar) }]);
      const oracle = execFileSync("rpm", [
        "--root",
        root,
        "-qa",
        "--qf",
        "%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{ARCH}\\n",
      ])
        .toString()
        .trim()
        .split("\n")
        .sort();
      const { packages, unread } = (await factsOf(image)).get("image/packages") as Listed;
      const lines = packages
        .filter(({ type }) => type === "rpm")
        .map(
          ({ name, version, architecture, purl }) =>
            `${name} ${/[?&]epoch=(\d+)/.exec(purl)?.[1] ?? "0"}:${version} ${architecture}`,
        );
      expect(lines.sort()).toEqual(oracle);
      expect(oracle).toHaveLength(4);
      expect(unread).toEqual([]);
      await expectSameBySbom(image);
    }, 180_000);
  },
);

/** A zip archive of stored and deflated members (APPNOTE 6.3.10), which Java archives are. */
function zipOf(members: Readonly<Record<string, Uint8Array>>): Buffer {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [name, content] of Object.entries(members)) {
    const packed = deflateRawSync(content);
    const label = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(label.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, label, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    locals.push(local);
    centrals.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, label]));
    at += local.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(centrals.length, 8);
  end.writeUInt16LE(centrals.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe.skipIf(!isReady)(`an image with planted faults${needs}`, () => {
  let report: { findings: { check: string; status: string; key: string; evidence: unknown[] }[] };
  let facts: ReadonlyMap<string, unknown>;
  const goProgram = ["/usr/bin/podman"].find((path) => existsSync(path));
  const data = sharedData("advisories/ghsa_maven.tar.xz");
  let redis: string | undefined;

  beforeAll(async () => {
    const base = await debian("bookworm");
    redis = unpackagedRedis();
    const first = layer("first", (root) => {
      mkdirSync(join(root, "srv/app"), { recursive: true });
      // Put together here, so that the project itself holds nothing that scanners of secrets and malware stop at.
      const key = execFileSync("openssl", ["genrsa", "2048"], { stdio: ["ignore", "pipe", "ignore"] });
      writeFileSync(join(root, "srv/app/id_rsa"), key);
      writeFileSync(
        join(root, "srv/app/test-file.com"),
        ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join(""),
      );
      writeFileSync(
        join(root, "srv/app/page.php"),
        ["<?php @ev", 'al(base64_decode($_POST["cmd"])); sys', 'tem($_GET["c"]); ?>\n'].join(""),
      );
      const pom = Buffer.from("groupId=org.apache.logging.log4j\nartifactId=log4j-core\nversion=2.14.1\n");
      const inner = zipOf({ "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties": pom });
      writeFileSync(join(root, "srv/app/shop.war"), zipOf({ "WEB-INF/lib/log4j-core-2.14.1.jar": inner }));
      mkdirSync(join(root, "usr/local/bin"), { recursive: true });
      writeFileSync(join(root, "usr/local/bin/become"), "#!/bin/sh\n", { mode: 0o755 });
      execFileSync("chmod", ["4755", join(root, "usr/local/bin/become")]);
      if (goProgram) cpSync(goProgram, join(root, "usr/local/bin/agent"));
      if (redis) cpSync(redis, join(root, "usr/local/bin/redis-server"));
    });
    const second = layer("second", (root) => {
      mkdirSync(join(root, "srv/app"), { recursive: true });
      writeFileSync(join(root, "srv/app/.wh.id_rsa"), "");
    });
    const image = join(folder, "planted");
    writeOciLayout(image, [{ path: base.tar, diffId: digestOfFile(base.tar) }, first, second], {
      config: { Cmd: ["/usr/local/bin/agent"] },
    });
    facts = await factsOf(image);
    const args = [program, "assess", "image", image, "--no-cache", "--no-report-dir", "-f", "json", "--exit-code", "0"];
    const more = data ? ["--advisories", data] : [];
    report = JSON.parse(
      execFileSync(process.execPath, [...args, ...more], {
        maxBuffer: 2 ** 28,
        stdio: ["ignore", "pipe", "ignore"],
      }).toString(),
    );
  }, 300_000);

  function layer(name: string, fill: (root: string) => void) {
    const [root, path] = [join(folder, name), join(folder, `${name}.tar`)];
    mkdirSync(root);
    fill(root);
    execFileSync("tar", ["-C", root, "--numeric-owner", "--owner=0", "--group=0", "-cf", path, "."]);
    return { path, diffId: digestOfFile(path) };
  }

  /** The program of Debian's package, taken out of it. */
  function unpackagedRedis(): string | undefined {
    const place = join(folder, "redis");
    mkdirSync(place);
    if (spawnSync("apt-get", ["download", "redis-tools"], { cwd: place, stdio: "ignore" }).status !== 0)
      return undefined;
    const archive = readdirSync(place).find((name) => name.endsWith(".deb"));
    if (archive === undefined) return undefined;
    execFileSync("dpkg-deb", ["-x", archive, "root"], { cwd: place });
    // The server's own package holds only a link to this program of the tools (redis-check-rdb).
    const found = join(place, "root/usr/bin/redis-check-rdb");
    return existsSync(found) ? found : undefined;
  }

  const failed = (check: string) => report.findings.filter((one) => one.check === check && one.status === "fail");

  it("tells the same of packages as its SBOM", async () => {
    await expectSameBySbom(join(folder, "planted"));
  }, 60_000);

  it("shows the secret that a later layer removes", () => {
    const { secrets } = facts.get("image/secrets") as { secrets: { at: string; removed: boolean; kind: string }[] };
    expect(secrets).toEqual([
      expect.objectContaining({ at: "/srv/app/id_rsa", removed: true, kind: expect.stringMatching(/private-key/) }),
    ]);
    expect(failed("image/embedded-secret")).toHaveLength(1);
  });

  it("shows the set-user-id file", () => {
    expect(JSON.stringify(failed("image/privilege-escalation-files"))).toContain("/usr/local/bin/become");
  });

  it("shows the test file of antivirus programs and the web shell, and no other file as malware", () => {
    const { matches } = facts.get("image/malware") as { matches: { path: string }[] };
    expect([...new Set(matches.map(({ path }) => path))].sort()).toEqual([
      "/srv/app/page.php",
      "/srv/app/test-file.com",
    ]);
    expect([...failed("image/malware-found"), ...failed("image/malware-suspected")].length).toBeGreaterThanOrEqual(2);
  });

  it("finds the jar in the war", () => {
    const { packages } = facts.get("image/packages") as Listed;
    expect(packages.find(({ name }) => name.endsWith("log4j-core"))).toMatchObject({
      version: "2.14.1",
      foundIn: ["/srv/app/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar"],
    });
  });

  it.skipIf(!data)("judges it vulnerable (skipped where the shared advisory data is absent)", () => {
    expect(JSON.stringify(failed("image/vulnerable-package"))).toContain("CVE-2021-44228");
  });

  it.skipIf(!goProgram)("finds what the Go program is made of (skipped without podman, a Go program)", () => {
    const { packages } = facts.get("image/packages") as Listed;
    const parts = packages.filter(({ type, foundIn }) => type === "golang" && foundIn.includes("/usr/local/bin/agent"));
    // Debian builds its programs without module information: the toolchain is what they all tell.
    const toolchain = execFileSync("podman", ["version", "--format", "{{.Client.GoVersion}}"])
      .toString()
      .trim()
      .slice(2);
    expect(parts.find(({ name }) => name === "stdlib")?.version).toBe(toolchain);
  });

  it("finds the server that no package brought", (context) => {
    if (redis === undefined) context.skip("redis-tools cannot be downloaded");
    const { packages } = facts.get("image/packages") as Listed;
    const version = execFileSync("dpkg-deb", [
      "-f",
      join(folder, "redis", readdirSync(join(folder, "redis")).find((name) => name.endsWith(".deb"))!),
      "Version",
    ]).toString();
    expect(packages.find(({ name }) => name === "redis")).toMatchObject({
      version: /^\d+:([\d.]+)/.exec(version)?.[1],
      foundIn: ["/usr/local/bin/redis-server"],
    });
  });
});
