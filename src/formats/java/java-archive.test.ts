import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { zipArchive } from "../zip.fixture.ts";
import { parseJavaArchive } from "./java-archive.ts";
import { partsOfFileName } from "./java-identity.ts";
import { parseManifest } from "./properties.ts";

const pom = (group: string, artifact: string, version: string) => ({
  [`META-INF/maven/${group}/${artifact}/pom.properties`]: Buffer.from(
    `#Generated\nversion=${version}\ngroupId=${group}\nartifactId=${artifact}\n`,
  ),
});
const manifest = (text: string) => ({ "META-INF/MANIFEST.MF": Buffer.from(`Manifest-Version: 1.0\r\n${text}`) });
const names = (bytes: Uint8Array, path: string) =>
  parseJavaArchive(bytes, path).packages.map(({ name, version }) => `${name}@${version}`);

describe("parseJavaArchive", () => {
  it("knows an archive by its pom.properties, and what was shaded into it by theirs", () => {
    const jar = zipArchive(
      { ...pom("org.example", "app", "1.0"), ...pom("com.lib", "lib", "2.0") },
      { deflated: true },
    );
    expect(names(jar, "opt/app-1.0.jar")).toEqual(["org.example:app@1.0", "com.lib:lib@2.0"]);
  });

  it("takes name and version of the file and the group that the manifest hints at", () => {
    const jar = zipArchive(manifest("Implementation-Vendor-Id: org.example\r\nImplementation-Title: Some words\r\n"));
    expect(names(jar, "lib/tool-core-1.2.3.jar")).toEqual(["org.example:tool-core@1.2.3"]);
    const bundle = zipArchive(
      manifest("Bundle-SymbolicName: org.example.tool;singleton:=true\r\nBundle-Version: 4.1.50.Final\r\n"),
    );
    expect(names(bundle, "tool-4.1.50.Final-linux-x86_64.jar")).toEqual(["org.example:tool@4.1.50.Final"]);
  });

  it("is less sure of what has no pom.properties and least of what has no group", () => {
    const [hinted] = parseJavaArchive(
      zipArchive(manifest("Implementation-Vendor-Id: org.example\n")),
      "a-1.0.jar",
    ).packages;
    const [bare] = parseJavaArchive(zipArchive({ "A.class": Buffer.alloc(4) }), "a-1.0.jar").packages;
    expect([hinted?.confidence, bare?.confidence, bare?.name]).toEqual(["medium", "low", "a"]);
  });

  it("invents nothing for an archive without version", () => {
    expect(names(zipArchive({ "A.class": Buffer.alloc(4) }), "level-3-jar.jar")).toEqual([]);
  });

  it("opens archives in archives and says where they lie", () => {
    const inner = zipArchive(pom("g", "inner", "3"), { deflated: true });
    const middle = zipArchive({ ...pom("g", "middle", "2"), "lib/inner-3.jar": inner });
    const outer = zipArchive({ "WEB-INF/lib/middle-2.jar": middle }, { deflated: true });
    expect(parseJavaArchive(outer, "app.war").packages).toMatchObject([
      { name: "g:middle", within: "WEB-INF/lib/middle-2.jar" },
      { name: "g:inner", within: "WEB-INF/lib/middle-2.jar!/lib/inner-3.jar" },
    ]);
  });

  it("tells nested archives that are damaged or too deep as problems", () => {
    const damaged = parseJavaArchive(
      zipArchive({ ...pom("g", "a", "1"), "lib/x.jar": Buffer.from("no zip") }),
      "a-1.jar",
    );
    expect(damaged.packages).toHaveLength(1);
    expect(damaged.problems).toEqual([expect.stringContaining("lib/x.jar")]);
    let nested = zipArchive(pom("g", "deep", "1"));
    for (let depth = 0; depth < limits.archiveDepth + 2; depth++) nested = zipArchive({ "n.jar": nested });
    const deep = parseJavaArchive(nested, "n.jar");
    expect(deep.packages).toEqual([]);
    expect(deep.problems).toEqual([expect.stringContaining("archives deep")]);
  });

  it("decompresses no more than an archive of archives can hold, and says what it left out", () => {
    const bomb = zipArchive({ ...pom("g", "a", "1"), "lib/x.jar": Buffer.alloc(64 * 1024 ** 2) }, { deflated: true });
    expect(bomb.length).toBeLessThan(128 * 1024);
    const found = parseJavaArchive(bomb, "a-1.jar");
    expect(found.packages).toMatchObject([{ name: "g:a" }]);
    expect(found.problems).toEqual([expect.stringMatching(/^lib\/x\.jar: .*more than the \d+ bytes/)]);
    const text = Buffer.alloc(4 * 1024 ** 2, "groupId=g\n");
    const poms = Array.from({ length: 200 }, (_, at) => [`META-INF/maven/g/a${at}/pom.properties`, text] as const);
    const many = zipArchive(Object.fromEntries(poms), { deflated: true });
    expect(parseJavaArchive(many, "a-1.jar").problems.length).toBeGreaterThan(100);
  });

  it("refuses what is no archive", () => {
    expect(() => parseJavaArchive(Buffer.from("text"), "a.jar")).toThrow(AppError);
  });
});

describe("parts of archives", () => {
  it.each([
    ["guava-30.1-jre.jar", "guava", "30.1-jre"],
    ["commons-io-2.6.jar", "commons-io", "2.6"],
    ["log4j-core-2.14.1.jar", "log4j-core", "2.14.1"],
    ["servlet-api-3.war", "servlet-api", "3"],
    ["a-1.0-SNAPSHOT.jar", "a", "1.0-SNAPSHOT"],
    ["log4j-1.2-api-2.17.0.jar", "log4j-1.2-api", "2.17.0"],
    ["level-3-jar.jar", "level-3-jar", undefined],
    ["app.jar", "app", undefined],
  ])("splits the file name %s", (file, artifact, version) => {
    expect(partsOfFileName(`lib/${file}`)).toEqual({ artifact, version });
  });

  it("joins continued lines of a manifest and ends at the first empty one", () => {
    expect([...parseManifest("Name-A: one\r\n two\r\nB: 3\r\n\r\nName: section\r\nB: 4\r\n")]).toEqual([
      ["name-a", "onetwo"],
      ["b", "3"],
    ]);
  });
});
