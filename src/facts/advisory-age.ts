import { type Evidence, failEach, unknown, type Verdict } from "../core/check.ts";
import type { VulnerabilityReport } from "./vulnerability.ts";

const hour = 3_600_000;

/** The data that judged a target's packages, oldest first: by ecosystem where the feeds are known, else the data as a whole. */
export function agesOf({ advisories }: Pick<VulnerabilityReport, "advisories">, now: Date): DataAge[] {
  const { ecosystems, source, date } = advisories;
  const dated = ecosystems.length > 0 ? ecosystems : [{ name: source, date }];
  return dated
    .map((one) => ({ ...one, hours: hoursSince(one.date, now) }))
    .sort((a, b) => (b.hours ?? Infinity) - (a.hours ?? Infinity) || (a.name < b.name ? -1 : 1));
}

/** Advisory data about one ecosystem, and how much older than the assessment it is; undefined where its date is none. */
export interface DataAge {
  readonly name: string;
  readonly date: string;
  readonly hours: number | undefined;
}

/** Fails with each ecosystem whose data is older than so many hours. */
export function dataAgeVerdict(report: Pick<VulnerabilityReport, "advisories">, now: Date, mostHours: number): Verdict {
  const ages = agesOf(report, now);
  const undated = ages.find(({ hours }) => hours === undefined);
  if (undated !== undefined)
    return unknown(`the advisory data bears no date (${undated.date})`, "build it anew: plimsoll db build");
  const old = ages.filter(({ hours = 0 }) => hours > mostHours);
  const [oldest] = ages;
  return failEach(
    old.map((age) => evidenceOf(age, mostHours)),
    evidenceOf(oldest!, mostHours),
  );
}

function evidenceOf({ name, date, hours }: DataAge, mostHours: number): Evidence {
  return {
    at: `advisories about ${name}`,
    found: `data of ${date.slice(0, 10)}, ${ageText(hours)} older than what was assessed`,
    expected: `at most ${mostHours} hours`,
    key: name,
    details: { hours },
  };
}

function ageText(hours = 0): string {
  return hours < 72 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

/** A date without a time stands for its whole day. */
function hoursSince(date: string, now: Date): number | undefined {
  const made = Date.parse(date);
  if (Number.isNaN(made)) return undefined;
  const end = /T/.test(date) ? made : made + 24 * hour;
  return Math.max(0, Math.floor((now.getTime() - end) / hour));
}
