import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { parseBitnamiSpdx } from "./bitnami.ts";
import { parseComposerInstalled } from "./composer.ts";
import { parseDotnetDependencies } from "./dotnet-dependencies.ts";
import { parseGemspec } from "./gemspec.ts";
import { parseNpmPackage, parseYarnArchive } from "./npm-package.ts";
import { parsePacmanDescription, parsePacmanFiles } from "./pacman.ts";
import { parsePortageContents } from "./portage.ts";
import { parsePubspec } from "./pub-package.ts";
import { parseCondaPackage, parsePythonEgg, parsePythonMetadata } from "./python-metadata.ts";
import { parseRPackage } from "./r-package.ts";
import { zipArchive } from "./zip.fixture.ts";

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

describe("pacman", () => {
  it("reads description and files", () => {
    const text =
      "%NAME%\nopenssl\n\n%VERSION%\n3.2.1-1\n\n%BASE%\nopenssl\n\n%ARCH%\nx86_64\n\n%LICENSE%\nApache-2.0\nMIT\n\n%PACKAGER%\nA <a@example.org>\n\n";
    expect(parsePacmanDescription(text)).toMatchObject({
      name: "openssl",
      version: "3.2.1-1",
      type: "alpm",
      architecture: "x86_64",
      licenses: ["Apache-2.0", "MIT"],
    });
    expect(parsePacmanDescription("%NAME%\nx\n")).toBeUndefined();
    expect(parsePacmanFiles("%FILES%\nusr/\nusr/bin/\nusr/bin/openssl\n\n%BACKUP%\netc/x\n", "openssl-1")).toEqual({
      owner: "openssl-1",
      fileCount: 1,
      paths: ["usr/bin/openssl"],
    });
  });
});

describe("portage", () => {
  it.each([
    ["openssl-3.0.9-r2", "dev-libs/openssl", "3.0.9-r2"],
    ["gtk+-2.24.33", "dev-libs/gtk+", "2.24.33"],
    ["foo-bar-1.2_rc3", "dev-libs/foo-bar", "1.2_rc3"],
    ["font-2-1.0a_p20200101", "dev-libs/font-2", "1.0a_p20200101"],
  ])("splits %s", (folder, name, version) => {
    expect(parsePortageContents("", "dev-libs", folder)).toMatchObject({ name, version, type: "ebuild" });
  });

  it("counts files and links", () => {
    const text =
      "dir /usr/bin\nobj /usr/bin/a tool 0123456789abcdef0123456789abcdef 1600000000\nsym /usr/bin/b -> a 1600000000\n";
    expect(parsePortageContents(text, "app", "x-1")).toMatchObject({
      fileCount: 2,
      ownedPaths: ["usr/bin/a tool", "usr/bin/b"],
    });
    expect(parsePortageContents(text, "app", "no version")).toBeUndefined();
  });
});

describe("npm", () => {
  it("reads name, version and every form of licence", () => {
    const read = (more: object) =>
      parseNpmPackage(json({ name: "@scope/a", version: "1.0.0", ...more }), "package.json", false);
    expect(read({ license: "MIT" })).toMatchObject({
      name: "@scope/a",
      version: "1.0.0",
      type: "npm",
      licenses: ["MIT"],
      properties: {},
    });
    expect(read({ license: { type: "ISC" } })?.licenses).toEqual(["ISC"]);
    expect(read({ licenses: [{ type: "MIT" }, "ISC", 3] })?.licenses).toEqual(["MIT", "ISC"]);
  });

  it("leaves fixtures without version out and marks the application", () => {
    expect(parseNpmPackage(json({ name: "a" }), "package.json", false)).toBeUndefined();
    expect(parseNpmPackage(json({ type: "module" }), "package.json", false)).toBeUndefined();
    const root = parseNpmPackage(json({ name: "app", version: "1.0.0", private: true }), "package.json", true);
    expect(root).toMatchObject({ confidence: "medium", properties: { root: "yes", private: "yes" } });
  });

  it("reads what Yarn runs out of an archive", () => {
    const archive = (path: string, text: string) =>
      zipArchive({ "node_modules/.yarn-state": Buffer.from(""), [path]: Buffer.from(text) }, { deflated: true });
    const manifest = '{"name":"@scope/a","version":"1.0.0","license":"MIT"}';
    expect(parseYarnArchive(archive("node_modules/@scope/a/package.json", manifest), "a.zip")).toMatchObject({
      name: "@scope/a",
      version: "1.0.0",
      type: "npm",
      within: "node_modules/@scope/a/package.json",
    });
    expect(parseYarnArchive(archive("node_modules/a/lib/package.json", manifest), "a.zip")).toBeUndefined();
    expect(() => parseYarnArchive(Buffer.from("no archive"), "a.zip")).toThrow(AppError);
  });

  it("is not deceived by members of Object", () => {
    expect(
      parseNpmPackage(Buffer.from('{"__proto__":{"name":"a","version":"1"}}'), "package.json", false),
    ).toBeUndefined();
  });
});

describe("Python", () => {
  it("reads the fields before the description", () => {
    const text =
      "Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nAuthor-email: a@example.org\nLicense: MIT\nClassifier: a\nClassifier: b\n\nVersion: 9\n";
    expect(parsePythonMetadata(text, "METADATA")).toEqual({
      name: "Foo_Bar",
      version: "1.0",
      type: "pypi",
      vendor: "a@example.org",
      licenses: ["MIT"],
    });
    expect(parsePythonMetadata("Name: x\n", "METADATA")).toBeUndefined();
    expect(parsePythonMetadata("", "METADATA")).toBeUndefined();
  });

  it("reads conda's records", () => {
    const record = {
      name: "openssl",
      version: "3.0.1",
      build: "h0_1",
      channel: "https://conda.example.org/pkgs/main/linux-64",
      subdir: "linux-64",
      fn: "openssl-3.0.1-h0_1.conda",
      license: "Apache-2.0",
      files: ["a", "b"],
    };
    expect(parseCondaPackage(json(record), "x.json")).toMatchObject({
      name: "openssl",
      fileCount: 2,
      qualifiers: { build: "h0_1", channel: "main", subdir: "linux-64", type: "conda" },
    });
  });
});

describe("Python eggs that are archives", () => {
  const egg = (files: Record<string, string>, form = {}) =>
    zipArchive(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])), form);

  it("are read with the metadata in them", () => {
    const bytes = egg({ "a.py": "", "EGG-INFO/PKG-INFO": "Name: A\nVersion: 1.0\n" }, { deflated: true });
    expect(parsePythonEgg(bytes, "a.egg")).toEqual({
      name: "A",
      version: "1.0",
      type: "pypi",
      vendor: undefined,
      licenses: [],
      within: "EGG-INFO/PKG-INFO",
    });
    expect(parsePythonEgg(egg({ "a.py": "" }), "a.egg")).toBeUndefined();
  });

  it("are told from models of that name, and refused where they are cut off or larger inside than they may be", () => {
    expect(parsePythonEgg(Buffer.from("<CoordinateSystem> { Z-Up }\n".repeat(9)), "panda.egg")).toBeUndefined();
    const bytes = egg({ "EGG-INFO/PKG-INFO": "Name: A\nVersion: 1.0\n" });
    expect(() => parsePythonEgg(bytes.subarray(0, 60), "a.egg")).toThrow(AppError);
    const bomb = egg({ "EGG-INFO/PKG-INFO": "Name: A\n" }, { statedSize: 17 * 1024 ** 2 });
    expect(() => parsePythonEgg(bomb, "a.egg")).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });
});

describe("R", () => {
  const installed = "Package: rlang\nVersion: 1.1.5\nLicense: MIT +\n  file LICENSE\nMaintainer: A <a@example.org>\n";

  it("reads what was installed, and not what is only unpacked", () => {
    expect(parseRPackage(`${installed}Built: R 4.5.0; ; 2025-04-29; unix\n`, "DESCRIPTION")).toEqual({
      name: "rlang",
      version: "1.1.5",
      type: "cran",
      vendor: "A <a@example.org>",
      licenses: ["MIT + file LICENSE"],
    });
    expect(parseRPackage(installed, "DESCRIPTION")).toBeUndefined();
    expect(parseRPackage("Package: a\nBuilt: R\n", "DESCRIPTION")).toBeUndefined();
    expect(parseRPackage("", "DESCRIPTION")).toBeUndefined();
  });

  it("tells Bioconductor's packages and those of R itself apart", () => {
    const more = (field: string) => parseRPackage(`${installed}${field}\nBuilt: R 4.5.0; ; ; unix\n`, "DESCRIPTION");
    expect(more("biocViews: Sequencing")?.type).toBe("bioconductor");
    expect(more("Priority: base")?.properties).toEqual({ priority: "base" });
  });
});

describe("Dart", () => {
  it("reads name and version in every way of writing them", () => {
    const read = (text: string) => {
      const found = parsePubspec(text);
      return found && `${found.type} ${found.name} ${found.version}`;
    };
    expect(read("name: args\nversion: 2.4.2\ndescription: >-\n  version: 9\n")).toBe("pub args 2.4.2");
    expect(read("# a\nversion: '1.0.0+1' # build\nname: \"shelf\"\r\n")).toBe("pub shelf 1.0.0+1");
    expect(read("name: flutter\ndependencies:\n  version: 1\n")).toBeUndefined();
    expect(read("")).toBeUndefined();
  });
});

describe("Ruby", () => {
  it("reads an installed specification without executing it", () => {
    const text =
      '# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.15.0 x86_64-linux lib\n\nGem::Specification.new do |s|\n  s.name = "nokogiri".freeze\n  s.licenses = ["MIT".freeze, "Ruby".freeze]\n  s.authors = ["A".freeze, "B".freeze]\nend\n';
    expect(parseGemspec(text)).toEqual({
      name: "nokogiri",
      version: "1.15.0",
      type: "gem",
      vendor: "A",
      licenses: ["MIT", "Ruby"],
      qualifiers: { platform: "x86_64-linux" },
    });
    expect(
      parseGemspec('Gem::Specification.new do |s|\n  s.name = "a"\n  s.version = Gem::Version.new("2.0")\nend\n'),
    ).toMatchObject({ name: "a", version: "2.0" });
    expect(parseGemspec("s.version = VERSION\n")).toBeUndefined();
  });

  it("is read to the end of hostile text", () => {
    for (const text of [
      "\n".repeat(1_000_000),
      " ".repeat(1_000_000),
      `s.licenses = [${"[".repeat(500_000)}`,
      "a".repeat(1_000_000),
    ])
      parseGemspec(text);
  });
});

describe("Composer", () => {
  it("reads both forms of its list", () => {
    const entry = { name: "symfony/http-kernel", version: "v5.4.1", license: ["MIT"] };
    const expected = [{ name: "symfony/http-kernel", version: "5.4.1", type: "composer", licenses: ["MIT"] }];
    expect(parseComposerInstalled(json([entry]), "installed.json")).toEqual(expected);
    expect(parseComposerInstalled(json({ packages: [entry, 3, {}], dev: true }), "installed.json")).toEqual(expected);
    expect(() => parseComposerInstalled(json(3), "installed.json")).toThrow(AppError);
  });
});

describe(".NET", () => {
  it("reads what is deployed: packages with files at run time and runtime packs", () => {
    const document = {
      runtimeTarget: { name: "net8" },
      targets: {
        net8: {
          "App/1.0.0": { runtime: { "App.dll": {} } },
          "Newtonsoft.Json/13.0.1": { runtime: { "lib/Newtonsoft.Json.dll": {} } },
          "Only.Reference/1.0.0": { compile: { "ref/x.dll": {} } },
          "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": { native: { "libclrjit.so": {} } },
        },
      },
      libraries: {
        "App/1.0.0": { type: "project" },
        "Newtonsoft.Json/13.0.1": { type: "package" },
        "Only.Reference/1.0.0": { type: "package" },
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": { type: "runtimepack" },
      },
    };
    expect(
      parseDotnetDependencies(json(document), "a.deps.json").map(({ name, version }) => `${name} ${version}`),
    ).toEqual(["Newtonsoft.Json 13.0.1", "Microsoft.NETCore.App.Runtime.linux-x64 8.0.1"]);
  });
});

describe("Bitnami", () => {
  it("reads the packages that a package URL names", () => {
    const entry = (name: string, url: string) => ({
      name,
      versionInfo: "1",
      licenseDeclared: "NOASSERTION",
      externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: url }],
    });
    const document = {
      packages: [
        entry("postgresql", "pkg:bitnami/postgresql@15.3.0-10?arch=amd64&distro=debian-11"),
        entry("lib", "pkg:golang/example.com/lib@v1.0.0"),
        entry("bad", "no url"),
        { name: "none" },
      ],
    };
    expect(parseBitnamiSpdx(json(document), "x.spdx")).toMatchObject([
      { name: "postgresql", version: "15.3.0-10", type: "bitnami", architecture: "amd64" },
      { name: "example.com/lib", version: "v1.0.0", type: "golang" },
    ]);
  });
});

describe("metadata in JSON", () => {
  const parsers = [
    (bytes: Uint8Array) => parseNpmPackage(bytes, "x", false),
    (bytes: Uint8Array) => parseCondaPackage(bytes, "x"),
    (bytes: Uint8Array) => parseComposerInstalled(bytes, "x"),
    (bytes: Uint8Array) => parseDotnetDependencies(bytes, "x"),
    (bytes: Uint8Array) => parseBitnamiSpdx(bytes, "x"),
  ];

  it.each(parsers.map((parse) => [parse] as const))("yields only AppErrors for any document and any bytes", (parse) => {
    const keys = fc.constantFrom(
      "name",
      "version",
      "license",
      "licenses",
      "packages",
      "libraries",
      "targets",
      "runtimeTarget",
      "externalRefs",
      "author",
      "files",
      "fn",
      "channel",
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
      ),
    }));
    const attempt = (bytes: Uint8Array) => {
      try {
        parse(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    };
    fc.assert(
      fc.property(value, (document) => attempt(json(document))),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => attempt(bytes)),
      { numRuns: 100 },
    );
    attempt(Buffer.from("[".repeat(1_000_000)));
  });
});
