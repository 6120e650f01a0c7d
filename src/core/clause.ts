/** The id of a recommendation: one line of SP 800-190 (`4.4.3-f`, `4.6-a`) or one requirement of NISTIR 8176 (`8176-5.4-b`). The letters are Plimsoll's; NIST numbers sections only. */
export type Clause = `4.${number}.${number}-${string}` | `4.6-${string}` | `8176-${string}`;

/** The six areas of SP 800-190, in the guide's order. */
export const areas = ["image", "registry", "orchestrator", "container", "host", "hardware"] as const;
/** One of the six areas in which containers are attacked and defended. */
export type Area = (typeof areas)[number];

/** The section that a clause belongs to: `4.4.3` of `4.4.3-f`, `8176-5.4` of `8176-5.4-b`. */
export function sectionOf(clause: string): string {
  const end = clause.lastIndexOf("-");
  return end <= 4 && clause.startsWith("8176-") ? clause : end < 0 ? clause : clause.slice(0, end);
}

/** The area that a clause of SP 800-190 is about; NISTIR 8176 is sorted by its chapters (3 hardware, 4 host, 5 container, 6 image, 7 registry, 8 orchestrator). */
export function areaOf(clause: string): Area {
  const [, chapter] = /^8176-(\d)/.exec(clause) ?? [];
  if (chapter !== undefined)
    return (
      (["hardware", "host", "container", "image", "registry", "orchestrator"] as const)[Number(chapter) - 3] ?? "host"
    );
  return areas[Number(clause.charAt(2)) - 1] ?? "host";
}

/** Orders clauses and sections as the guides do: numbers by value, then letters; `4.1.2` before `4.1.10`, `4.4.4-c2` before `4.4.4-c10` before `4.4.4-d`. */
export function byClause(a: string, b: string): number {
  const left = a.match(/\d+|[a-zA-Z]+/g) ?? [];
  const right = b.match(/\d+|[a-zA-Z]+/g) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = comparePart(left[i], right[i]);
    if (order !== 0) return order;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return Math.sign(x - y);
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
