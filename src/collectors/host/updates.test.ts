import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type MadeHost, type MadeTree, madeNow, makeHost } from "../../../test/host-roots.ts";
import type { Updates } from "../../facts/host/updates.ts";
import { updates } from "../../facts/host/updates.ts";
import { tarOf } from "../../formats/tar/tar-fixture.ts";
import collector from "./updates.ts";

const made: MadeHost[] = [];
afterAll(() => {
  for (const host of made) host.remove();
});

async function updatesOf(...trees: readonly MadeTree[]): Promise<Updates> {
  const host = makeHost({ "etc/passwd": "root:x:0:0::/:/bin/sh\n" }, ...trees);
  made.push(host);
  const context = { signal: new AbortController().signal, now: madeNow };
  for await (const found of collector.collect(host.root, context))
    if ("value" in found) return updates.schema.parse(found.value);
  throw new Error("the collector gave no value");
}

const installed = (name: string, version: string) =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n\n`;
const offered = (name: string, version: string) => `Package: ${name}\nArchitecture: amd64\nVersion: ${version}\n\n`;
const release = (fields: string) => `Origin: Debian\n${fields}\nDate: Wed, 14 Jan 2026 10:00:00 UTC\n`;
const debian: MadeTree = {
  "var/lib/dpkg/status": installed("openssl", "3.0-1") + installed("tool", "1") + installed("both", "1"),
  "var/lib/apt/lists/deb.example_debian_dists_stable_InRelease": release(
    "Label: Debian\nSuite: stable\nCodename: trixie",
  ),
  "var/lib/apt/lists/deb.example_debian_dists_stable_main_binary-amd64_Packages":
    offered("tool", "2") + offered("both", "3"),
  "var/lib/apt/lists/deb.example_debian-security_dists_stable-security_InRelease": release(
    "Label: Debian-Security\nSuite: stable-security\nCodename: trixie-security",
  ),
  "var/lib/apt/lists/deb.example_debian-security_dists_stable-security_main_binary-amd64_Packages":
    offered("openssl", "3.0-2") + offered("both", "2"),
};
const shown = ({ pending }: Updates) =>
  pending.map(
    (one) => `${one.package} ${one.available}${one.security ? " security" : ""}${one.pinned ? " pinned" : ""}`,
  );

describe("apt", () => {
  it("a fix of the security archive stays one where another archive offers a newer version", async () => {
    const found = await updatesOf(debian);
    expect(shown(found)).toEqual(["both 3 security", "openssl 3.0-2 security", "tool 2"]);
    expect(found.indexes.map(({ origin, security }) => [origin, security])).toEqual([
      ["Debian-Security", true],
      ["Debian", false],
    ]);
  });
  it.each([
    [
      "a pin on the archive",
      "Package: *\nPin: release l=Debian-Security\nPin-Priority: -1\n",
      ["both 3 security", "openssl 3.0-2 security pinned", "tool 2"],
    ],
    [
      "a pin on a package",
      "Package: openssl\nPin: version 3.0-1\nPin-Priority: 1001\n",
      ["both 3 security", "openssl 3.0-2 security pinned", "tool 2"],
    ],
    [
      "a pin on the site",
      'Package: tool\nPin: origin "deb.example"\nPin-Priority: 10\n',
      ["both 3 security", "openssl 3.0-2 security"],
    ],
  ])("%s changes what is taken, and a security update that it hides is still shown", async (_, text, expected) => {
    const found = await updatesOf(debian, { "etc/apt/preferences.d/own.pref": text });
    expect(shown(found)).toEqual(expected);
  });
  it("files of the preferences folder with other endings are none of apt's", async () => {
    const text = "Package: *\nPin: release l=Debian-Security\nPin-Priority: -1\n";
    expect(shown(await updatesOf(debian, { "etc/apt/preferences.d/own.bak": text }))).toContain(
      "openssl 3.0-2 security",
    );
  });
});

const primary = (...packages: readonly (readonly [name: string, evr: string, vendor?: string])[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages.length}">\n${packages
    .map(([name, evr, vendor = "Fedora"]) => {
      const [, epoch, ver, rel] = /^(\d+):(.*)-([^-]*)$/.exec(evr)!;
      return `<package type="rpm">\n  <name>${name}</name>\n  <arch>x86_64</arch>\n  <version epoch="${epoch}" ver="${ver}" rel="${rel}"/>\n<format><rpm:vendor>${vendor}</rpm:vendor><rpm:requires><rpm:entry name="x"/></rpm:requires></format></package>\n`;
    })
    .join("")}</metadata>\n`;
const notice = (id: string, type: string, name: string, evr: string, status = "final") => {
  const [, epoch, version, rel] = /^(\d+):(.*)-([^-]*)$/.exec(evr)!;
  return `<update type="${type}" status="${status}"><id>${id}</id><pkglist><collection><package name="${name}" epoch="${epoch}" version="${version}" release="${rel}" arch="x86_64"/></collection></pkglist></update>`;
};
const manifest = (...lines: readonly (readonly [name: string, evr: string, vendor?: string])[]) =>
  lines
    .map(([name, evr, vendor = "Fedora"]) => {
      const [, epoch, version] = /^(\d+):(.*)$/.exec(evr)!;
      return [name, version, "1", "1", vendor, epoch, "1", "x86_64", epoch, `${name}-1-1.src.rpm`].join("\t");
    })
    .join("\n");
const repomd = (...types: readonly string[]) =>
  `<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>${types
    .map(
      (type) =>
        `<data type="${type.split(".")[0]}"><location href="repodata/0123-${type}"/><timestamp>1768300000</timestamp></data>`,
    )
    .join("")}</repomd>`;
const fedora: MadeTree = {
  "usr/bin/dnf": "",
  "var/lib/rpmmanifest/container-manifest-2": manifest(
    ["openssl", "1:3.0-1"],
    ["tool", "0:1-1"],
    ["same", "0:1-1"],
    ["kernel", "0:6.1-1"],
    ["kernel", "0:6.2-1"],
  ),
  "etc/yum.repos.d/a.repo": "[base]\nenabled=1\n\n[off]\nenabled=0\n",
  "var/cache/dnf/base-0123456789abcdef/repodata/repomd.xml": repomd("primary.xml.gz", "updateinfo.xml.gz"),
  "var/cache/dnf/base-0123456789abcdef/repodata/0123-primary.xml.gz": gzipSync(
    primary(["openssl", "1:3.0-2"], ["openssl", "0:9-9"], ["tool", "0:2-1"], ["same", "0:1-1"], ["kernel", "0:6.2-1"]),
  ),
  "var/cache/dnf/base-0123456789abcdef/repodata/0123-updateinfo.xml.gz": gzipSync(
    `<updates>${notice("A-1", "security", "openssl", "1:3.0-2")}${notice("A-0", "security", "openssl", "1:3.0-1")}${notice("A-2", "bugfix", "tool", "0:2-1")}${notice("A-3", "security", "tool", "0:2-1", "retracted")}</updates>`,
  ),
};

describe("dnf and zypper", () => {
  it("tell updates of the repositories' lists, and which an advisory asks for", async () => {
    const found = await updatesOf(fedora);
    expect(found).toMatchObject({
      manager: "dnf",
      indexes: [{ origin: "base", date: "2026-01-13T10:26:40.000Z" }],
      pending: [
        { package: "openssl", installed: "1:3.0-1", available: "1:3.0-2", security: true, advisories: ["A-1"] },
        { package: "tool", installed: "1-1", available: "2-1", security: false, classified: true, advisories: [] },
      ],
    });
  });
  it.each<[string, MadeTree, RegExp]>([
    ["no lists", { "etc/yum.repos.d/b.repo": "[more]\n" }, /holds no lists of the repository more/],
    ["no repository", { "etc/yum.repos.d/a.repo": "[base]\nenabled=0\n" }, /no repository is configured/],
    [
      "a damaged list",
      { "var/cache/dnf/base-0123456789abcdef/repodata/0123-primary.xml.gz": gzipSync("<html>") },
      /is no list of packages/,
    ],
    [
      "a list that is cut off",
      {
        "var/cache/dnf/base-0123456789abcdef/repodata/0123-primary.xml.gz": gzipSync(
          primary(["a", "0:1-1"]).slice(0, -20),
        ),
      },
      /ends before/,
    ],
    [
      "a list in another packing",
      { "var/cache/dnf/base-0123456789abcdef/repodata/repomd.xml": repomd("primary.xml.zck") },
      /no list of packages that can be read/,
    ],
  ])("are unknown with %s", async (_, files, reason) => {
    const found = await updatesOf(fedora, files);
    expect(found.pending).toEqual([]);
    expect(found.unknownBecause).toMatch(reason);
  });
  it("tell what is checked of each repository, its own settings before those for all", async () => {
    const found = await updatesOf(fedora, {
      "etc/yum.repos.d/a.repo":
        "[base]\nmetalink=https://a.example\n[open]\nbaseurl=http://b.example\ngpgcheck=0\nsslverify=0\n",
      "usr/share/dnf5/libdnf.conf.d/20-made.conf": "[main]\ngpgcheck=1\n",
      "etc/dnf/dnf.conf": "[main]\nrepo_gpgcheck=1\n",
    });
    const common = { file: "/etc/yum.repos.d/a.repo", allowInsecure: false, listsChecked: true };
    expect(found.sources).toEqual([
      { ...common, id: "base", line: 1, uris: ["https://a.example"], trusted: false, certificateChecked: true },
      { ...common, id: "open", line: 3, uris: ["http://b.example"], trusted: true, certificateChecked: false },
    ]);
    const silent = await updatesOf(fedora);
    expect(silent.sources).toMatchObject([{ id: "base", trusted: true, listsChecked: false }]);
  });
  it("heed priorities, excludes and locks", async () => {
    const other: MadeTree = {
      "etc/yum.repos.d/b.repo": "[more]\npriority=10\nexcludepkgs=too*\n",
      "var/cache/dnf/more-0123456789abcdef/repodata/repomd.xml": repomd("primary.xml"),
      "var/cache/dnf/more-0123456789abcdef/repodata/0123-primary.xml": primary(
        ["openssl", "1:3.0-1.5"],
        ["tool", "0:3-1"],
      ),
      "etc/dnf/plugins/versionlock.list": "# a lock\nopenssl-1:3.0-1.*\n",
    };
    expect((await updatesOf(fedora, other)).pending).toMatchObject([
      { package: "openssl", available: "1:3.0-1.5", origin: "more", held: true, classified: false },
      { package: "tool", available: "2-1", origin: "base", held: false },
    ]);
  });
  it("take of a module the installed stream only, and nothing of it else", async () => {
    const modules = [
      "---",
      "document: modulemd",
      "data:",
      "  name: js",
      '  stream: "18"',
      "  artifacts:",
      "    rpms:",
      "    - tool-0:2-1.module_el8.x86_64",
      "...",
    ].join("\n");
    const tree: MadeTree = {
      "var/cache/dnf/base-0123456789abcdef/repodata/repomd.xml": repomd("primary.xml.gz", "modules.yaml.gz"),
      "var/cache/dnf/base-0123456789abcdef/repodata/0123-primary.xml.gz": gzipSync(
        primary(["tool", "0:2-1.module_el8"], ["same", "0:2-1.module_el8"]),
      ),
      "var/cache/dnf/base-0123456789abcdef/repodata/0123-modules.yaml.gz": gzipSync(modules),
    };
    expect((await updatesOf(fedora, tree)).pending).toEqual([]);
  });
  it("zypper keeps to the vendor", async () => {
    const tree: MadeTree = {
      "usr/bin/zypper": "",
      "var/lib/rpmmanifest/container-manifest-2": manifest(["a", "0:1-1", "SUSE"], ["b", "0:1-1", "SUSE"]),
      "etc/zypp/repos.d/main.repo": "[repo-update]\nenabled=1\n",
      "var/cache/zypp/raw/repo-update/repodata/repomd.xml": repomd("primary.xml"),
      "var/cache/zypp/raw/repo-update/repodata/0123-primary.xml": primary(
        ["a", "0:2-1", "SUSE"],
        ["b", "0:2-1", "Packman"],
      ),
    };
    expect(await updatesOf(tree)).toMatchObject({ manager: "zypper", pending: [{ package: "a", available: "2-1" }] });
  });
});

describe("apk", () => {
  const key = (url: string) => createHash("sha1").update(url).digest("hex").slice(0, 8);
  const index = (text: string) =>
    Buffer.concat([
      gzipSync(tarOf([{ name: ".SIGN.RSA.key", content: "x" }], false)),
      gzipSync(
        tarOf([
          { name: "DESCRIPTION", content: "v3.21.2-1-gabc" },
          { name: "APKINDEX", content: text, mtime: 1768300000 },
        ]),
      ),
    ]);
  const alpine: MadeTree = {
    "lib/apk/db/installed": "P:musl\nV:1.2.5-r8\nA:x86_64\n\nP:busybox\nV:1.37.0-r9\nA:x86_64\n\n",
    "etc/apk/repositories": "https://a.example/v3.21/main\n@edge https://a.example/edge/main\n",
    "etc/apk/world": "musl<1.3\nbusybox\n",
    [`var/cache/apk/APKINDEX.${key("https://a.example/v3.21/main")}.tar.gz`]: index(
      "P:musl\nV:1.2.5-r9\nA:x86_64\n\nP:busybox\nV:1.37.0-r9\nA:x86_64\n\n",
    ),
    [`var/cache/apk/APKINDEX.${key("https://a.example/edge/main")}.tar.gz`]: index("P:busybox\nV:2.0-r0\nA:x86_64\n\n"),
  };
  it("tells updates of the indexes, but not those of tagged repositories, and that they are not told apart", async () => {
    expect(await updatesOf(alpine)).toMatchObject({
      manager: "apk",
      held: ["musl"],
      indexes: [{ origin: "v3.21.2-1-gabc", date: "2026-01-13T10:26:40.000Z" }],
      pending: [
        {
          package: "musl",
          installed: "1.2.5-r8",
          available: "1.2.5-r9",
          security: false,
          classified: false,
          held: true,
        },
      ],
    });
  });
  it("is unknown without an index or with a damaged one", async () => {
    const { "lib/apk/db/installed": database } = alpine;
    expect((await updatesOf({ "lib/apk/db/installed": database! })).unknownBecause).toMatch(/holds no index/);
    const damaged = await updatesOf({
      "lib/apk/db/installed": database!,
      "var/cache/apk/APKINDEX.00000000.tar.gz": "x",
    });
    expect(damaged.unknownBecause).toMatch(/APKINDEX/);
    const empty = gzipSync(tarOf([{ name: "other", content: "x" }]));
    const other = await updatesOf({
      "lib/apk/db/installed": database!,
      "var/cache/apk/APKINDEX.00000000.tar.gz": empty,
    });
    expect(other.unknownBecause).toMatch(/holds no APKINDEX/);
  });
});

it("what no reader knows is unknown, never nothing", async () => {
  expect((await updatesOf({ "usr/bin/pacman": "" })).unknownBecause).toBe("the lists of pacman are not read");
});
