import { describe, expect, it } from "vitest";
import { nvdOverrides } from "./cpe-ranges.ts";

function ranges(...matches: readonly (readonly [criteria: string, more?: object])[]) {
  const cpeMatch = matches.map(([criteria, more]) => ({ criteria, vulnerable: true, ...more }));
  const text = JSON.stringify({
    _annotation: { cve_id: "CVE-2024-1", modified: "2024-05-06" },
    cve: { configurations: [{ nodes: [{ cpeMatch }] }] },
  });
  const { records = [] } = nvdOverrides.read({ path: "CVE-2024-1.json", text });
  return Object.fromEntries(records.map((record) => [record.package, record.ranges]));
}

describe("ranges of CPEs", () => {
  it("are kept for every classified program and the other names of its product", () => {
    expect(
      Object.keys(
        ranges(
          ["cpe:2.3:a:git-scm:git:*:*:*:*:*:*:*:*", { versionEndExcluding: "2.45" }],
          ["cpe:2.3:a:gnu:gcc:*:*:*:*:*:*:*:*", { versionEndExcluding: "13" }],
          ["cpe:2.3:a:openbsd:openssh:*:*:*:*:*:*:*:*", { versionEndExcluding: "9.8" }],
          ["cpe:2.3:a:tukaani:xz:5.6.0:*:*:*:*:*:*:*"],
          ["cpe:2.3:a:erlang:erlang\\/otp:*:*:*:*:*:*:*:*", { versionEndExcluding: "26" }],
          ["cpe:2.3:a:somebody:else:*:*:*:*:*:*:*:*", { versionEndExcluding: "1" }],
          ["cpe:2.3:o:openbsd:openssh:*:*:*:*:*:*:*:*", { versionEndExcluding: "9.8" }],
        ),
      ).sort(),
    ).toEqual(["erlang:erlang\\/otp", "git-scm:git", "gnu:gcc", "openbsd:openssh", "tukaani:xz"]);
  });
  it("take the update of a single version as a part of it", () => {
    expect(
      ranges(
        ["cpe:2.3:a:openbsd:openssh:9.3:p1:*:*:*:*:*:*"],
        ["cpe:2.3:a:oracle:jre:1.8.0:update291:*:*:*:*:*:*"],
        ["cpe:2.3:a:oracle:openjdk:8:update282:*:*:*:*:*:*"],
        ["cpe:2.3:a:php:php:8.0.0:rc1:*:*:*:*:*:*"],
        ["cpe:2.3:a:openssl:openssl:1.0.2:-:*:*:*:*:*:*"],
      ),
    ).toEqual({
      "openbsd:openssh": [{ introduced: "9.3p1", lastAffected: "9.3p1" }],
      "oracle:jre": [{ introduced: "8.0.291", lastAffected: "8.0.291" }],
      "oracle:openjdk": [{ introduced: "8.0.282", lastAffected: "8.0.282" }],
      "php:php": [{ introduced: "8.0.0-rc1", lastAffected: "8.0.0-rc1" }],
      "openssl:openssl": [{ introduced: "1.0.2", lastAffected: "1.0.2" }],
    });
  });
});
