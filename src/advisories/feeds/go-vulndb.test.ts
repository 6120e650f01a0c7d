import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { goVulndb } from "./go-vulndb.ts";

const excluded = (text: string) =>
  goVulndb.read({ path: "vulndb/data/excluded/GO-2022-0904.yaml", text }).records ?? [];
const document = (reason: string) => `id: GO-2022-0904
excluded: ${reason}
modules:
    - module: k8s.io/kubernetes
    - module: k8s.io/Kubernetes
cves:
    - CVE-2020-8561
ghsas:
    - GHSA-74j8-88mm-7496
`;

describe("what the Go team left out of its database", () => {
  it("is wanted beside the database itself, and copies of CVE records are not", () => {
    for (const path of [
      "data/excluded/GO-2022-0904.yaml",
      "data/reports/GO-2022-0904.yaml",
      "data/osv/GO-2022-0904.json",
      "ID/GO-2022-0904.json",
      "GO-2022-1.json",
    ])
      expect(goVulndb.wants(path)).toBe(true);
    for (const path of ["data/cve/v5/GO-2022-0904.json", "excluded/README.md"])
      expect(goVulndb.wants(path)).toBe(false);
  });
  it.each([
    ["NOT_IMPORTABLE", "not importable"],
    ["EFFECTIVELY_PRIVATE", "effectively private"],
    ["NOT_GO_CODE", "not Go code"],
    ["LEGACY_FALSE_POSITIVE", "false positive"],
  ])("%s says that users of the module are not affected", (reason, status) => {
    expect(excluded(document(reason))).toEqual([
      {
        id: "GO-2022-0904",
        aliases: ["CVE-2020-8561", "GHSA-74j8-88mm-7496"],
        source: "govulndb",
        ecosystem: "golang",
        package: "k8s.io/kubernetes",
        ranges: [],
        notAffected: true,
        state: "fixed",
        status,
      },
    ]);
  });
  it.each(["NOT_A_VULNERABILITY", "DEPENDENT_VULNERABILITY", "WITHDRAWN", "SOMETHING_NEW"])(
    "%s says nothing about a module",
    (reason) => expect(excluded(document(reason))).toEqual([]),
  );
  it.each([
    ["NOT_IMPORTABLE", "not importable"],
    ["EFFECTIVELY_PRIVATE", "effectively private"],
  ])("a report that was once excluded as %s says so too", (reason, status) => {
    const text = document(reason).replace("excluded:", "unexcluded:");
    const { records } = goVulndb.read({ path: "vulndb/data/reports/GO-2022-0904.yaml", text });
    expect(records).toEqual(excluded(document(reason)));
    expect(records?.[0]).toMatchObject({ status, notAffected: true });
  });
  it("reports that were never excluded, or for another reason, say nothing", () => {
    const report = (text: string) =>
      goVulndb.read({ path: "vulndb/data/reports/GO-2022-0904.yaml", text }).records ?? [];
    expect(report("id: GO-2022-0904\nmodules:\n    - module: a.example/b\n")).toEqual([]);
    expect(report(document("DEPENDENT_VULNERABILITY").replace("excluded:", "unexcluded:"))).toEqual([]);
  });
  it("yields records or an error that says what is wrong, whatever is in the file", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom("id: GO-1", "id: GO-1\nexcluded: [", "excluded: NOT_GO_CODE"),
    );
    fc.assert(
      fc.property(text, (content) => {
        try {
          expect(Array.isArray(excluded(content))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toBe("CORRUPT_INPUT");
        }
      }),
    );
  });
});

describe("vulnerabilities of some operating systems", () => {
  const entry = (...imports: object[]) => ({
    package: { ecosystem: "Go", name: "toolchain" },
    ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.14.14" }] }],
    ecosystem_specific: { imports },
  });
  const read = (...affected: object[]) =>
    goVulndb.read({
      path: "data/osv/GO-2021-0068.json",
      text: JSON.stringify({ id: "GO-2021-0068", aliases: ["CVE-2021-3115"], affected }),
    }).records ?? [];

  it("do not affect a container on Linux where Linux is not among them", () => {
    expect(read(entry({ path: "cmd/go", goos: ["windows"] }))).toMatchObject([
      { package: "toolchain", notAffected: true, status: "only on windows" },
    ]);
    expect(read(entry({ path: "a", goos: ["windows"] }, { path: "b", goos: ["plan9", "aix"] }))).toMatchObject([
      { notAffected: true, status: "only on aix, plan9, windows" },
    ]);
  });
  it("affect it where Linux is named, or where one of the packages names no system", () => {
    for (const imports of [
      [{ path: "a", goos: ["windows", "linux"] }],
      [{ path: "a", goos: ["windows"] }, { path: "b" }],
      [{ path: "a", goos: [] }],
      [],
    ])
      expect(read(entry(...imports))[0]).not.toHaveProperty("notAffected");
  });
});
