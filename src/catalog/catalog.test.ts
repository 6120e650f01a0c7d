import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areas } from "../core/clause.ts";
import { AppError } from "../core/errors.ts";
import {
  allRecommendations,
  allRequirements,
  areaEntry,
  areaOf,
  byClause,
  clause,
  controlsOf,
  countermeasure,
  recommendation,
  recommendationsOf,
  requirement,
  requirementSection,
  risk,
  sectionOf,
  sortClauses,
} from "./catalog.ts";
import { catalog } from "./load.ts";
import { parseCatalog, problemsOf } from "./parse.ts";

const texts = { guide: read("sp800-190"), supplement: read("nistir-8176"), crosswalks: read("crosswalks") };
const { guide, supplement, crosswalks } = catalog;
const recommendations = allRecommendations(catalog);
const requirements = allRequirements(catalog);

function read(name: string): string {
  return readFileSync(new URL(`../../catalog/${name}.yaml`, import.meta.url), "utf8");
}

function tally(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

describe("the catalogue as shipped", () => {
  it("is what catalog/*.yaml says, in full", () => {
    expect(parseCatalog(texts)).toEqual(catalog);
    expect(problemsOf(catalog)).toEqual([]);
  });

  it("is printable ASCII in every file", () => {
    for (const text of Object.values(texts)) expect(text).toMatch(/^[\n -~]*$/);
  });
});

describe("SP 800-190", () => {
  it("has 6 areas, 23 risks, 24 countermeasures, 147 recommendations, 3 scenarios, 6 headlines and 5 phases", () => {
    expect(guide.areas.map((entry) => entry.id)).toEqual([...areas]);
    expect(guide.risks).toHaveLength(23);
    expect(guide.countermeasures).toHaveLength(24);
    expect(recommendations).toHaveLength(147);
    expect(guide.scenarios.map((entry) => entry.id)).toEqual(["5.1", "5.2", "5.3"]);
    expect(guide.headlines).toHaveLength(6);
    expect(guide.lifecycle.map((entry) => entry.id)).toEqual(["6.1", "6.2", "6.3", "6.4", "6.5"]);
    expect(guide.document.published).toBe("2017-09-25");
  });

  it("has as many sections in each chapter as the guide", () => {
    expect(tally(guide.risks.map(({ id }) => id.slice(0, 3)))).toEqual({
      "3.1": 5,
      "3.2": 3,
      "3.3": 5,
      "3.4": 5,
      "3.5": 5,
    });
    expect(tally(guide.countermeasures.map((entry) => entry.area))).toEqual({
      image: 5,
      registry: 3,
      orchestrator: 5,
      container: 5,
      host: 5,
      hardware: 1,
    });
  });

  it("has the recommendations of each area counted", () => {
    expect(tally(recommendations.map(({ id }) => areaOf(id)))).toEqual({
      image: 33,
      registry: 15,
      orchestrator: 31,
      container: 34,
      host: 25,
      hardware: 9,
    });
  });

  it("has 141 bullets once the seven behaviours of 4.4.4-c count as one: 103 machine, 35 both, 3 declaration, 52 enforceable", () => {
    const bullets = recommendations.filter(({ id }) => !/-c[2-7]$/.test(id));
    expect(bullets).toHaveLength(141);
    expect(tally(bullets.map((entry) => entry.class))).toEqual({
      machine: 103,
      "machine-and-declaration": 35,
      declaration: 3,
    });
    expect(bullets.filter((entry) => entry.enforcement !== undefined)).toHaveLength(52);
    expect(recommendations.filter((entry) => entry.enforcement !== undefined)).toHaveLength(58);
  });

  it("leaves declaration alone to exactly three recommendations", () => {
    const ids = recommendations.filter((entry) => entry.class === "declaration").map(({ id }) => id);
    expect(ids).toEqual(["4.1.1-e", "4.3.4-d", "4.6-g"]);
  });

  it("letters the recommendations of a section without gaps", () => {
    for (const { id, recommendations: entries } of guide.countermeasures) {
      const letters = [...new Set(entries.map((entry) => entry.id.slice(id.length + 1, id.length + 2)))];
      expect(letters.join("")).toBe("abcdefghijk".slice(0, letters.length));
    }
  });

  it("pairs risk 3.x.y with countermeasure 4.x.y, and only 4.6 with none", () => {
    for (const entry of guide.risks) {
      expect(entry.countermeasure).toBe(entry.id.replace("3", "4"));
      expect(countermeasure(catalog, entry.countermeasure)?.risk).toBe(entry.id);
    }
    expect(guide.countermeasures.filter((entry) => entry.risk === undefined).map(({ id }) => id)).toEqual(["4.6"]);
  });

  it("gives paired sections the same title, but for 3.5.5 with its OS and 4.5.5 without", () => {
    const unlike = guide.risks.filter((entry) => countermeasure(catalog, entry.countermeasure)?.title !== entry.title);
    expect(unlike.map(({ id }) => id)).toEqual(["3.5.5"]);
    expect(risk(catalog, "3.5.5")?.title).toBe("Host OS file system tampering");
    expect(countermeasure(catalog, "4.5.5")?.title).toBe("Host file system tampering");
  });

  it("numbers section 4.4 as the guide does", () => {
    expect(
      guide.countermeasures.filter((entry) => entry.area === "container").map((entry) => `${entry.id} ${entry.title}`),
    ).toEqual([
      "4.4.1 Vulnerabilities within the runtime software",
      "4.4.2 Unbounded network access from containers",
      "4.4.3 Insecure container runtime configurations",
      "4.4.4 App vulnerabilities",
      "4.4.5 Rogue containers",
    ]);
  });

  it("says nothing twice", () => {
    const all = [...recommendations, ...requirements].map((entry) => entry.text);
    expect(new Set(all).size).toBe(all.length);
  });

  it("lists enforcement points once each, in the order of an image's way", () => {
    const order = ["build", "registry", "admission", "runtime", "host"];
    for (const { id, enforcement = [] } of [...recommendations, ...requirements])
      expect(enforcement, id).toEqual(order.filter((point) => (enforcement as readonly string[]).includes(point)));
  });
});

describe("NISTIR 8176", () => {
  it("has 54 requirements in all six areas, 18 of them enforceable", () => {
    expect(tally(requirements.map(({ id }) => areaOf(id)))).toEqual({
      hardware: 6,
      host: 11,
      container: 26,
      image: 7,
      registry: 2,
      orchestrator: 2,
    });
    expect(requirements.filter((entry) => entry.enforcement !== undefined)).toHaveLength(18);
    expect(tally(requirements.map((entry) => entry.class))).toEqual({
      machine: 46,
      "machine-and-declaration": 7,
      declaration: 1,
    });
  });

  it("uses the kernel's name of the capability and says where the publication errs", () => {
    expect(requirement(catalog, "8176-5.5-a")?.text).toMatch(/CAP_MKNOD/);
    expect(requirement(catalog, "8176-5.5-a")?.note).toMatch(/CAP_SYS_MKNOD/);
    expect(requirement(catalog, "8176-5.2.2")?.text).not.toMatch(/allow_mount/);
    expect(requirement(catalog, "8176-5.2.2")?.note).toMatch(/FreeBSD/);
  });

  it("relates only to recommendations that exist", () => {
    const related = requirements.flatMap((entry) => entry.relates ?? []);
    expect(related.length).toBeGreaterThan(40);
    for (const id of related) expect(recommendation(catalog, id), id).toBeDefined();
  });
});

describe("the crosswalks", () => {
  it("map every countermeasure, labelled as Plimsoll's", () => {
    const ours = crosswalks["sp800-53-rev5"];
    expect(ours.source).toBe("plimsoll");
    expect(sortClauses(Object.keys(ours.countermeasures))).toEqual(guide.countermeasures.map(({ id }) => id));
    expect(controlsOf(catalog, "4.5.4")).toContain("AC-6(9)");
    expect(controlsOf(catalog, "4.4.6")).toEqual([]);
  });

  it("hold the 45, 9, 36 and 5 entries of appendix B, labelled as NIST's", () => {
    const important = crosswalks["sp800-53-rev4-important"];
    const supported = crosswalks["sp800-53-rev4-supported"];
    expect([important.source, supported.source, crosswalks.csf.source]).toEqual(["nist", "nist", "nist"]);
    expect(new Set(important.controls.map((entry) => entry.control)).size).toBe(45);
    expect(new Set(supported.controls.map((entry) => entry.control)).size).toBe(9);
    expect(new Set(crosswalks.csf.important).size).toBe(36);
    expect(crosswalks.csf.supported).toHaveLength(5);
    expect(crosswalks.csf.important).not.toContain("PR.DS-7");
    expect(important.controls.filter((entry) => entry.related.length === 0).map((entry) => entry.control)).toEqual([
      "SC-6",
    ]);
  });

  it("carry every CSF 1.0 subcategory over to 2.0 exactly once", () => {
    const from = crosswalks["csf-1-to-2"].subcategories.map((entry) => entry.from);
    expect(from.length).toBe(37);
    expect(new Set(from)).toEqual(new Set([...crosswalks.csf.important, "PR.DS-7"]));
    const withdrawn = /^(PR\.(AC|IP|MA|PT)|RS\.RP)-/;
    for (const { to } of crosswalks["csf-1-to-2"].subcategories) for (const id of to) expect(id).not.toMatch(withdrawn);
  });

  it("say what became of controls that Revision 5 withdrew or renamed, and of no others", () => {
    const important = new Set(crosswalks["sp800-53-rev4-important"].controls.map((entry) => entry.control));
    const { withdrawn, renamed } = crosswalks["sp800-53-rev4-to-rev5"];
    expect(withdrawn.map((entry) => entry.control)).toEqual(["SA-19"]);
    for (const { control } of [...withdrawn, ...renamed]) expect(important.has(control), control).toBe(true);
  });
});

describe("lookups", () => {
  it("find each entry by its id and nothing by another", () => {
    for (const entry of recommendations) expect(clause(catalog, entry.id)).toBe(entry);
    for (const entry of requirements) expect(clause(catalog, entry.id)).toBe(entry);
    for (const entry of supplement.sections) expect(requirementSection(catalog, entry.id)).toBe(entry);
    for (const entry of guide.areas) expect(areaEntry(catalog, entry.id)).toBe(entry);
    for (const id of ["", "4.4.3", "4.4.6-a", "__proto__", "constructor"]) expect(clause(catalog, id)).toBeUndefined();
    expect(areaEntry(catalog, "toString")).toBeUndefined();
  });

  it("give the recommendations of a section in order", () => {
    expect(recommendationsOf(catalog, "4.2.1").map(({ id }) => id)).toEqual(["4.2.1-a", "4.2.1-b"]);
    expect(recommendationsOf(catalog, "4.9.9")).toEqual([]);
  });

  it("lead from a clause to its section and area", () => {
    for (const entry of guide.countermeasures)
      for (const { id } of entry.recommendations) expect([sectionOf(id), areaOf(id)]).toEqual([entry.id, entry.area]);
    for (const entry of supplement.sections)
      for (const { id } of entry.requirements) expect([sectionOf(id), areaOf(id)]).toEqual([entry.id, entry.area]);
  });
});

describe("the order of clauses", () => {
  const known = [
    ...guide.countermeasures.map(({ id }) => id),
    ...recommendations.map(({ id }) => id),
    ...requirements.map(({ id }) => id),
  ];
  const id = fc.oneof(
    fc.constantFrom(...known),
    fc
      .tuple(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom("", "-a", "-c1", "-c10", "-c2", "-d", "-pre"),
      )
      .map(([x, y, letter]) => `4.${x}.${y}${letter}`),
  );

  it("is numeric before it is alphabetic", () => {
    expect(sortClauses(["4.4.4-d", "4.1.10", "4.4.4-c10", "4.1.2", "4.6-a", "4.4.4-c1", "4.4.4-c2", "4.4.4"])).toEqual([
      "4.1.2",
      "4.1.10",
      "4.4.4",
      "4.4.4-c1",
      "4.4.4-c2",
      "4.4.4-c10",
      "4.4.4-d",
      "4.6-a",
    ]);
  });

  it("is total: reflexive, antisymmetric and transitive", () => {
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(byClause(a, a)).toBe(0);
        expect(Math.sign(byClause(a, b)) + Math.sign(byClause(b, a))).toBe(0);
        if (byClause(a, b) === 0) expect(a).toBe(b);
        if (byClause(a, b) <= 0 && byClause(b, c) <= 0) expect(byClause(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it("restores the guide's own order from any other", () => {
    const inOrder = recommendations.map((entry) => entry.id);
    fc.assert(
      fc.property(fc.shuffledSubarray(inOrder), (shuffled) => {
        const picked = new Set(shuffled);
        expect(sortClauses(shuffled)).toEqual(inOrder.filter((entry) => picked.has(entry)));
      }),
    );
  });
});

describe("a broken catalogue", () => {
  function failure(change: Partial<typeof texts>): string {
    try {
      parseCatalog({ ...texts, ...change });
    } catch (error) {
      if (error instanceof AppError && error.code === "CONFIG_INVALID") return error.message;
      throw error;
    }
    return "accepted";
  }

  it.each([
    ["text that is no YAML", { guide: "areas: [" }, /sp800-190\.yaml/],
    ["a missing part", { guide: "areas: []" }, /risks/],
    ["a repeated id", { guide: texts.guide.replace("id: 4.1.1-b", "id: 4.1.1-a") }, /4\.1\.1-a is there twice/],
    [
      "a clause in the wrong section",
      { guide: texts.guide.replace("id: 4.1.1-a", "id: 4.1.2-z") },
      /4\.1\.2-z does not belong to 4\.1\.1/,
    ],
    [
      "an area that does not fit its section",
      { guide: texts.guide.replace("area: image", "area: host") },
      /4\.1\.1 lies in the area image/,
    ],
    [
      "a risk without its answer",
      { guide: texts.guide.replace('countermeasure: "4.1.1"', 'countermeasure: "4.1.2"') },
      /3\.1\.1 has no countermeasure/,
    ],
    [
      "a statement that is not asked for",
      { guide: texts.guide.replace(/ +declare: .*\n/, "") },
      /declare must be present/,
    ],
    ["an unknown field", { guide: texts.guide.replace("declare:", "declares:") }, /declares/],
    ["text beyond ASCII", { guide: texts.guide.replace("frozen set", "frozen\u00a0set") }, /ASCII/],
    [
      "a relation to nothing",
      { supplement: texts.supplement.replace("relates: [4.6-c]", "relates: [4.6-z]") },
      /4\.6-z, which does not exist/,
    ],
    [
      "a crosswalk from nothing",
      { crosswalks: texts.crosswalks.replace('"4.1.1":', '"4.1.9":') },
      /4\.1\.9, which does not exist/,
    ],
    [
      "a subcategory that is not carried over",
      { crosswalks: texts.crosswalks.replace("from: PR.IP-6", "from: PR.IP-7") },
      /PR\.IP-6, which does not exist/,
    ],
  ])("is refused: %s", (_, change, expected) => {
    expect(failure(change)).toMatch(expected);
  });
});
