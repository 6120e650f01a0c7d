import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { hostEndOfLife } from "../../facts/host/end-of-life.ts";

const day = 86_400_000;

export default defineCheck({
  title: "Host distribution past its end of life",
  severity: "high",
  clauses: ["4.5.3-a", "4.5.3-b", "4.5.1-f"],
  why: "A distribution that is no longer maintained gets no fix for the flaws that are found in it from then on.",
  fix: "Upgrade to a maintained release, or replace the host by one that runs it.",
  needs: { life: hostEndOfLife },
  evaluate({ life }, { now }) {
    const name = `${life.product} ${life.release}`;
    const at = `${life.source} (${life.dataDate})`;
    const expected = "maintained";
    if (life.endsOn === undefined) {
      if (life.ended === true) return fail({ at, found: `${name}: support ended`, expected, key: name });
      if (life.ended === undefined)
        return unknown(`${life.source} sets no end of life for ${name}`, "give newer advisory data: plimsoll db build");
      return pass({ at, found: `${name}: maintained, no end is set` });
    }
    const left = Math.ceil((Date.parse(life.endsOn) + day - now.getTime()) / day);
    if (left <= 0) return fail({ at, found: `${name}: ended on ${life.endsOn}`, expected, key: name });
    return pass({ at, found: `${name}: maintained until ${life.endsOn}, ${left} days more` });
  },
  examples: {
    pass: [
      {
        life: {
          product: "debian",
          release: "13",
          endsOn: "2028-08-09",
          source: "endoflife.date",
          dataDate: "2026-01-01",
        },
      },
    ],
    fail: [
      {
        life: {
          product: "debian",
          release: "10",
          endsOn: "2022-09-10",
          source: "endoflife.date",
          dataDate: "2026-01-01",
        },
      },
      { life: { product: "centos", release: "7", ended: true, source: "endoflife.date", dataDate: "2026-01-01" } },
    ],
    unknown: [{ life: { product: "arch", release: "rolling", source: "endoflife.date", dataDate: "2026-01-01" } }],
  },
});
