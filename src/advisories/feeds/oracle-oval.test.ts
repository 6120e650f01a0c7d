import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oracleOval } from "./oracle-oval.ts";
import { and, bindErratum as bind, earlier, type MadeDefinition, type MadeNode, or, ovalText } from "./oval.fixture.ts";

const oracle = (definitions: readonly MadeDefinition[]) =>
  oracleOval.read({ path: "com.oracle.elsa-all.xml", text: ovalText(definitions) });
const signed = (name: string) => `${name} is signed with the Oracle Linux 8 key`;

describe("Oracle Linux", () => {
  it("has a record a package, with epoch, CVEs and rating; vectors of several CVEs are facts of each", () => {
    const { records, facts, date } = oracle([bind]);
    expect(date).toBe("2025-03-04T05:06:07Z");
    expect(records).toEqual(
      ["bind", "bind-libs"].map((name) => ({
        id: "ELSA-2007-0057",
        aliases: [],
        related: ["CVE-2007-0493", "CVE-2007-0494"],
        source: "oracle-oval",
        ecosystem: "oracle:5",
        package: name,
        ranges: [{ introduced: "0", fixed: "30:9.3.3-8.el5" }],
        state: "fixed",
        severity: "medium",
        title: "bind security update",
        url: "https://linux.oracle.com/errata/ELSA-2007-0057.html",
        modified: "2007-06-26",
      })),
    );
    expect(facts).toEqual([
      ["CVE-2007-0493", { cvss: [{ vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", source: "oracle-oval" }] }],
    ]);
  });

  const machine = (name: string, ...nodes: MadeNode[]) => and(`Oracle Linux arch is ${name}`, or(...nodes));
  const of = (criteria: MadeNode) => oracle([{ ...bind, criteria }]).records ?? [];
  const brief = (criteria: MadeNode) =>
    of(criteria).map(({ ecosystem, package: name, ranges, conditions }) => [
      ecosystem,
      name,
      ranges[0]?.fixed,
      conditions,
    ]);

  it("keeps machines apart where their fixes differ, and joins them where they do not", () => {
    expect(
      brief(
        and(
          "Oracle Linux 7 is installed",
          or(
            machine(
              "aarch64",
              and(earlier("rsyslog", "0:8.24.0-57.0.4.el7_9.3"), signed("rsyslog")),
              earlier("nc", "0:1-1"),
            ),
            machine(
              "x86_64",
              and(earlier("rsyslog", "0:8.24.0-57.0.1.el7_9.3"), signed("rsyslog")),
              earlier("nc", "0:1-1"),
            ),
          ),
        ),
      ),
    ).toEqual([
      ["oracle:7", "nc", "0:1-1", { architectures: ["aarch64", "i386", "i586", "i686", "x86_64"] }],
      ["oracle:7", "rsyslog", "0:8.24.0-57.0.4.el7_9.3", { architectures: ["aarch64"] }],
      ["oracle:7", "rsyslog", "0:8.24.0-57.0.1.el7_9.3", { architectures: ["i386", "i586", "i686", "x86_64"] }],
    ]);
  });

  it("keeps module streams and the builds for ksplice and FIPS apart", () => {
    const found = brief(
      and(
        "Oracle Linux 8 is installed",
        or(
          and(
            "Module nodejs:12 is enabled",
            or(and(earlier("nodejs", "1:12.18.4-2.module+el8.2.0+7866+aa"), signed("nodejs"))),
          ),
          and(earlier("openssl", "2:1.1.1g-15.ksplice1.el8_3"), signed("openssl"), "openssl is ksplice-based"),
          and(earlier("gnutls", "10:3.6.16-4.0.1.el8_fips"), signed("gnutls"), "gnutls is fips patched"),
          and(earlier("glibc", "2:2.28-211.0.1.ksplice1.el8"), signed("glibc")),
        ),
      ),
    );
    expect(found).toEqual([
      ["oracle:8", "nodejs", "1:12.18.4-2.module+el8.2.0+7866+aa", { module: "nodejs:12" }],
      ["oracle:8", "openssl", "2:1.1.1g-15.ksplice1.el8_3", { flavour: "ksplice" }],
      ["oracle:8", "gnutls", "10:3.6.16-4.0.1.el8_fips", { flavour: "fips" }],
      ["oracle:8", "glibc", "2:2.28-211.0.1.ksplice1.el8", { flavour: "ksplice" }],
    ]);
  });

  it("holds in each release that is named, or else where the platforms say", () => {
    const either = or("Oracle Linux 8 is installed", "Oracle Linux 9 is installed");
    expect(brief(and(either, earlier("a", "0:1-1"))).map(([ecosystem]) => ecosystem)).toEqual(["oracle:8", "oracle:9"]);
    expect(brief(earlier("a", "0:1-1"))).toEqual([]);
    expect(brief(and(earlier("a", "0:1-1"))).map(([ecosystem]) => ecosystem)).toEqual(["oracle:5"]);
  });

  it("says nothing by what is negated, and takes a bound of 0 for not affected", () => {
    const negated: MadeNode = { operator: "AND", negate: true, nodes: [earlier("b", "0:1-1")] };
    expect(brief(and("Oracle Linux 8 is installed", earlier("a", "0:1-1"), negated))).toHaveLength(1);
    expect(of(and(earlier("a", "0:0"), earlier("b", "0")))).toMatchObject([
      { package: "a", ranges: [], notAffected: true, state: "fixed" },
      { package: "b", ranges: [], notAffected: true, state: "fixed" },
    ]);
  });

  it("made of definitions read back as the same", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9+.-]{0,12}$/);
    const evr = fc
      .tuple(
        fc.nat(30),
        fc.stringMatching(/^[1-9][0-9.~^]{0,5}[0-9]$/),
        fc.stringMatching(/^[1-9][0-9]{0,2}\.el[5-9]$/),
      )
      .map(([epoch, version, release]) => `${epoch}:${version}-${release}`);
    const release = fc.integer({ min: 5, max: 10 });
    const claim = fc.record({
      release,
      name,
      evr,
      machine: fc.option(fc.constantFrom("aarch64", "x86_64"), { nil: undefined }),
      module: fc.option(fc.constantFrom("nodejs:12", "perl:5.30"), { nil: undefined }),
      nested: fc.nat(3),
    });
    const definition = fc.record({
      number: fc.integer({ min: 1, max: 99_999 }),
      claims: fc.array(claim, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(definition, { maxLength: 4 }), (definitions) => {
        const made = definitions.map(({ number, claims }, index): MadeDefinition => {
          const branches = claims.map(({ release: major, name: pkg, evr: value, machine, module, nested }) => {
            let node = and(earlier(pkg, value), signed(pkg));
            for (let level = 0; level < nested; level++) node = level % 2 === 0 ? or(node) : and(node);
            if (module !== undefined) node = and(`Module ${module} is enabled`, or(node));
            if (machine !== undefined) node = and(`Oracle Linux arch is ${machine}`, or(node));
            return and(`Oracle Linux ${major} is installed`, node);
          });
          const id = `ELSA-2024-${number}${index}`;
          return {
            id: `oval:com.oracle.elsa:def:${number}${index}`,
            title: `${id}: x`,
            references: [["elsa", id]],
            criteria: or(...branches),
          };
        });
        const expected = new Map<string, Set<string>>();
        definitions.forEach(({ number, claims }, index) => {
          for (const { release: major, name: pkg, evr: value, machine, module } of claims) {
            const key = [`ELSA-2024-${number}${index}`, `oracle:${major}`, pkg, value, module ?? "-"].join(" ");
            const machines =
              machine === undefined ? ["any"] : machine === "x86_64" ? ["i386", "i586", "i686", "x86_64"] : [machine];
            const known = expected.get(key) ?? new Set();
            for (const one of machines) known.add(one);
            expected.set(key, known);
          }
        });
        const found = oracle(made).records ?? [];
        expect(
          new Set(
            found.map((record) =>
              [
                record.id,
                record.ecosystem,
                record.package,
                record.ranges[0]?.fixed,
                record.conditions?.module ?? "-",
              ].join(" "),
            ),
          ),
        ).toEqual(new Set(expected.keys()));
        for (const record of found) {
          const key = [
            record.id,
            record.ecosystem,
            record.package,
            record.ranges[0]?.fixed,
            record.conditions?.module ?? "-",
          ].join(" ");
          const machines = expected.get(key)!;
          expect(record.conditions?.architectures).toEqual(machines.has("any") ? undefined : [...machines].sort());
        }
      }),
      { numRuns: 150 },
    );
  });
});
