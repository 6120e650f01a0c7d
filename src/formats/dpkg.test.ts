import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { controlParagraphs } from "./control-fields.ts";
import { parseDpkgStatus, parseFileList, parseMd5Sums, parseOpkgStatus, withOwnedFiles } from "./dpkg.ts";

const status = (state: string, rest = "") =>
  `Package: foo\nStatus: ${state}\nVersion: 1:2.0-1+b1\nArchitecture: amd64\n${rest}\n`;

describe("parseDpkgStatus", () => {
  it.each([
    ["install ok installed", 1],
    ["hold ok installed", 1],
    ["deinstall ok installed", 1],
    ["install reinstreq half-installed", 1],
    ["install ok unpacked", 1],
    ["install ok half-configured", 1],
    ["install ok triggers-pending", 1],
    ["deinstall ok config-files", 0],
    ["purge ok not-installed", 0],
  ])("counts %s as %i", (state, count) => {
    expect(parseDpkgStatus(status(state), "status")).toHaveLength(count);
  });

  it("takes name and version of the source from the Source field", () => {
    const [own] = parseDpkgStatus(status("install ok installed"), "status");
    expect(own).toMatchObject({ sourceName: "foo", sourceVersion: "1:2.0-1+b1" });
    const [named] = parseDpkgStatus(status("install ok installed", "Source: bar\n"), "status");
    expect(named).toMatchObject({ sourceName: "bar", sourceVersion: "1:2.0-1+b1" });
    const [versioned] = parseDpkgStatus(status("install ok installed", "Source: bar (1:2.0-1)\n"), "status");
    expect(versioned).toMatchObject({ sourceName: "bar", sourceVersion: "1:2.0-1" });
  });

  it("reads distroless paragraphs, which have no Status", () => {
    const text =
      "Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\nMaintainer: Santiago Vila <sanvila@debian.org>\n";
    expect(parseDpkgStatus(text, "status.d/base")).toMatchObject([
      { name: "base-files", version: "12.4+deb12u5", vendor: "Santiago Vila <sanvila@debian.org>" },
    ]);
  });

  it("does not take what a continuation line says for a field", () => {
    const text = "Package: a\nStatus: install ok installed\nDescription: x\n Package: b\n .\n Version: 9\nVersion: 1\n";
    expect(parseDpkgStatus(text, "status")).toMatchObject([{ name: "a", version: "1" }]);
  });

  it("tells a state that is not `installed`", () => {
    expect(parseDpkgStatus(status("install ok unpacked"), "status")[0]?.properties).toEqual({ status: "unpacked" });
  });

  const texlive = sharedData("package-databases/claircore/dpkg/texlive.status");
  it.skipIf(!texlive)("reads a real status file of 357 packages (skipped where package-databases is absent)", () => {
    const packages = parseDpkgStatus(readFileSync(texlive!, "utf8"), "texlive.status");
    expect(packages).toHaveLength(357);
    expect(packages.filter(({ sourceName, name }) => sourceName !== name).length).toBeGreaterThan(100);
  });

  it("never throws on any text, and ends on long ones", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDpkgStatus(text, "status")));
    const long = `Package: x\nVersion: 1\nSource: ${"(".repeat(2_000_000)}\n${" ".repeat(2_000_000)}\n`;
    parseDpkgStatus(long, "status");
  });
});

describe("controlParagraphs", () => {
  it("gives back the fields that were written", () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
    fc.assert(
      fc.property(fc.array(fc.dictionary(name, value, { minKeys: 1, maxKeys: 6 }), { maxLength: 5 }), (paragraphs) => {
        const distinct = paragraphs.map(
          (fields) => new Map(Object.entries(fields).map(([key, text]) => [key.toLowerCase(), text])),
        );
        const text = distinct
          .map((fields) => [...fields].map(([key, content]) => `${key}: ${content}\n`).join(""))
          .join("\n");
        expect([...controlParagraphs(text, "text")].map((fields) => [...fields])).toEqual(
          distinct.map((fields) => [...fields]),
        );
      }),
    );
  });
});

describe("files of packages", () => {
  const list =
    "/.\n/usr\n/usr/bin\n/usr/bin/tool\n/usr/lib\n/usr/lib/node_modules\n/usr/lib/node_modules/a\n/usr/lib/node_modules/a/package.json\n/usr/share\n/usr/share/doc\n/usr/share/doc/copyright\n";

  it("counts files and keeps those that another reader may claim", () => {
    expect(parseFileList(list, "tool")).toEqual({
      owner: "tool",
      fileCount: 3,
      paths: ["usr/bin/tool", "usr/lib/node_modules/a/package.json"],
    });
  });

  it("reads md5sums", () => {
    const sums = `${"0".repeat(32)}  usr/bin/tool\n${"a".repeat(32)}  usr/share/doc/a b\nnonsense\n`;
    expect(parseMd5Sums(sums, "tool")).toEqual({ owner: "tool", fileCount: 2, paths: ["usr/bin/tool"] });
  });

  it("joins lists by name and by name with architecture", () => {
    const packages = parseOpkgStatus(
      "Package: a\nVersion: 1\nArchitecture: x\n\nPackage: a\nVersion: 1\nArchitecture: y\n",
      "status",
    );
    const joined = withOwnedFiles(packages, [
      { owner: "a:y", fileCount: 2, paths: [] },
      { owner: "a", fileCount: 1, paths: [] },
    ]);
    expect(joined.map(({ fileCount }) => fileCount)).toEqual([1, 2]);
    expect(joined[0]?.type).toBe("opkg");
  });
});
