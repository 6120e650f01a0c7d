import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { goVulndb } from "./go-vulndb.ts";

const excluded = (text: string) => goVulndb.read({ path: "vulndb/data/excluded/GO-2022-0904.yaml", text }).records;
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
  it("is wanted beside the database itself, and reports are not", () => {
    for (const path of [
      "data/excluded/GO-2022-0904.yaml",
      "data/osv/GO-2022-0904.json",
      "ID/GO-2022-0904.json",
      "GO-2022-1.json",
    ])
      expect(goVulndb.wants(path)).toBe(true);
    for (const path of ["data/reports/GO-2022-0904.yaml", "data/cve/v5/GO-2022-0904.json", "excluded/README.md"])
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
