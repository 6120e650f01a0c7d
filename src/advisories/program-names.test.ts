import { describe, expect, it } from "vitest";
import { record } from "../../test/fakes/advisory-store.ts";
import { installed, matched, rows } from "../../test/fakes/matching.ts";
import { programRules } from "../formats/binaries/classify.ts";
import { cpeNamesOf, isProgramCpe, programNamesOf } from "./program-names.ts";

/** Programs that no advisory source of Plimsoll knows under any name; they are reported as not judged. */
const withoutSource = ["blackbox-exporter", "bun", "dumb-init", "node-exporter", "pushgateway", "pypy", "tini"];
/** Programs without a CPE that other sources know by their name. */
const byNameAlone = ["alertmanager", "wp-cli"];

describe("every classified program", () => {
  it("has a CPE whose ranges are kept, or is known by name, or is named as one that nobody knows", () => {
    const names = [...new Set(programRules.map(({ name }) => name))];
    const without = names.filter((name) =>
      programRules.every((rule) => rule.name !== name || rule.cpe === undefined || !isProgramCpe(rule.cpe)),
    );
    expect(names.length).toBeGreaterThan(90);
    expect(without.sort()).toEqual([...withoutSource, ...byNameAlone].sort());
  });
  it.each(withoutSource)("%s is not judged, whatever the data holds of others", (name) => {
    const data = { records: [record("generic", "node", "CVE-1-1", "99"), record("bitnami", "nginx", "CVE-1-2", "99")] };
    const report = matched([installed("generic", name, "1.0.0")], undefined, data);
    expect(report.judged).toBe(0);
    expect(report.unjudged).toMatchObject([{ count: 1, packages: [`${name} 1.0.0`] }]);
    expect(report.unjudged[0]?.reason).toMatch(/no advisory in the data names/);
  });
  it("that the data knows is judged, and clear where no range holds its version", () => {
    const data = { records: [record("bitnami", "nginx", "CVE-1-2", "1.25.0")] };
    expect(matched([installed("generic", "nginx", "1.26.0")], undefined, data)).toMatchObject({
      judged: 1,
      matches: [],
    });
  });
});

describe("names of programs", () => {
  it("are those of each source", () => {
    expect(programNamesOf("redis")).toEqual([
      ["generic", "redis"],
      ["bitnami", "redis"],
    ]);
    expect(programNamesOf("go")).toContainEqual(["bitnami", "golang"]);
    expect(programNamesOf("kubelet")).toContainEqual(["kubernetes", "k8s.io/kubelet"]);
  });
  it("of CPEs lead to each other, the given one first", () => {
    expect(cpeNamesOf("f5:nginx")[0]).toBe("f5:nginx");
    expect(cpeNamesOf("f5:nginx")).toContain("nginx:nginx");
    expect(cpeNamesOf("nginx:nginx")[0]).toBe("nginx:nginx");
    expect(cpeNamesOf("percona:percona_server")).toContain("oracle:mysql");
    expect(cpeNamesOf("oracle:mysql")).not.toContain("percona:percona_server");
    expect(cpeNamesOf("who:knows")).toEqual(["who:knows"]);
    expect(isProgramCpe("nginx:nginx")).toBe(true);
    expect(isProgramCpe("who:knows")).toBe(false);
  });
  it("find what another name of the same product is affected by", () => {
    const nginx = installed("generic", "nginx", "1.20.0", {
      properties: { cpe: "cpe:2.3:a:f5:nginx:1.20.0:*:*:*:*:*:*:*" },
    });
    const records = [record("cpe", "nginx:nginx", "CVE-1-1", "1.21.0"), record("cpe", "who:knows", "CVE-1-2", "9")];
    expect(rows(matched([nginx], undefined, { records }))).toEqual(["nginx CVE-1-1 1.21.0"]);
    const erlang = installed("generic", "erlang", "25.0", {
      properties: { cpe: "cpe:2.3:a:erlang:erlang\\/otp:25.0:*:*:*:*:*:*:*" },
    });
    expect(
      rows(matched([erlang], undefined, { records: [record("cpe", "erlang:erlang\\/otp", "CVE-1-3", "26")] })),
    ).toEqual(["erlang CVE-1-3 26"]);
    const kubelet = installed("generic", "kubelet", "1.24.0");
    expect(
      rows(matched([kubelet], undefined, { records: [record("kubernetes", "k8s.io/kubelet", "CVE-1-4", "1.24.9")] })),
    ).toEqual(["kubelet CVE-1-4 1.24.9"]);
  });
  it("of what a program is built from ask for its version", () => {
    const percona = installed("generic", "percona-server", "8.0.35-27", {
      properties: { cpe: "cpe:2.3:a:percona:percona_server:8.0.35-27:*:*:*:*:*:*:*" },
    });
    const last = (lastAffected: string) => ({ ranges: [{ introduced: "8.0.0", lastAffected }] });
    const records = [
      record("cpe", "oracle:mysql", "CVE-1-1", "", last("8.0.35")),
      record("cpe", "oracle:mysql", "CVE-1-2", "", last("8.0.34")),
    ];
    expect(rows(matched([percona], undefined, { records }))).toEqual(["percona-server CVE-1-1 -"]);
  });
  it("keep the order of the program's own versions", () => {
    const openssl = installed("generic", "openssl", "1.0.2zb", {
      properties: { cpe: "cpe:2.3:a:openssl:openssl:1.0.2zb:*:*:*:*:*:*:*" },
    });
    const records = [
      record("cpe", "openssl:openssl", "CVE-1-1", "1.0.2zf"),
      record("cpe", "openssl:openssl", "CVE-1-2", "1.0.2y"),
    ];
    expect(rows(matched([openssl], undefined, { records }))).toEqual(["openssl CVE-1-1 1.0.2zf"]);
    const java = installed("generic", "java", "1.8.0_282-b08");
    const ranges = [
      { introduced: "0", fixed: "1.8.0" },
      { introduced: "1.9.0", fixed: "8.0.291" },
      { introduced: "9.0.0", fixed: "11.0.11" },
    ];
    const known = [record("bitnami", "java", "BIT-1", "", { ranges, aliases: ["CVE-2021-3"] })];
    expect(rows(matched([java], undefined, { records: known }))).toEqual(["java CVE-2021-3 8.0.291"]);
    expect(rows(matched([{ ...java, version: "1.8.0_291-b10" }], undefined, { records: known }))).toEqual([]);
    expect(rows(matched([{ ...java, version: "11.0.11" }], undefined, { records: known }))).toEqual([]);
  });
});
