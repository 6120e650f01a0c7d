import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { versionOrder } from "../versions/version-order.ts";
import { feeds } from "./feeds.ts";
import { read, records } from "./reading.fixture.ts";
import { everyVersion, rangesOf, requiredVersions, without } from "./version-interval.ts";

it("has no two feeds of one id or file name", () => {
  const names = feeds.flatMap(({ id, names: own }) => [id, ...own.filter((name) => name !== id)]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("knows every feed that is fetched by its id, which names the folder that it is fetched into", () => {
  expect(feeds.filter(({ id, mirror, names }) => mirror && !names.includes(id)).map(({ id }) => id)).toEqual([]);
});

it("addresses of feeds are HTTPS and have a place for their parts", () => {
  for (const { mirror } of feeds) {
    for (const url of mirror?.urls ?? []) {
      expect(url).toMatch(/^https:\/\//);
      expect(url.includes("{}")).toBe(mirror?.parts !== undefined);
    }
  }
});

describe("Alpine's database", () => {
  const document = (secfixes: object) => ({ distroversion: "v3.18", packages: [{ pkg: { name: "xen", secfixes } }] });
  it("parts what one entry names: CVEs are one each, other advisories no aliases, a GHSA of a single CVE is one", () => {
    const found = records(
      "alpine-secdb",
      "main.json",
      document({
        "4.1-r0": [
          "CVE-2017-10922 XSA-224",
          "CVE-2019-1111 CVE-2019-2222 XSA-1",
          "XSA-300",
          "CVE-2020-1234 GHSA-2c4q-9fx7-h5vr",
          "CVE-2021-1000 (was fixed in libpcap)",
        ],
      }),
    );
    expect(found.map(({ id, aliases }) => [id, ...aliases].join(" "))).toEqual([
      "CVE-2017-10922",
      "CVE-2019-1111",
      "CVE-2019-2222",
      "XSA-300",
      "CVE-2020-1234 GHSA-2c4q-9fx7-h5vr",
      "CVE-2021-1000",
    ]);
    expect(found[0]).toMatchObject({
      ecosystem: "alpine:3.18",
      package: "xen",
      ranges: [{ introduced: "0", fixed: "4.1-r0" }],
      state: "fixed",
    });
  });
  it("takes version 0 for never affected, and knows Wolfi by its address", () => {
    expect(records("alpine-secdb", "main.json", document({ 0: ["CVE-2020-1111"] }))).toMatchObject([
      { notAffected: true, ranges: [] },
    ]);
    const wolfi = {
      urlprefix: "https://packages.wolfi.dev",
      packages: [{ pkg: { name: "go", secfixes: { "1.2-r0": ["CVE-2022-1111"] } } }],
    };
    expect(records("alpine-secdb", "security.json", wolfi)).toMatchObject([{ ecosystem: "wolfi" }]);
    expect(records("wolfi", "security.json", wolfi)).toMatchObject([{ ecosystem: "wolfi", source: "wolfi" }]);
    expect(() => records("chainguard", "security.json", wolfi)).toThrow(/is about wolfi, not chainguard/);
  });
});

describe("lists and pages", () => {
  it("Debian's lists", () => {
    const text =
      "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n\t{CVE-2023-1393 CVE-2023-1394}\n\t[bullseye] - xorg-server 2:1.20.11-1\n\t[buster] - xorg-server <not-affected> (newer)\n\t[stretch] - xorg-server <end-of-life>\n\tNOTE: words\n";
    expect(records("debian-lists", "data/DSA/list", text)).toMatchObject([
      {
        id: "DSA-5380-1",
        related: ["CVE-2023-1393", "CVE-2023-1394"],
        ecosystem: "debian:11",
        ranges: [{ introduced: "0", fixed: "2:1.20.11-1" }],
        modified: "2023-03-29",
      },
      { ecosystem: "debian:10", notAffected: true },
      { ecosystem: "debian:9", state: "will-not-fix", status: "end-of-life" },
    ]);
  });

  it("Ubuntu's states, with extended support as a flavour", () => {
    const entry = (status: string, note?: string) => ({ bash: { name: "bash", status, note } });
    const packages = {
      jammy: entry("released", "5.1-6"),
      noble: entry("DNE"),
      "esm-infra/bionic": entry("needed"),
      "trusty/esm": entry("ignored", "end of life"),
      focal: entry("not-affected", "5.0-6"),
      mantic: entry("deferred"),
      upstream: entry("needed"),
    };
    const found = records("ubuntu-tracker", "2024/CVE-2024-1111.json", {
      candidate: "CVE-2024-1111",
      priority: "negligible",
      cvss: { nvd: " CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H [8.4 HIGH]" },
      packages,
    });
    expect(found).toMatchObject([
      {
        ecosystem: "ubuntu:22.04",
        ranges: [{ fixed: "5.1-6" }],
        state: "fixed",
        severity: "info",
        cvss: [{ source: "nvd" }],
      },
      { ecosystem: "ubuntu:18.04", conditions: { flavour: "esm-infra" }, state: "unfixed" },
      { ecosystem: "ubuntu:14.04", conditions: { flavour: "esm-infra" }, state: "will-not-fix", status: "end-of-life" },
      { ecosystem: "ubuntu:20.04", notAffected: true },
      { ecosystem: "ubuntu:23.10", state: "deferred" },
    ]);
  });

  it("Amazon's packages by repository, once for all architectures", () => {
    const Package = ["x86_64", "aarch64"].map((Arch) => ({
      Arch,
      Epoch: "1",
      Name: "mod_ssl",
      Version: "2.2.21",
      Release: "1.18.amzn1",
    }));
    const document = {
      ID: "ALAS-1",
      Severity: "important",
      References: { Reference: [{ ID: "CVE-2011-3192", Type: "cve" }] },
      Pkglist: { Collection: { Package: [...Package, { Name: "httpd-debuginfo", Version: "1", Release: "1" }] } },
    };
    expect(records("amazon", "2/extras/docker/2023/ALAS-1.json", document)).toMatchObject([
      {
        ecosystem: "amazon:2",
        package: "mod_ssl",
        related: ["CVE-2011-3192"],
        severity: "high",
        ranges: [{ fixed: "1:2.2.21-1.18.amzn1" }],
        conditions: { repository: "extras/docker" },
      },
    ]);
  });

  it("RustSec, RubySec and Node.js state what is safe: what is left is affected", () => {
    const page =
      '```toml\n[advisory]\nid = "RUSTSEC-2024-1"\npackage = "x"\ndate = "2024-01-02"\ninformational = "unsound"\n\n[versions]\npatched = [">= 1.2.3, < 2.0.0", ">= 2.1.0"]\nunaffected = ["<= 0.2.1"]\n```\n\n# A title\n';
    expect(records("rustsec", "crates/x/RUSTSEC-2024-1.md", page)).toMatchObject([
      {
        ecosystem: "cargo",
        title: "A title",
        status: "unsound",
        ranges: [
          { introduced: "0.2.2-0", fixed: "1.2.3" },
          { introduced: "2.0.0", fixed: "2.1.0" },
        ],
      },
    ]);
    const rule =
      'gem: rack\ncve: 2024-1\nghsa: aaaa\ntitle: T\ndate: 2024-02-03\nunaffected_versions:\n  - "< 1.0"\npatched_versions:\n  - "~> 1.4.1"\n  - ">= 2.0"\n';
    expect(records("rubysec", "gems/rack/CVE-2024-1.yml", rule)).toMatchObject([
      {
        id: "CVE-2024-1",
        aliases: ["GHSA-aaaa"],
        ecosystem: "gem",
        ranges: [
          { introduced: "1.0", fixed: "1.4.1" },
          { introduced: "1.5", fixed: "2.0" },
        ],
      },
    ]);
    const core = {
      1: {
        cve: ["CVE-2017-1", "CVE-2017-2"],
        vulnerable: "8.x || 7.x",
        patched: "^8.1.4 || ^7.10.1",
        severity: "high",
      },
    };
    expect(records("nodejs", "vuln/core/index.json", core)).toMatchObject([
      {
        id: "CVE-2017-1",
        package: "node",
        ranges: [
          { introduced: "7.0.0", fixed: "7.10.1" },
          { introduced: "8.0.0", fixed: "8.1.4" },
        ],
      },
      { id: "CVE-2017-2" },
    ]);
  });

  it("EPSS, Photon and Arch", () => {
    expect(
      read(
        "epss",
        "epss_scores-current.csv",
        "#model_version:v2025.03.14,score_date:2025-04-05T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1111,0.9,0.99\n",
      ).facts,
    ).toEqual([["CVE-2024-1111", { epss: { score: 0.9, date: "2025-04-05" } }]]);
    expect(
      records("photon", "cve_data_photon5.0.json", [
        { cve_id: "CVE-2024-1", pkg: "curl", res_ver: "8.1-2.ph5", aff_ver: "all" },
      ]),
    ).toMatchObject([{ ecosystem: "photon:5", ranges: [{ fixed: "8.1-2.ph5" }] }]);
    expect(
      records("arch", "AVG-1.json", {
        name: "AVG-1",
        status: "Vulnerable",
        packages: ["x"],
        issues: ["CVE-2024-1"],
        affected: "1-1",
        fixed: null,
        severity: "High",
      }),
    ).toMatchObject([{ state: "unfixed", related: ["CVE-2024-1"], severity: "high" }]);
  });

  it("end of life as pages and as the API answers, CPE ranges of known programs only", () => {
    const answer = {
      last_modified: "2025-05-06T00:00:00Z",
      result: [
        {
          name: "nodejs",
          releases: [
            { name: "20", eolFrom: "2026-04-30", isEol: false, releaseDate: "2023-04-18", latest: { name: "20.20.2" } },
          ],
        },
      ],
    };
    const products = read("eol", "full", answer).products ?? [];
    expect(products[0]?.releases()).toEqual([
      { product: "nodejs", release: "20", endOfLife: "2026-04-30", latest: "20.20.2", releaseDate: "2023-04-18" },
    ]);
    const match = (criteria: string, more: object) => ({ criteria, vulnerable: true, ...more });
    const nvd = {
      _annotation: { cve_id: "CVE-2024-1" },
      cve: {
        configurations: [
          {
            nodes: [
              {
                cpeMatch: [
                  match("cpe:2.3:a:redis:redis:*:*:*:*:*:*:*:*", {
                    versionStartIncluding: "6.0",
                    versionEndExcluding: "6.2.1",
                  }),
                  match("cpe:2.3:a:redis:redis:5.0:*:*:*:*:*:*:*", {}),
                  match("cpe:2.3:a:who:knows:*:*:*:*:*:*:*:*", {}),
                ],
              },
            ],
          },
        ],
      },
    };
    expect(records("nvd-overrides", "data/2024/CVE-2024-1.json", nvd)).toMatchObject([
      {
        ecosystem: "cpe",
        package: "redis:redis",
        ranges: [
          { introduced: "6.0", fixed: "6.2.1" },
          { introduced: "5.0", lastAffected: "5.0" },
        ],
      },
    ]);
  });
});

describe("safe versions taken from all versions", () => {
  it("leave exactly the others", () => {
    const order = versionOrder("npm");
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join("."));
    const requirement = fc
      .tuple(fc.constantFrom(">=", "<", "<=", ">", "=", "^"), version)
      .map(([operator, bound]) => `${operator} ${bound}`);
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 4 }), version, (safe, asked) => {
        const ranges = rangesOf(
          without(
            "npm",
            everyVersion,
            safe.flatMap((text) => requiredVersions("npm", text)),
          ),
        );
        const isAffected = ranges.some(({ introduced, fixed, lastAffected }) => {
          const from = introduced === "0" || (order?.compare(asked, introduced as string) ?? 0) >= 0;
          const to =
            fixed !== undefined
              ? (order?.compare(asked, fixed) ?? 0) < 0
              : lastAffected === undefined || (order?.compare(asked, lastAffected) ?? 0) <= 0;
          return from && to;
        });
        const isSafe = safe.some((text) =>
          requiredVersions("npm", text).some(({ from, to }) => {
            const low = from === undefined ? 1 : (order?.compare(asked, from.version) ?? 0);
            const high = to === undefined ? -1 : (order?.compare(asked, to.version) ?? 0);
            return (from?.after ? low > 0 : low >= 0) && (to?.after ? high <= 0 : high < 0);
          }),
        );
        expect(isAffected).toBe(!isSafe);
      }),
      { numRuns: 500 },
    );
  });
});

describe("hostile files", () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .object()
      .map((value) => JSON.stringify({ ...value, id: "X-1", packages: [value], affected: [value], pkg: value })),
    fc.string().map((text) => `---\n${text}\n---\n`),
    fc.string().map((text) => `\`\`\`toml\n${text}\n\`\`\``),
  );
  it.each(feeds.map(({ id }) => id))("%s: yields records or an error that says so", (id) => {
    const feed = feeds.find((candidate) => candidate.id === id);
    const endings = [
      "data/osv/GO-1.json",
      "2/core/2020/ALAS-1.json",
      "vulns/x/PYSEC-1.yaml",
      "crates/x/RUSTSEC-1.md",
      "gems/x/1.yml",
      "data/DSA/list",
      "eol.md",
      "epss.csv",
      "main.json",
    ];
    fc.assert(
      fc.property(anyText, fc.constantFrom(...endings), (text, path) => {
        try {
          const content = feed?.read({ path, text });
          for (const product of content?.products ?? []) product.releases();
          expect(feed?.recognises({ path, text })).toBeTypeOf("boolean");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toMatch(/^(CORRUPT_INPUT|LIMIT_EXCEEDED)$/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
