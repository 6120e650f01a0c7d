import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../test/hostile-input.ts";
import { AppError } from "../core/errors.ts";
import { moduleArtifacts, offeredRpms, parseRepositories, parseRepositoryIndex, securityNotices } from "./repodata.ts";

const head = '<?xml version="1.0"?>\n<metadata xmlns="a" xmlns:rpm="b" packages="2">\n';
const one = (name: string, ver = "1") =>
  `<package type="rpm"><name>${name}</name><arch>noarch</arch><version epoch="0" ver="${ver}" rel="1"/><summary>&lt;package type="rpm"&gt;</summary><format><rpm:vendor>V &amp; W</rpm:vendor></format></package>\n`;
const text = `${head}${one("a")}${one("b")}${one("a", "2")}</metadata>`;
const cut = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

describe("primary.xml", () => {
  it("gives the wanted packages, whatever pieces it comes in", async () => {
    const expected = ["0:1-1", "0:2-1"].map((version) => ({
      name: "a",
      architecture: "noarch",
      version,
      vendor: "V & W",
    }));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), async (size) => {
        expect(await offeredRpms(cut(Buffer.from(text), size), new Set(["a"]), "p")).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
  it("may be empty, but not cut off, and not something else", async () => {
    const read = (given: string) => offeredRpms([Buffer.from(given)], new Set(["a"]), "p");
    expect(await read(`${head}</metadata>`)).toEqual([]);
    expect(await read('<metadata packages="0"/>')).toEqual([]);
    for (const bad of ["", "hello", "<html></html>", text.slice(0, -12), head])
      await expect(read(bad)).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });
  it("damaged anywhere throws nothing but what it should", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(6), fc.string({ maxLength: 4 }), async (at, count, added) => {
        const damaged = text.slice(0, at) + added + text.slice(at + count);
        try {
          await offeredRpms([Buffer.from(damaged)], new Set(["a", "b"]), "p");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

it("updateinfo.xml gives security advisories that stand", async () => {
  const update = (id: string, type: string, status: string, name: string) =>
    `<update type="${type}" status="${status}"><id>${id}</id><severity>Low</severity><pkglist><collection><package name="${name}" version="1" release="2" epoch="3" arch="x"/></collection></pkglist></update>`;
  const given = `<updates>${update("A", "security", "final", "a")}${update("B", "bugfix", "final", "a")}${update("C", "security", "retracted", "a")}${update("D", "security", "final", "z")}</updates>`;
  expect(await securityNotices([Buffer.from(given)], new Set(["a"]), "u")).toEqual([
    { id: "A", severity: "Low", name: "a", architecture: "x", version: "3:1-2" },
  ]);
  await expect(securityNotices([Buffer.from("<updates>")], new Set(), "u")).rejects.toMatchObject({
    code: "CORRUPT_INPUT",
  });
});

it("repomd.xml gives files and the newest time; absurd times are none", () => {
  const index = (stamp: string, revision = "1") =>
    `<repomd><revision>${revision}</revision><data type="primary"><location href="repodata/x.gz"/><timestamp>${stamp}</timestamp></data><data/></repomd>`;
  expect(parseRepositoryIndex(index("1768300000"), "r")).toEqual({
    files: [{ type: "primary", location: "repodata/x.gz", timestamp: 1768300000 }],
    date: "2026-01-13T10:26:40.000Z",
  });
  expect(parseRepositoryIndex(index("0", "1768300000"), "r").date).toBe("2026-01-13T10:26:40.000Z");
  for (const stamp of ["-1", "9e99", "x", ""]) expect(parseRepositoryIndex(index(stamp), "r").date).toBeUndefined();
  expect(() => parseRepositoryIndex("<r/>", "r")).toThrowError(expect.objectContaining({ code: "CORRUPT_INPUT" }));
});

it("modules.yaml gives the artifacts of each stream, and nothing else", () => {
  const given = [
    "---",
    "document: modulemd",
    "version: 2",
    "data:",
    "  name: nodejs",
    '  stream: "18"',
    "  profiles:",
    "    common:",
    "      rpms:",
    "      - npm",
    "  artifacts:",
    "    rpms:",
    "    - nodejs-1:18.1-1.module+el8.x86_64",
    "  buildopts:",
    "    rpms:",
    "    - no-0:1-1.x",
    "---",
    "document: modulemd-defaults",
  ].join("\n");
  expect([...moduleArtifacts(given, "m")]).toEqual([["nodejs-1:18.1-1.module+el8.x86_64", "nodejs:18"]]);
  survivesAnyText(
    (input) => moduleArtifacts(input, "m"),
    ["---\n", "data:\n", "  name: ", "    rpms:\n", "    - ", "a", "\n"],
  );
});

it(".repo files give repositories", () => {
  const nothing = { packages: undefined, lists: undefined, certificate: undefined };
  expect(
    parseRepositories("[main]\nx=1\n[a]\nenabled = 0\n[b]\n# c\nexclude=x y,\n  z*\npriority=5\n[c]\npriority=soon\n"),
  ).toEqual([
    { id: "a", enabled: false, priority: 99, excludes: [], line: 3, urls: [], checks: nothing },
    { id: "b", enabled: true, priority: 5, excludes: ["x", "y", "z*"], line: 5, urls: [], checks: nothing },
    { id: "c", enabled: true, priority: 99, excludes: [], line: 10, urls: [], checks: nothing },
  ]);
  const [said] = parseRepositories(
    "[a]\nbaseurl=http://a.example/1\n  https://a.example/2\nmetalink=https://b.example\ngpgcheck=True\nrepo_gpgcheck=2\nsslverify=no\n",
  );
  expect(said).toMatchObject({
    urls: ["http://a.example/1", "https://a.example/2", "https://b.example"],
    checks: { packages: true, lists: undefined, certificate: false },
  });
  survivesAnyText(parseRepositories, ["[", "]", "a", "=", "\n", " ", "enabled", "priority"]);
});
