import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { packageUrl } from "./package-url.ts";

const debian = { id: "debian", versionId: "12" };

describe("packageUrl", () => {
  it.each([
    [
      {
        name: "openssl",
        version: "3.0.11-1",
        type: "deb",
        architecture: "amd64",
        sourceName: "openssl",
        sourceVersion: "3.0.11-1",
      },
      debian,
      "pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12",
    ],
    [
      {
        name: "libc6",
        version: "2.31-13+b1",
        type: "deb",
        architecture: "amd64",
        sourceName: "glibc",
        sourceVersion: "2.31-13",
      },
      debian,
      "pkg:deb/debian/libc6@2.31-13%2Bb1?arch=amd64&distro=debian-12&upstream=glibc%402.31-13",
    ],
    [
      {
        name: "libssl1.1",
        version: "1.1.1d-r3",
        type: "apk",
        architecture: "x86_64",
        sourceName: "openssl",
        sourceVersion: "1.1.1d-r3",
      },
      { id: "alpine", versionId: "3.11.5" },
      "pkg:apk/alpine/libssl1.1@1.1.1d-r3?arch=x86_64&distro=alpine-3.11.5&upstream=openssl",
    ],
    [
      {
        name: "vim",
        version: "8.2-1.el8",
        type: "rpm",
        epoch: 2,
        architecture: "x86_64",
        sourceRpm: "vim-8.2-1.el8.src.rpm",
      },
      { id: "rhel", versionId: "8.9" },
      "pkg:rpm/redhat/vim@8.2-1.el8?arch=x86_64&distro=rhel-8.9&epoch=2&upstream=vim-8.2-1.el8.src.rpm",
    ],
    [
      { name: "bash", version: "5-1", type: "rpm", epoch: 0 },
      { id: "opensuse-leap", versionId: "15.1" },
      "pkg:rpm/opensuse/bash@5-1?distro=opensuse-leap-15.1",
    ],
    [
      { name: "a", version: "1", type: "deb" },
      { id: "debian", versionCodename: "trixie" },
      "pkg:deb/debian/a@1?distro=debian-trixie",
    ],
    [{ name: "a", version: "1", type: "deb" }, undefined, "pkg:deb/a@1"],
    [{ name: "@angular/core", version: "1.0.0", type: "npm" }, debian, "pkg:npm/%40angular/core@1.0.0"],
    [
      { name: "org.apache.logging.log4j:log4j-core", version: "2.14.1", type: "maven" },
      debian,
      "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    ],
    [{ name: "golang.org/x/net", version: "v0.1.0", type: "golang" }, debian, "pkg:golang/golang.org/x/net@v0.1.0"],
    [{ name: "example.com/app", version: "(devel)", type: "golang" }, debian, "pkg:golang/example.com/app"],
    [{ name: "stdlib", version: "1.22.3", type: "golang" }, debian, "pkg:golang/stdlib@1.22.3"],
    [
      { name: "nokogiri", version: "1.15.0", type: "gem", qualifiers: { platform: "java" } },
      debian,
      "pkg:gem/nokogiri@1.15.0?platform=java",
    ],
    [
      { name: "dev-libs/openssl", version: "3.0.9-r2", type: "ebuild" },
      { id: "gentoo" },
      "pkg:ebuild/dev-libs/openssl@3.0.9-r2",
    ],
  ])("names %j", (record, distribution, url) => {
    expect(packageUrl(record, distribution)).toBe(url);
  });

  it("gives nothing for a name that the type's rules reject", () => {
    expect(packageUrl({ name: "artifact-alone", version: "1", type: "maven" }, debian)).toBeUndefined();
    expect(packageUrl({ name: "", version: "1", type: "npm" }, debian)).toBeUndefined();
  });

  const folder = sharedData("purl/types");
  it.skipIf(!folder).each(["alpm", "apk", "deb", "rpm", "npm", "pypi", "gem", "cargo", "nuget", "bitnami", "conda"])(
    "builds the specification's own examples of %s (skipped where purl is absent)",
    (type) => {
      const { tests } = JSON.parse(readFileSync(`${folder}/${type}-test.json`, "utf8"));
      const builds = tests.filter(
        (test: { test_type: string; expected_failure: boolean }) =>
          test.test_type === "build" && !test.expected_failure,
      );
      for (const { input, expected_output } of builds) {
        const { namespace, name, version, qualifiers, subpath } = input;
        if (subpath) continue;
        const record = {
          name,
          version: version ?? "",
          type,
          ...(namespace === null ? {} : { namespace }),
          qualifiers: qualifiers ?? {},
        };
        expect(packageUrl(record, undefined)).toBe(expected_output);
      }
      expect(builds.length).toBeGreaterThan(0);
    },
  );
});
