import { type CheckContext, fail, pass, unknown, type Verdict } from "../core/check.ts";
import type { EndOfLife } from "./end-of-life.ts";

const day = 86_400_000;

/** Judges whether a release is still maintained at the moment of collection. Its key is the product and release. */
export function maintenanceVerdict(life: EndOfLife, { now }: CheckContext): Verdict {
  const name = `${life.product} ${life.release}`;
  const expected = "a release that gets security fixes";
  const at = `end-of-life data of ${life.dataDate.slice(0, 10)} (${life.source})`;
  if (life.endsOn === undefined) {
    if (life.ended === true) return fail({ at, found: `${name} is no longer maintained`, expected, key: name });
    if (life.ended === false) return pass({ at, found: `${name} is maintained, no end is set`, expected });
    return unknown(`the data does not say until when ${name} is maintained`, "give newer end-of-life data");
  }
  const left = Math.floor((Date.parse(life.endsOn) - now.getTime()) / day);
  const found =
    left < 0
      ? `${name} has had no fixes since ${life.endsOn}`
      : `${name} is maintained until ${life.endsOn} (${left} days)`;
  return left < 0 ? fail({ at, found, expected, key: name }) : pass({ at, found, expected });
}
