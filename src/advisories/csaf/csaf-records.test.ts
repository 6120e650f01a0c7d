import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { records } from "../feeds/reading.fixture.ts";
import type { AdvisoryRecord } from "../record.ts";
import { csafDocument } from "./csaf.fixture.ts";

const publishers = {
  "redhat-csaf": {
    namespace: "https://www.redhat.com",
    platforms: {
      el8: "cpe:/o:redhat:enterprise_linux:8",
      "BaseOS-8": "cpe:/o:redhat:enterprise_linux:8::baseos",
      eus: "cpe:/o:redhat:rhel_eus:8.6::baseos",
      el9: "cpe:/o:redhat:enterprise_linux:9",
    },
    namespaceOf: "redhat",
  },
  "suse-csaf": {
    namespace: "https://www.suse.com/",
    platforms: {
      "SUSE Linux Enterprise Server 15 SP4": undefined,
      "SUSE Linux Enterprise Module for Basesystem 15 SP4": undefined,
      "SUSE Linux Enterprise Server 15 SP4-LTSS": undefined,
      "openSUSE Leap 15.6": undefined,
    },
    namespaceOf: "suse",
  },
} as const;

const statuses = ["fixed", "recommended", "known_affected", "known_not_affected", "under_investigation"] as const;

interface Statement {
  readonly status: (typeof statuses)[number];
  readonly platform: number;
  readonly name: string;
  readonly version: number;
}

const statement: fc.Arbitrary<Statement> = fc.record({
  status: fc.constantFrom(...statuses),
  platform: fc.nat(3),
  name: fc.constantFrom("curl", "libcurl", "curl-src"),
  version: fc.nat(2),
});

function read(feed: keyof typeof publishers, statements: readonly Statement[]): readonly AdvisoryRecord[] {
  const { namespace, platforms, namespaceOf } = publishers[feed];
  const components: Record<string, string> = {};
  const parts: (readonly [string, string])[] = [];
  const status: Record<string, string[]> = {};
  for (const { status: key, platform, name, version } of statements) {
    const hasVersion = key === "fixed" || key === "recommended";
    const whole = Object.keys(platforms)[platform] as string;
    const part = hasVersion ? `${name}-${version}-1` : name;
    const isSource = name.endsWith("-src");
    components[part] =
      `pkg:rpm/${namespaceOf}/${name.replace("-src", "")}${hasVersion ? `@${version}-1` : ""}${isSource ? "?arch=src" : ""}`;
    parts.push([whole, part]);
    status[key] = [...(status[key] ?? []), `${whole}:${part}`];
  }
  return records(
    feed,
    "cve-2024-1000.json",
    csafDocument({ id: "CVE-2024-1000", namespace, platforms, components, parts, status }),
  );
}

const placesOf = ({ ecosystem, conditions, package: name }: AdvisoryRecord) =>
  (conditions?.cpes ?? [""]).map((cpe) => `${ecosystem} ${cpe.replace(/^cpe:\/.:/, "").split("::")[0]} ${name}`);

describe.each(Object.keys(publishers) as (keyof typeof publishers)[])("records of %s", (feed) => {
  it("do not depend on the order in which a document says things", () => {
    const shuffled = fc
      .array(statement, { maxLength: 12 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const told = (list: readonly Statement[]) =>
          read(feed, list)
            .map((record) => JSON.stringify(record))
            .sort();
        expect(told(other)).toEqual(told(one));
      }),
      { numRuns: 150 },
    );
  });

  it("never say of a package in one release both that it is affected and that it never was", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 12 }), (list) => {
        const found = read(feed, list);
        const never = new Set(found.filter(({ notAffected }) => notAffected).flatMap(placesOf));
        const affected = found.filter(({ notAffected }) => !notAffected).flatMap(placesOf);
        expect(affected.filter((place) => never.has(place))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("leave no package that a document calls affected or fixed unmentioned", () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 12 }), (list) => {
        const named = new Set(read(feed, list).map((record) => record.package));
        for (const { status, name } of list)
          if (status !== "known_not_affected" && !name.endsWith("-src")) expect(named).toContain(name);
      }),
      { numRuns: 150 },
    );
  });
});
