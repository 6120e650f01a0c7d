import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../test/fakes/advisory-store.ts";
import { matchLines } from "./match.ts";

const store = fakeStore({
  records: [
    record("npm", "minimist", "GHSA-xvch-5gv4-984h", "1.2.6", { aliases: ["CVE-2021-44906"], severity: "critical" }),
    record("debian:12", "openssl", "CVE-2023-5678", "3.0.13-1~deb12u1"),
    record("almalinux:8", "vim-minimal", "ALSA-2022:5242", "2:8.0.1763-19.el8_6.2", { related: ["CVE-2022-1621"] }),
  ],
});
const lines = async (...purls: readonly string[]) =>
  (await matchLines(purls, store))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("plimsoll match", () => {
  it("writes a line a match with id, aliases, fix and severity", async () => {
    expect(await lines("pkg:npm/minimist@1.2.5")).toEqual([
      {
        purl: "pkg:npm/minimist@1.2.5",
        id: "CVE-2021-44906",
        aliases: ["GHSA-xvch-5gv4-984h"],
        advisory: "GHSA-xvch-5gv4-984h",
        source: "fake",
        fixedVersion: "1.2.6",
        severity: "critical",
        state: "fixed",
      },
    ]);
  });
  it("reads the distribution, the source and the epoch from qualifiers, each package by itself", async () => {
    const found = await lines(
      "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
      "pkg:rpm/almalinux/vim-minimal@8.0.1763-16.el8?epoch=2&distro=almalinux-8.6",
    );
    expect(found).toMatchObject([
      { id: "CVE-2023-5678" },
      { id: "CVE-2022-1621", advisory: "ALSA-2022:5242", aliases: ["ALSA-2022:5242"] },
    ]);
  });
  it("says what it cannot judge rather than nothing", async () => {
    expect(await lines("pkg:deb/debian/libssl3@3.0.11-1?distro=debian-7")).toMatchObject([
      { unjudged: "the advisory data holds nothing about debian 7" },
    ]);
  });
  it("is silent about what is clear, and refuses what is no package URL", async () => {
    expect(await matchLines(["pkg:npm/minimist@1.2.6"], store)).toBe("");
    await expect(matchLines(["minimist"], store)).rejects.toThrow(/is no package URL/);
  });
});
