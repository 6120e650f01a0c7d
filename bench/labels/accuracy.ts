import type { Judged } from "../vulnerability-labels.ts";
import { isTuning } from "./label.ts";

/** The page docs/accuracy.md: what the labels say, what was found, and every case in which the two differ with its reason. */
export function accuracyText(all: readonly Judged[], undecided: number, date: string): string {
  const parts = [
    intro(all, undecided, date),
    "## By distribution and ecosystem",
    groupTable(all),
    "## What the data cannot serve",
    unserved(all),
    "## True positives that were not reproduced though an advisory is in the data",
    caseTable(
      all.filter(({ label, inData, flagged }) => label.verdict === "TP" && inData && !flagged),
      missedBecause,
    ),
    "## True positives that the distribution says it never had",
    caseTable(
      all.filter(
        ({ label, inData, flagged, reason }) =>
          label.verdict === "TP" && !inData && !flagged && reason.startsWith("not-affected: "),
      ),
      missedBecause,
    ),
    "## False-positive labels that were flagged",
    "Most of these are disagreements between a person and the distribution's own advisory, which Plimsoll follows.",
    caseTable(
      all.filter(({ label, flagged }) => label.verdict === "FP" && flagged),
      flaggedBecause,
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function intro(all: readonly Judged[], undecided: number, date: string): string {
  return `# Accuracy of vulnerability matching

<!-- Written by \`npx tsx bench/vulnerability-labels.ts --write\`; do not edit by hand. -->

People judged ${all.length} pairs of a package in an image and a vulnerability as true or false positives (anchore/vulnerability-match-labels, CC0; ${undecided} more
are undecided). Each was judged again by Plimsoll with packed advisory feeds of ${date.slice(0, 10)} and older. Rules were tuned on the images whose digest
ends in an even digit. After the first run three rules were put right that images with an odd digest showed to be wrong for everyone: build numbers of
\`.module+el8\` and \`.module_el8\` are not compared, a module's stream is told by the main package of the advisory, and Ubuntu's "not-affected VERSION" is about
that version. So the odd half is not entirely unseen.

The labels name a package and a version. They do not name the kind of package, its source package, its group, its module or who owns its files; the
bench adds what it can from package databases and a table, and where it cannot the rule that needs it does not act.

${summary("All images", all)}
${summary(
  "Even digests (tuned on)",
  all.filter(({ label }) => isTuning(label)),
)}
${summary(
  "Odd digests (held out)",
  all.filter(({ label }) => !isTuning(label)),
)}`;
}

function summary(what: string, all: readonly Judged[]): string {
  const count = countsOf(all);
  return `- ${what}: ${count.reproduced} of ${count.inData} true positives whose advisory is in the data are reproduced (${percent(count.reproduced, count.inData)}); ${count.flagged} of ${count.negatives} false-positive labels are flagged (${percent(count.flagged, count.negatives)}), ${count.loud} of them above severity info (${percent(count.loud, count.negatives)}).`;
}

interface Counts {
  readonly positives: number;
  readonly inData: number;
  readonly reproduced: number;
  readonly negatives: number;
  readonly flagged: number;
  readonly loud: number;
}

function countsOf(all: readonly Judged[]): Counts {
  const positives = all.filter(({ label }) => label.verdict === "TP");
  const negatives = all.filter(({ label }) => label.verdict === "FP");
  return {
    positives: positives.length,
    inData: positives.filter(({ inData, flagged }) => inData || flagged).length,
    reproduced: positives.filter(({ flagged }) => flagged).length,
    negatives: negatives.length,
    flagged: negatives.filter(({ flagged }) => flagged).length,
    loud: negatives.filter(({ flagged, severity }) => flagged && severity !== "info").length,
  };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function groupTable(all: readonly Judged[]): string {
  const rows = grouped(all, ({ group }) => group).map(([group, items]) => {
    const { positives, inData, reproduced, negatives, flagged, loud } = countsOf(items);
    return `| ${group} | ${positives} | ${inData} | ${reproduced} | ${percent(reproduced, inData)} | ${negatives} | ${flagged} | ${loud} |`;
  });
  return [
    "| group | true positives | advisory in the data | reproduced | share | false-positive labels | flagged | above info |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Why whole groups have few advisories in the data. */
const gaps: readonly (readonly [RegExp, string])[] = [
  [
    /^debian 7$/,
    "past its end of life: the tracker's records begin with release 11, advisories (DSA, DLA) of 7 name fixes that these images have",
  ],
  [/^debian 10$/, "past its end of life: the data has DSA and DLA for it and no states of unfixed CVEs"],
  [/^ubuntu/, "the packed tracker holds CVEs of 2021 to 2024; older CVEs and releases that ended before are not in it"],
  [
    /^(rhel|centos)/,
    "the data has fixed versions alone (RHSA); most labels are CVEs that Red Hat will not fix or had not fixed, which need its VEX feed",
  ],
  [/^(almalinux|rocky)/, "the data has fixed versions alone; unfixed CVEs need Red Hat's VEX feed"],
  [/^ol /, "Oracle's OVAL is not among the packed feeds"],
  [/^sles/, "SUSE's feeds are not among the packed feeds"],
  [/^mariner/, "Azure Linux data is not among the packed feeds"],
  [/^alpine 3\.[68]$/, "past its end of life: the security database names what was fixed before and no more"],
  [
    /^alpine/,
    "the security database names what was fixed; CVEs that Alpine never fixed need NVD, which is not among the packed feeds",
  ],
  [
    /^generic$/,
    "programs outside of packages: CPython's advisories name commits and not versions, NVD is not among the packed feeds",
  ],
  [/^(maven|pypi|nuget)$/, "advisories that only NVD has, and packages whose group or kind the label does not tell"],
];

function unserved(all: readonly Judged[]): string {
  const rows = grouped(all, ({ group }) => group).flatMap(([group, items]) => {
    const { positives, inData } = countsOf(items);
    if (positives - inData < 3) return [];
    const why = gaps.find(([pattern]) => pattern.test(group))?.[1] ?? "no advisory about that package in the data";
    return [`| ${group} | ${positives - inData} of ${positives} | ${why} |`];
  });
  return ["| group | true positives without an advisory in the data | why |", "|---|---|---|", ...rows].join("\n");
}

function caseTable(items: readonly Judged[], because: (item: Judged) => string): string {
  const rows = grouped(items, (item) => [item.group, item.label.name, because(item)].join("\n")).map(([key, cases]) => {
    const [group, name, why] = key.split("\n") as [string, string, string];
    const versions = [...new Set(cases.map(({ label }) => label.version))].join(", ");
    const ids = [...new Set(cases.map(({ label }) => label.ids[0]!))].sort().join(", ");
    return `| ${group} | ${name} ${versions} | ${cases.length} | ${ids} | ${why} |`;
  });
  return ["| group | package | labels | vulnerabilities | reason |", "|---|---|---|---|---|", ...rows].join("\n");
}

function missedBecause({ reason }: Judged): string {
  if (reason.startsWith("fixed: ")) return "the advisory says that this version has the fix";
  if (reason.startsWith("outside: ")) return "the advisory begins with a later version, or ended with an earlier one";
  if (reason.startsWith("not-affected: ")) return "the distribution says that it is not affected";
  return reason;
}

function flaggedBecause({ group, label, reason, severity }: Judged): string {
  if (/^alpine/.test(group) && label.name === "ssl_client")
    return "the security database names the origin (busybox); that this part of it lacks the applet is not in the data";
  if (severity === "info") return "reported as info: the distribution calls it unimportant";
  if (group === "golang")
    return "the module is there in an affected version; the person found that the program does not use the vulnerable part, which the label does not show";
  if (["gem", "pypi", "maven", "npm"].includes(group) && label.image.distribution !== undefined)
    return "files of a distribution's package, or a plugin or archive of the same name: the label names neither owner nor group";
  if (/^(rhel|centos|amzn)/.test(group))
    return `the vendor's advisory says that this version is affected (${reason.replace(/^affected: \S+ /, "").replace(/: .*$/, "")})`;
  if (/^debian/.test(group))
    return "the distribution's advisory says that this version is affected; the label is older or disagrees";
  return "the advisory says that this version is affected";
}
