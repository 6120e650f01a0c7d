import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../src/policy/policy-file.ts";
import { buildPageData } from "../../src/reporters/html/build-page-data.ts";
import { detailName, detailText } from "../../src/reporters/html/detail-text.ts";
import { filtered, filterOf, sorted, statusQuery } from "../../web/src/finding-filter.ts";
import { placeAfter } from "../../web/src/matrix-keys.ts";
import { type FindingView, imagesByBase, modelOf } from "../../web/src/model.ts";
import { parseVisible, visibleText } from "../../web/src/visible-text.ts";
import { waiverSnippet } from "../../web/src/waiver-snippet.ts";
import { bytes, percent } from "../../web/src/words.ts";
import { sampleInput } from "../sample-assessment.ts";
import { platformInput } from "./platform-input.ts";

const model = modelOf(JSON.stringify(buildPageData(platformInput())));
const filterWith = (query: Record<string, string>) => filterOf(new Map(Object.entries(query)));
const idsOf = (findings: readonly FindingView[]) => findings.map((finding) => finding.id);

describe("keys of the matrix", () => {
  const shape = [5, 3, 0, 5, 1];
  it.each([
    ["ArrowRight", false, { column: 0, row: 0 }, { column: 1, row: 0 }],
    ["ArrowRight", false, { column: 0, row: 4 }, { column: 1, row: 2 }],
    ["ArrowRight", false, { column: 1, row: 0 }, { column: 3, row: 0 }],
    ["ArrowRight", false, { column: 4, row: 0 }, undefined],
    ["ArrowLeft", false, { column: 3, row: 4 }, { column: 1, row: 2 }],
    ["ArrowLeft", false, { column: 0, row: 0 }, undefined],
    ["ArrowDown", false, { column: 1, row: 1 }, { column: 1, row: 2 }],
    ["ArrowDown", false, { column: 1, row: 2 }, undefined],
    ["ArrowUp", false, { column: 1, row: 0 }, undefined],
    ["Home", false, { column: 3, row: 3 }, { column: 0, row: 3 }],
    ["End", false, { column: 0, row: 3 }, { column: 3, row: 3 }],
    ["Home", true, { column: 3, row: 3 }, { column: 0, row: 0 }],
    ["End", true, { column: 0, row: 3 }, { column: 4, row: 0 }],
    ["a", false, { column: 0, row: 0 }, undefined],
  ] as const)("%s (Ctrl %s) from %o leads to %o", (key, ctrl, from, to) => {
    expect(placeAfter(key, ctrl, from, shape)).toEqual(to);
  });

  it("never leads out of the matrix", () => {
    const keys = fc.constantFrom("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End");
    fc.assert(
      fc.property(
        fc.array(fc.nat(6), { maxLength: 7 }),
        keys,
        fc.boolean(),
        fc.nat(6),
        fc.nat(6),
        (columns, key, ctrl, column, row) => {
          fc.pre(row < (columns[column] ?? 0));
          const place = placeAfter(key, ctrl, { column, row }, columns);
          if (place) expect(place.row).toBeLessThan(columns[place.column] ?? 0);
        },
      ),
    );
  });
});

describe("the filter of findings", () => {
  it("shows open failures where nothing is said", () => {
    const open = model.findings.filter((finding) => finding.status === "fail");
    expect(idsOf(filtered(model.findings, filterWith({})))).toEqual(idsOf(open));
    expect(open.length).toBeGreaterThan(0);
  });

  it("finds by words in any order, by clause and by location", () => {
    for (const q of ["socket grafana", "GRAFANA socket", "4.5.5-a sock", "deploy/monitoring.yaml:31"]) {
      expect(
        filtered(model.findings, filterWith({ q })).map((finding) => finding.rule.check),
        q,
      ).toContain("container/runtime-socket-mounted");
    }
    expect(filtered(model.findings, filterWith({ q: "no-such-word" }))).toEqual([]);
  });

  it("takes areas, severities, statuses and subjects together", () => {
    const found = filtered(
      model.findings,
      filterWith({ area: "image", severity: "critical,high", status: "fail,waived", subject: "shop/api" }),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const finding of found) {
      expect(finding.rule.area).toBe("image");
      expect(["critical", "high"]).toContain(finding.severity);
      expect(finding.subjectName).toContain("shop/api");
    }
  });

  it("counts an accepted failure apart from the open ones", () => {
    const waived = filtered(model.findings, filterWith({ status: "waived" }));
    expect(waived.map((finding) => finding.waiver?.approver)).toEqual(["platform owner"]);
  });

  it("sorts both ways and keeps the report's order among equals", () => {
    const { sorting } = filterWith({ sort: "-severity" });
    const mild = sorted(model.findings, sorting);
    expect(mild[0]?.severity).toBe("info");
    expect(mild.at(-1)?.severity).toBe("critical");
    const worst = sorted(model.findings, filterWith({ sort: "severity" }).sorting).filter(
      (finding) => finding.severity === "critical",
    );
    expect(worst.map((finding) => finding.rank)).toEqual(
      worst.map((finding) => finding.rank).toSorted((a, b) => a - b),
    );
    expect(sorted(model.findings, filterWith({ sort: "nonsense" }).sorting)).toBe(model.findings);
  });

  it("writes statuses so that it reads them again", () => {
    expect(statusQuery(["fail"])).toBeUndefined();
    expect(statusQuery([])).toBe("all");
    expect([...filterWith({ status: statusQuery(["fail", "pass"])! }).statuses]).toEqual(["fail", "pass"]);
  });
});

describe("the waiver to paste", () => {
  const { created } = model.data;

  it("is an entry that the policy accepts and that names the finding", () => {
    const finding = model.findings[0]!;
    const snippet = waiverSnippet(finding.rule.check, model.exact(finding), created);
    expect(parsePolicy(snippet, "snippet").waivers).toMatchObject([
      { check: finding.rule.check, subject: finding.subjectName, key: finding.key, expires: "2026-05-30" },
    ]);
  });

  it("keeps any subject and key as it is, and shows what cannot be seen", () => {
    const text = fc.string({ unit: "binary", minLength: 1 });
    fc.assert(
      fc.property(text, text, (subjectName, key) => {
        const snippet = waiverSnippet("image/stale", { subjectName, key }, created);
        expect(visibleText(snippet)).toBe(snippet);
        expect(parsePolicy(snippet, "snippet").waivers).toMatchObject([{ subject: subjectName, key }]);
      }),
    );
  });
});

describe("text that deceives", () => {
  it.each([
    ["a\u202Egnp.exe", "a\\u202egnp.exe"],
    ["zero\u200bwidth", "zero\\u200bwidth"],
    ["\u001b[31mred", "\\u001b[31mred"],
    ["one\r\ntwo\tthree\n", "one\ntwo\tthree\n"],
    ["over\rwritten", "over\\u000dwritten"],
    ["\ud800", "\\ud800"],
    ["Grüße 漢字 😀", "Grüße 漢字 😀"],
  ])("is shown as what it is: %j", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
    expect(parseVisible(JSON.stringify({ list: [text, 1, null, true] }))).toEqual({ list: [shown, 1, null, true] });
  });

  it("reaches the page escaped and the waiver as it is", () => {
    const hostile = modelOf(JSON.stringify(buildPageData(sampleInput({ hostile: "\u202E" }))));
    const finding = hostile.findings.find((candidate) => candidate.key.includes("openssl"))!;
    expect(finding.key).toContain("openssl\\u202e@");
    expect(hostile.exact(finding).key).toContain("openssl\u202E@");
  });
});

describe("details of evidence", () => {
  it("are told in words", () => {
    expect(detailName("knownExploited")).toBe("known exploited");
    expect(detailText({ since: "2025-06-01", ransomware: false })).toBe("since 2025-06-01, ransomware no");
    expect(detailText(["a", "b"])).toBe("a, b");
    expect(detailText([{ vector: "AV:N", score: 9.8 }, { score: 7 }])).toBe("vector AV:N, score 9.8; score 7");
    expect([detailText([]), detailText(null), detailText(0)]).toEqual(["", "", "0"]);
  });
});

describe("what is derived for the views", () => {
  it("groups every open failure under exactly one change", () => {
    const grouped = model.fixGroups.flatMap((group) => idsOf(group.findings)).toSorted();
    expect(grouped).toEqual(idsOf(model.findings.filter((finding) => finding.status === "fail")).toSorted());
  });

  it("takes updates of one package to different versions as one change", () => {
    const openssl = model.fixGroups.filter((group) => group.fix.includes("only-upgrade openssl"));
    expect(openssl.length).toBe(1);
    expect(new Set(openssl[0]!.findings.map((finding) => finding.fix)).size).toBeGreaterThan(1);
    expect(openssl[0]!.fix).toBe("apt-get install --only-upgrade openssl, then rebuild");
    expect(openssl[0]!.reasons).toEqual(["known exploited", "fix available"]);
  });

  it("groups every image under its base and puts the unknown base last", () => {
    const groups = imagesByBase(model);
    expect(groups.flatMap((group) => group.images).length).toBe(9);
    expect(groups.map((group) => group.known)).toEqual([true, true, true, false]);
    expect(groups[0]!.fromBase).toBe(Math.max(...groups.map((group) => group.fromBase)));
    expect(groups[0]!.fromBase).toBeGreaterThan(0);
  });

  it("puts a base before what is built on it, whatever they bring", () => {
    const image = (name: string, base: string | undefined, rebuildStep: number) => ({
      subject: `image/${name}`,
      name,
      rebuildStep,
      baseLayers: rebuildStep,
      ...(base === undefined ? { scratch: true as const } : { base }),
    });
    const images = [image("shop", "runtime", 2), image("runtime", "debian", 1), image("debian", undefined, 0)];
    const groups = imagesByBase({ ...model, data: { ...model.data, images }, findings: [] });
    expect(groups.map(({ base }) => base)).toEqual(["scratch", "debian", "runtime"]);
  });

  it("says 0 % and 100 % only where it is exactly that", () => {
    expect([percent(0, 500), percent(1, 500), percent(499, 500), percent(500, 500), percent(0, 0)]).toEqual([
      "0 %",
      "1 %",
      "99 %",
      "100 %",
      "–",
    ]);
  });

  it("writes sizes in the unit that leaves at least one", () => {
    expect([bytes(0), bytes(999), bytes(1_000), bytes(48_200_000), bytes(3_000_000_000)]).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "48 MB",
      "3.0 GB",
    ]);
  });
});
