import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import hostPackages from "../../src/collectors/host/packages.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import { PackageInventory } from "../../src/facts/package.ts";
import { parseDpkgStatus } from "../../src/formats/dpkg.ts";
import { parseJavaArchive } from "../../src/formats/java/java-archive.ts";
import type { PackageRecord } from "../../src/formats/package-record.ts";
import { applyLog, parseRpmDatabase, parseRpmLog } from "../../src/formats/rpm/database.ts";
import { madeRpmHeader } from "../rpm-database.ts";
import { sharedData } from "../shared-data.ts";

function has(program: string, argument = "--version"): boolean {
  return spawnSync(program, [argument]).status === 0;
}

const dpkg = has("dpkg-query") && existsSync("/var/lib/dpkg/status");

async function hostInventory(path: string): Promise<PackageInventory> {
  const root = new HostRoot(path, "host/test", false);
  for await (const found of hostPackages.collect(root, { signal: new AbortController().signal, now: new Date() })) {
    if ("value" in found) return PackageInventory.parse(found.value);
    throw new Error(found.unavailable);
  }
  throw new Error("nothing was collected");
}

describe.skipIf(!dpkg)("dpkg against dpkg-query (skipped where the machine has no dpkg)", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own place holders
  const format = "${Package} ${Version} ${Architecture} ${source:Package} ${source:Version} ${db:Status-Status}\n";
  const oracle = dpkg
    ? execFileSync("dpkg-query", ["-W", "-f", format], { maxBuffer: 64 * 1024 ** 2 })
        .toString()
        .trim()
        .split("\n")
    : [];
  const present = oracle
    .filter((line) => !/ (config-files|not-installed)$/.test(line))
    .map((line) => line.replace(/ \S+$/, ""));

  it("agrees on name, version, architecture and source of every package", () => {
    const read = parseDpkgStatus(readFileSync("/var/lib/dpkg/status", "utf8"), "status");
    const lines = read.map(({ name, version, architecture, sourceName, sourceVersion }) =>
      [name, version, architecture, sourceName, sourceVersion].join(" "),
    );
    expect(lines.sort()).toEqual([...present].sort());
  });

  it("finds the same packages through the host collector, with their files", async () => {
    const found = await hostInventory("/");
    const debs = found.packages.filter(({ type }) => type === "deb");
    expect(debs).toHaveLength(present.length);
    const listed = execFileSync("dpkg-query", ["-L", "bash"]).toString().trim().split("\n");
    const files = listed.filter((path) => path !== "/." && !listed.some((other) => other.startsWith(`${path}/`)));
    expect(debs.find(({ name }) => name === "bash")?.fileCount).toBe(files.length);
  });
});

const statusFiles = sharedData("package-databases/claircore/dpkg");
describe.skipIf(!dpkg || !statusFiles)(
  "other machines' dpkg against dpkg-query (skipped without dpkg or shared data)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "dpkg-databases-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    // What vcpkg writes has the same form, and dpkg refuses it.
    it.each(["debian-only", "postgresql", "texlive"])("agrees on every package of %s", (name) => {
      const [path, admin] = [join(statusFiles ?? "", `${name}.status`), join(folder, name)];
      for (const inner of ["info", "updates"]) mkdirSync(join(admin, inner), { recursive: true });
      cpSync(path, join(admin, "status"));
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own place holders
      const format = "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n";
      const oracle = execFileSync("dpkg-query", [`--admindir=${admin}`, "-W", "-f", format], {
        maxBuffer: 64 * 1024 ** 2,
        stdio: ["ignore", "pipe", "ignore"],
      })
        .toString()
        .trim()
        .split("\n")
        .filter((text) => !/^(config-files|not-installed) /.test(text))
        .map((text) => text.slice(text.indexOf(" ") + 1));
      const read = parseDpkgStatus(readFileSync(path, "utf8"), path);
      const lines = read.map((one) =>
        [one.name, one.version, one.architecture, one.sourceName, one.sourceVersion].join(" "),
      );
      expect(lines.sort()).toEqual(oracle.sort());
      expect(lines.length).toBeGreaterThan(0);
    });
  },
);

const rpm = has("rpm");
const builders = rpm && has("rpmbuild") && has("rpmdb");

/** What `rpm -qa` says of a database folder, in the form of `line`. */
function rpmQuery(folder: string, backend: string): string[] {
  const format = "%{NAME} %{EPOCHNUM} %{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{VENDOR} %{MODULARITYLABEL}\\n";
  const options = [
    "--nosignature",
    "--nodigest",
    "--dbpath",
    folder,
    "--define",
    `_db_backend ${backend}`,
    "-qa",
    "--qf",
    format,
  ];
  const answer = execFileSync("rpm", options, { maxBuffer: 64 * 1024 ** 2, stdio: ["ignore", "pipe", "ignore"] })
    .toString()
    .trim();
  return answer
    .split("\n")
    .filter((text) => !text.startsWith("gpg-pubkey "))
    .sort();
}

function line({ name, epoch, version, architecture, sourceRpm, vendor, module }: PackageRecord): string {
  return [
    name,
    epoch,
    version,
    architecture ?? "(none)",
    sourceRpm ?? "(none)",
    vendor ?? "(none)",
    module ?? "(none)",
  ].join(" ");
}

function linesIn(path: string): string[] {
  return parseRpmDatabase(readFileSync(path), path).packages.map(line).sort();
}

describe.skipIf(!rpm)("rpm databases against rpm -qa (skipped where the machine has no rpm)", () => {
  const folder = mkdtempSync(join(tmpdir(), "rpm-databases-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.skipIf(!sharedData("rpmdb")).each([
    ["cbl-mariner-2.0/rpmdb.sqlite", "sqlite"],
    ["sle15-bci/Packages.db", "ndb"],
    ["libuuid/Packages", "bdb_ro"],
  ])("agrees on every package of %s (skipped where rpmdb is absent)", (path, backend) => {
    const shared = sharedData(`rpmdb/${path}`)!;
    const copy = join(folder, backend);
    mkdirSync(copy);
    cpSync(shared, join(copy, path.split("/")[1]!));
    const oracle = rpmQuery(copy, backend);
    expect(oracle.length).toBeGreaterThan(0);
    expect(linesIn(shared)).toEqual(oracle);
  });
});

const inventories = sharedData("inventories");
describe.skipIf(!rpm || !has("rpmdb") || !inventories)(
  "inventories of another scanner, in databases that rpm wrote (skipped without rpmdb or shared data)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "rpm-inventories-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(["amazon-2", "opensuse-leap-151", "oraclelinux-8-slim", "suse-15.3_ndb"])(
      "%s is read as listed",
      (name) => {
        const all = JSON.parse(readFileSync(`${inventories}/${name}.json.golden`, "utf8")) as Listed[];
        // Keys that signatures are checked with are kept as if they were packages.
        const listed = all.filter((one) => one.Name !== "gpg-pubkey");
        // Each header is preceded by its magic (rpm, docs/manual/format_header.md).
        const magic = Buffer.from("8eade80100000000", "hex");
        const headers = listed.flatMap((one) => [magic, madeRpmHeader(headerOf(one))]);
        const [root, list] = [join(folder, name), join(folder, `${name}.headers`)];
        mkdirSync(root);
        writeFileSync(list, Buffer.concat(headers));
        const backend = name.endsWith("ndb") ? "ndb" : "sqlite";
        const options = ["--dbpath", root, "--define", `_db_backend ${backend}`];
        execFileSync("rpmdb", [...options, "--initdb"]);
        execFileSync("rpmdb", [...options, "--importdb"], {
          input: readFileSync(list),
          stdio: ["pipe", "ignore", "pipe"],
        });
        const file = join(root, backend === "ndb" ? "Packages.db" : "rpmdb.sqlite");
        expect(linesIn(file)).toEqual(rpmQuery(root, backend));
        const read = parseRpmDatabase(readFileSync(file), file).packages.map((one) =>
          [one.name, one.epoch, one.version, one.architecture, one.sourceName, one.sourceVersion].join(" "),
        );
        const expected = listed.map((one) =>
          [
            one.Name,
            one.Epoch ?? 0,
            `${one.Version}-${one.Release}`,
            one.Arch,
            one.SrcName,
            `${one.SrcVersion}-${one.SrcRelease}`,
          ].join(" "),
        );
        expect(read.sort()).toEqual(expected.sort());
        expect(read.length).toBeGreaterThan(90);
      },
    );
  },
);

/** A package as the other scanner's inventory has it. */
interface Listed {
  readonly Name: string;
  readonly Version: string;
  readonly Release: string;
  readonly Epoch?: number;
  readonly Arch: string;
  readonly SrcName: string;
  readonly SrcVersion: string;
  readonly SrcRelease: string;
}

function headerOf({ Name, Version, Release, Epoch, Arch, SrcName, SrcVersion, SrcRelease }: Listed) {
  return {
    1000: Name,
    1001: Version,
    1002: Release,
    ...(Epoch ? { 1003: [Epoch] } : {}),
    1022: Arch,
    1044: `${SrcName}-${SrcVersion}-${SrcRelease}.src.rpm`,
  };
}

const wantedFiles = sharedData("package-databases/claircore/rpm/Info.Files.NDB.txtar");
const suseDatabase = sharedData("rpmdb/sle15-bci/Packages.db");
it.skipIf(!wantedFiles || !suseDatabase)(
  "every program that another scanner lists for a package of SLE 15 is owned by it (skipped without shared data)",
  () => {
    const [, text = ""] = readFileSync(wantedFiles!, "utf8").split("-- want.json --\n");
    const wanted = JSON.parse(text) as Record<string, string[] | null>;
    let files = 0;
    for (const { name, ownedPaths } of parseRpmDatabase(readFileSync(suseDatabase!), "Packages.db").packages)
      for (const path of wanted[name] ?? []) {
        expect(ownedPaths, name).toContain(path);
        files += 1;
      }
    expect(files).toBeGreaterThan(100);
  },
);

const spec = (name: string, files: number, more: string) => `Name: ${name}
Version: 1.${files}
Release: 2%{?dist}.x
Summary: A package for a test
License: MIT and BSD
Vendor: Example Project
BuildArch: noarch
${more}
%description
Nothing.
%install
mkdir -p %{buildroot}/opt/${name}/bin
for i in $(seq ${files}); do echo $i > %{buildroot}/opt/${name}/bin/file-with-a-long-name-$i; done
ln -s file %{buildroot}/opt/${name}/link
%files
/opt/${name}
`;

describe.skipIf(!builders)("rpm databases made by rpm (skipped where rpmbuild or rpmdb is missing)", () => {
  const folder = mkdtempSync(join(tmpdir(), "rpm-made-"));
  const packages = join(folder, "packages");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    // Files enough for headers of less than one page and of many pages, so that overflow chains of each length are met.
    const wanted: [string, number, string][] = [
      ["tiny", 1, ""],
      ["with-epoch", 3, "Epoch: 7"],
      ["module-part", 2, "ModularityLabel: nodejs:18:820:abc"],
      ["large", 3_000, ""],
    ];
    for (let size = 0; size < 12; size++) wanted.push([`sized-${size}`, 5 + size * 23, ""]);
    for (const [name, files, more] of wanted) {
      const path = join(folder, `${name}.spec`);
      writeFileSync(path, spec(name, files, more));
      execFileSync(
        "rpmbuild",
        ["-bb", "--define", `_topdir ${folder}/build`, "--define", `_rpmdir ${packages}`, path],
        { stdio: "ignore" },
      );
    }
  }, 120_000);

  function installed(backend: string): string {
    const root = join(folder, backend);
    mkdirSync(root, { recursive: true });
    const options = ["--root", root, "--dbpath", "/var/lib/rpm", "--define", `_db_backend ${backend}`];
    execFileSync("rpmdb", [...options, "--initdb"]);
    const files = execFileSync("find", [packages, "-name", "*.rpm"]).toString().trim().split("\n");
    execFileSync("rpm", [...options, "--nosignature", "--justdb", "--nodeps", "-i", ...files], { stdio: "ignore" });
    execFileSync("rpm", [...options, "--justdb", "--nodeps", "-e", "sized-3", "sized-9"], { stdio: "ignore" });
    return join(root, "var/lib/rpm");
  }

  it.each([
    ["sqlite", "rpmdb.sqlite"],
    ["ndb", "Packages.db"],
  ])("agrees with rpm -qa on a database of %s, packages removed again included", (backend, file) => {
    const database = installed(backend);
    const oracle = rpmQuery(database, backend);
    expect(oracle).toHaveLength(14);
    expect(linesIn(join(database, file))).toEqual(oracle);
    const { packages: read } = parseRpmDatabase(readFileSync(join(database, file)), file);
    expect(read.find(({ name }) => name === "large")?.fileCount).toBe(3_001);
    expect(read.find(({ name }) => name === "with-epoch")).toMatchObject({ epoch: 7, sourceName: "with-epoch" });
    expect(read.find(({ name }) => name === "module-part")?.module).toBe("nodejs:18:820:abc");
  });

  it("is what the host collector finds in a root", async () => {
    if (!existsSync(join(folder, "sqlite"))) installed("sqlite");
    for (const name of ["etc", "usr"]) mkdirSync(join(folder, "sqlite", name));
    writeFileSync(join(folder, "sqlite/etc/os-release"), "ID=fedora\nVERSION_ID=40\n");
    const found = await hostInventory(join(folder, "sqlite"));
    expect(found.packages).toHaveLength(14);
    expect(found.unread).toEqual([]);
    expect(found.packages.find(({ name }) => name === "with-epoch")?.purl).toMatch(
      /^pkg:rpm\/fedora\/with-epoch@1\.3-2.*\?arch=noarch&distro=fedora-40&epoch=7&upstream=with-epoch-1\.3-2/,
    );
  });

  it.skipIf(!has("sqlite3"))("reads what a write-ahead log holds (skipped where sqlite3 is missing)", () => {
    const database = join(
      existsSync(join(folder, "sqlite")) ? join(folder, "sqlite/var/lib/rpm") : installed("sqlite"),
      "rpmdb.sqlite",
    );
    const [before, live, saved] = [
      join(folder, "before.sqlite"),
      join(folder, "live.sqlite"),
      join(folder, "saved.sqlite"),
    ];
    cpSync(database, before);
    cpSync(database, live);
    // The copies are taken while the connection is open: closing it would write the log back and delete it.
    const script = [
      "pragma wal_autocheckpoint=0;",
      "delete from Packages where hnum in (select hnum from Packages order by hnum limit 3);",
      "insert into Packages (blob) select blob from Packages order by length(blob) desc limit 1;",
      "insert into Packages (blob) select blob from Packages order by length(blob) limit 4;",
      `.system cp '${live}' '${saved}'; cp '${live}-wal' '${saved}-wal'`,
      `.output '${folder}/rows'`,
      "select hex(blob) from Packages;",
    ];
    execFileSync("sqlite3", [live], { input: script.join("\n") });
    expect(readFileSync(saved)).toEqual(readFileSync(before));
    const merged = applyLog(
      parseRpmDatabase(readFileSync(saved), saved),
      parseRpmLog(readFileSync(`${saved}-wal`), "wal"),
      "wal",
    );
    const oracle = parseRpmDatabase(readFileSync(live), live).packages;
    expect(oracle).toHaveLength(14 - 3 + 5);
    expect(merged.map(line).sort()).toEqual(oracle.map(line).sort());
    expect(readFileSync(join(folder, "rows"), "utf8").trim().split("\n")).toHaveLength(oracle.length);
  });

  it.skipIf(!has("db_load", "-V") || !has("sqlite3"))(
    "reads Berkeley DB hashes of any page size (skipped where db_load or sqlite3 is missing)",
    () => {
      const source = existsSync(join(folder, "sqlite")) ? join(folder, "sqlite/var/lib/rpm") : installed("sqlite");
      const rows = execFileSync("sqlite3", [join(source, "rpmdb.sqlite"), "select hnum, hex(blob) from Packages"], {
        maxBuffer: 256 * 1024 ** 2,
      })
        .toString()
        .trim()
        .split("\n");
      const oracle = linesIn(join(source, "rpmdb.sqlite"));
      for (const pageSize of [512, 4_096, 65_536]) {
        const items = rows.flatMap((row) => {
          const [number, blob] = row.split("|") as [string, string];
          const key = Buffer.alloc(4);
          key.writeUInt32LE(Number(number));
          return [` ${key.toString("hex")}`, ` ${blob.toLowerCase()}`];
        });
        const dump = [
          "VERSION=3",
          "format=bytevalue",
          "type=hash",
          `db_pagesize=${pageSize}`,
          "HEADER=END",
          " 00000000",
          " 10000000",
          ...items,
          "DATA=END",
          "",
        ];
        const path = join(folder, `Packages-${pageSize}`);
        execFileSync("db_load", [path], { input: dump.join("\n") });
        expect(linesIn(path)).toEqual(oracle);
      }
    },
  );
});

async function hostPackagesOf(type: string): Promise<string[]> {
  const { packages } = await hostInventory("/");
  return packages.filter((one) => one.type === type).map(({ name, version }) => `${name} ${version}`);
}

const distPackages = "/usr/lib/python3/dist-packages";
describe.skipIf(!has("python3") || !existsSync(distPackages))(
  "Python packages against importlib (skipped where the machine has none)",
  () => {
    it("finds what Python itself finds in the distribution's folder", async () => {
      const script = `import importlib.metadata as m\nfor d in m.distributions(path=["${distPackages}"]):\n    print(d.metadata["Name"], d.version)`;
      const oracle = execFileSync("python3", ["-c", script]).toString().trim().split("\n");
      expect(oracle.length).toBeGreaterThan(0);
      expect(await hostPackagesOf("pypi")).toEqual(expect.arrayContaining([...new Set(oracle)]));
    });
  },
);

describe.skipIf(!has("gem"))("Ruby gems against gem list (skipped where the machine has no gem)", () => {
  it("finds every gem that RubyGems lists", async () => {
    const oracle = execFileSync("gem", ["list", "--local", "--quiet"]).toString().trim().split("\n");
    const listed = oracle.flatMap((text) => {
      const [, name, versions] = /^(\S+) \((.*)\)$/.exec(text) ?? [];
      return (versions ?? "")
        .split(", ")
        .map((version) => `${name} ${version.replace(/^default: /, "").split(" ")[0]}`);
    });
    expect(listed.length).toBeGreaterThan(0);
    expect(await hostPackagesOf("gem")).toEqual(expect.arrayContaining(listed));
  });
});

describe.skipIf(!has("Rscript"))("R packages against installed.packages() (skipped where the machine has no R)", () => {
  it("finds every package of the distribution's libraries", async () => {
    const script =
      'p <- installed.packages(lib.loc = c("/usr/lib/R/library", "/usr/lib/R/site-library")); cat(paste(p[,"Package"], p[,"Version"]), sep = "\\n")';
    const oracle = execFileSync("Rscript", ["--vanilla", "-e", script]).toString().trim().split("\n").sort();
    expect(oracle.length).toBeGreaterThan(10);
    expect((await hostPackagesOf("cran")).sort()).toEqual(oracle);
  });
});

const erlangFolders = ["/usr/lib/erlang/lib", "/usr/lib/elixir/lib"].filter((path) => existsSync(path));
describe.skipIf(!existsSync("/usr/bin/erl") || erlangFolders.length === 0)(
  "Erlang applications against file:consult/1 (skipped where the machine has no Erlang)",
  () => {
    it("finds every application of the distribution's folders as Erlang itself reads it", async () => {
      const script = `[io:format("~s ~s~n", [N, proplists:get_value(vsn, P)]) || D <- ${JSON.stringify(erlangFolders)}, F <- filelib:wildcard(D ++ "/*/ebin/*.app"), {ok, [{application, N, P}]} <- [file:consult(F)]], halt().`;
      const oracle = execFileSync("erl", ["-noshell", "-eval", script]).toString().trim().split("\n").sort();
      expect(oracle.length).toBeGreaterThan(5);
      expect([...(await hostPackagesOf("otp")), ...(await hostPackagesOf("hex"))].sort()).toEqual(oracle);
    });
  },
);

describe.skipIf(!has("pacman"))("pacman's database against pacman -Q (skipped where the machine has no pacman)", () => {
  const folder = mkdtempSync(join(tmpdir(), "pacman-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("finds what pacman installed, removed and upgraded packages included", async () => {
    const [root, configuration] = [join(folder, "root"), join(folder, "pacman.conf")];
    for (const name of ["var/lib/pacman", "etc"]) mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, "etc/os-release"), "ID=arch\n");
    writeFileSync(configuration, "[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n");
    const pacman = (...args: string[]) =>
      execFileSync("pacman", ["--config", configuration, "-r", root, "-b", join(root, "var/lib/pacman"), ...args], {
        stdio: ["ignore", "pipe", "ignore"],
      })
        .toString()
        .trim();
    const made = (name: string, version: string) => {
      const [at, file] = [join(folder, `${name}-files`), join(folder, `${name}.pkg.tar`)];
      mkdirSync(join(at, "usr/bin"), { recursive: true });
      writeFileSync(join(at, "usr/bin", name), "#!/bin/sh\n");
      writeFileSync(
        join(at, ".PKGINFO"),
        `pkgname = ${name}\npkgbase = made\npkgver = ${version}\npkgdesc = made\narch = x86_64\nlicense = MIT\nsize = 10\n`,
      );
      execFileSync("tar", ["-C", at, "-cf", file, ".PKGINFO", "usr"]);
      return file;
    };
    pacman("--noconfirm", "-U", made("made-tool", "1:2.3.4-5"), made("made-lib", "1.0rc1-1"), made("gone", "1-1"));
    pacman("--noconfirm", "-U", made("made-lib", "1.0-1"));
    pacman("--noconfirm", "-R", "gone");
    const oracle = pacman("-Q").split("\n").sort();
    expect(oracle).toEqual(["made-lib 1.0-1", "made-tool 1:2.3.4-5"]);
    const { packages, unread } = await hostInventory(root);
    expect(packages.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(oracle);
    expect(packages.map(({ fileCount }) => fileCount)).toEqual([1, 1]);
    expect(unread).toEqual([]);
  });
});

const repository = "/usr/share/maven-repo";
describe.skipIf(!existsSync(repository))(
  "Java archives against a Maven repository (skipped where maven-repo is absent)",
  () => {
    it("finds artifact and version that the repository files them under, and the group of most", () => {
      const paths = execFileSync("find", ["-L", repository, "-name", "*.jar"]).toString().trim().split("\n");
      // Debian files each archive under aliases such as `debian` and `3.x` too; only numbers are versions. A classifier cannot be told from a
      // qualifier by its looks.
      const filed = paths.flatMap((path) => {
        const steps = path.slice(repository.length + 1).split("/");
        const [artifact, version] = [steps.at(-3)!, steps.at(-2)!];
        return /^\d+(\.\d+)+[\w.-]*$/.test(version) &&
          !version.endsWith("x") &&
          steps.at(-1) === `${artifact}-${version}.jar`
          ? [{ path, group: steps.slice(0, -3).join("."), artifact, version }]
          : [];
      });
      let groups = 0;
      for (const { path, group, artifact, version } of filed) {
        const { packages } = parseJavaArchive(readFileSync(path), path);
        const found = packages.find((one) => one.name.split(":").at(-1) === artifact && one.version === version);
        expect(found, `${path}: ${packages.map(({ name }) => name).join(", ")}`).toBeDefined();
        if (found?.name === `${group}:${artifact}`) groups++;
      }
      expect(filed.length).toBeGreaterThan(0);
      expect(groups / filed.length).toBeGreaterThan(0.8);
    });
  },
);
