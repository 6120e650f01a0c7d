import { describe, expect, it } from "vitest";
import { csafDocument } from "../csaf/csaf.fixture.ts";
import { feeds } from "../feeds/feeds.ts";
import { read } from "../feeds/reading.fixture.ts";
import { csafStatements } from "./csaf.ts";

const module = "postgresql:13:8090:ad00";
const document = csafDocument({
  id: "CVE-2024-1",
  namespace: "https://vex.example",
  platforms: { app: undefined, os: "cpe:/o:redhat:enterprise_linux:8" },
  components: {
    "image@1": "pkg:oci/image@sha256:aa",
    "lib@1": "pkg:npm/lib@1.0.0",
    "lib@2": "pkg:npm/lib@2.0.0",
    pg: "pkg:rpm/redhat/postgresql@13.1-1?arch=x86_64",
  },
  modules: [["os", module, "pkg:rpmmod/redhat/postgresql@13:8090:ad00"]],
  parts: [
    ["image@1", "lib@1"],
    [`os:${module}`, "pg"],
  ],
  status: {
    known_not_affected: ["image@1:lib@1", "app:lib@1"],
    recommended: ["lib@2"],
    known_affected: [`os:${module}:pg`],
    under_investigation: ["nobody"],
  },
  flags: [
    { label: "vulnerable_code_not_present", product_ids: ["image@1:lib@1"] },
    { label: "component_not_present", product_ids: [] },
  ],
  threats: [
    { category: "impact", details: "No path leads there.", group_ids: ["group"] },
    { category: "exploit_status", details: "none", product_ids: ["image@1:lib@1"] },
  ],
  remediations: [{ category: "none_available", details: "Wait." }],
}) as { product_tree: { product_groups?: object[] } };
document.product_tree.product_groups = [{ group_id: "group", product_ids: ["image@1:lib@1"] }];

describe("statements of CSAF documents", () => {
  const statements = csafStatements(document, "csaf.json");
  it("are about parts of wholes, about what is recommended, and about rpm packages whatever their module", () => {
    expect(statements.map(({ status, products, subcomponents }) => [status, products, subcomponents])).toEqual([
      ["not_affected", ["pkg:oci/image@sha256:aa"], ["pkg:npm/lib@1.0.0"]],
      // No relationship says it; the id does, and the platform has no URL of its own.
      ["not_affected", ["pkg:npm/lib@1.0.0"], []],
      ["fixed", ["pkg:npm/lib@2.0.0"], []],
      ["affected", ["pkg:rpm/redhat/postgresql@13.1-1?arch=x86_64"], []],
    ]);
  });
  it("carry what is said of their product, of its group, or of all products", () => {
    expect(statements[0]).toMatchObject({
      vulnerability: "CVE-2024-1",
      justification: "vulnerable_code_not_present",
      impact: "No path leads there.",
      action: "Wait.",
      author: "Vendor",
      date: "2025-01-02T03:04:05+00:00",
    });
    expect(statements[1]).not.toHaveProperty("justification");
    expect(statements[1]).not.toHaveProperty("impact");
  });
});

describe("a folder of CSAF documents", () => {
  const recognised = (text: string) =>
    feeds.filter(({ recognises }) => recognises({ path: "x.json", text })).map(({ id }) => id);
  it("is read as VEX, and known by content unless a distribution publishes it", () => {
    expect(read("csaf", "white/2024/cve-2024-1.json", document).statements).toHaveLength(4);
    expect(recognised(JSON.stringify(document))).toEqual(["csaf"]);
    const by = (namespace: string) =>
      JSON.stringify(
        csafDocument({ id: "CVE-2024-1", namespace, platforms: {}, components: {}, parts: [], status: {} }),
      );
    expect(recognised(by("https://www.redhat.com"))).toEqual(["redhat-csaf"]);
    expect(recognised(by("https://www.suse.com/"))).toEqual(["suse-csaf"]);
    expect(() => read("csaf", "a.json", {})).toThrow(/is no CSAF document/);
  });
});
