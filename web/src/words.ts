import type { RecommendationStatus } from "../../src/core/assessment.ts";
import type { FindingStatus } from "./model.ts";

/** How the statuses are called on the page. */
export const statusWords: Readonly<Record<RecommendationStatus | FindingStatus, string>> = {
  satisfied: "satisfied",
  "not-satisfied": "not satisfied",
  declared: "declared",
  unknown: "unknown",
  "not-applicable": "not applicable",
  fail: "failed",
  waived: "waived",
  pass: "passed",
};

/** A number with its noun in the right form, thousands apart: `1 finding`, `12,400 findings`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}

/** A number with thousands apart. */
export function number(value: number): string {
  return value.toLocaleString("en-GB");
}

/** A share in whole per cent that says 0 or 100 only when it is exactly that. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const share = (part / whole) * 100;
  return `${part === 0 || part === whole ? share : Math.min(99, Math.max(1, Math.round(share)))} %`;
}

/** An ISO 8601 moment as `2026-11-23 14:05 UTC`, a date as it is. */
export function moment(iso: string): string {
  const [date, time] = iso.split("T");
  return time === undefined ? iso : `${date} ${time.slice(0, 5)} UTC`;
}

/** Bytes in the largest unit that leaves at least one. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size) / 3));
  const value = size / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** A digest short enough for a line, with its algorithm. */
export function shortDigest(digest: string): string {
  return digest.length > 24 ? `${digest.slice(0, 19)}…` : digest;
}
