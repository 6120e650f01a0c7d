import type { Judged, JudgedLabels } from "../vulnerability-labels.ts";
import { isEven } from "./label.ts";

/** The page docs/accuracy.md: what the labels say, what was found, and every case in which the two differ with its reason. */
export function accuracyText(result: JudgedLabels): string {
  const all = result.judged;
  const parts = [
    intro(result),
    "## By distribution and ecosystem",
    groupTable(all),
    "## What the data cannot serve",
    unserved(all),
    "## True positives that were not reproduced though an advisory is in the data",
    caseTable(all.filter(isMissed), missedBecause),
    "## True positives that the distribution says it never had",
    caseTable(
      all.filter(
        ({ label, inData, flagged, setAside, reason }) =>
          label.verdict === "TP" &&
          !inData &&
          !flagged &&
          setAside === undefined &&
          reason.startsWith("not-affected: "),
      ),
      missedBecause,
    ),
    "## False-positive labels that were reported as affected",
    vendorsWord(all),
    caseTable(
      all.filter(({ label, flagged }) => label.verdict === "FP" && flagged),
      flaggedBecause,
    ),
    "## Listed apart",
    "What those who know a package call harmless in it is not counted as vulnerable; it stays in the report with their word.",
    caseTable(
      all.filter(({ setAside }) => setAside !== undefined),
      ({ label, setAside }) => `${label.verdict === "TP" ? "true positive" : "false positive"}: ${setAside}`,
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function vendorsWord(all: readonly Judged[]): string {
  const reported = all.filter(({ label, flagged }) => label.verdict === "FP" && flagged);
  const own = reported.filter(({ group }) => /^(alpine|amzn|centos|debian|rhel) /.test(group)).length;
  const { negatives } = countsOf(all);
  return `For ${own} of these ${reported.length} the distribution's own advisory says that this version of this package is affected (for CentOS, that of Red Hat), and Plimsoll follows it; the person disagrees, or judged before it was written. The other ${reported.length - own} are ${percent(reported.length - own, negatives)} of all false-positive labels.`;
}

function isMissed({ label, inData, flagged, setAside }: Judged): boolean {
  return label.verdict === "TP" && inData && !flagged && setAside === undefined;
}

function intro({ judged: all, undecided, contradicting, date }: JudgedLabels): string {
  return `# Accuracy of vulnerability matching

<!-- Written by \`npx tsx bench/vulnerability-labels.ts --write\`; do not edit by hand. -->

People judged ${all.length} pairs of a package in an image and a vulnerability as true or false positives (anchore/vulnerability-match-labels, CC0). Left out
are ${undecided} that they left open, and ${contradicting} that say both: the tool whose reports they judged had named the vulnerability by its CVE and by its GHSA id, and
the two verdicts differ. Each label was judged again by Plimsoll with packed advisory feeds of ${date.slice(0, 10)} and older.

## What counts

- A true positive is *reproduced* if Plimsoll names the vulnerability for the package: as affecting it, or listed apart with the word of those who know the
  package. Debian's tracker calls a vulnerability \`unimportant\` where it has no effect on security as the package is built and used (and, a caveat, in the
  few packages that have no security support); the Go team says what users of a module as a library cannot reach, and
  what is there on other operating systems only; and a package that was split off its source without any code, by its list of files, cannot have what is
  wrong with the code. None of these counts as a vulnerability, none fails a gate, and all stay in the facts (\`suppressed\`) and in
  \`plimsoll explain CVE-…\`. What is known to be exploited is never listed apart.
- A false-positive label is *reported* if Plimsoll says that the package is affected.
- So a true positive asks whether the vulnerability was found for the package, a false one whether somebody was alarmed by it. The aim of 97 % and 2 % is
  read so. Both figures are given with and without what is listed apart, since the reading favours both: held to one definition, the aim is missed, with
  "affects" by the first figure, with "named at all" by the second. People's verdicts on what is listed apart differ as well: the table at the end has
  packages of one version whose \`unimportant\` vulnerabilities are true positives in one image and false ones in another.

## Result

${summary("All images", all)}
${summary(
  "Even digests",
  all.filter(({ label }) => isEven(label)),
)}
${summary(
  "Odd digests",
  all.filter(({ label }) => !isEven(label)),
)}

${missedSentence(all)} ${apartSentence(all)}

## How far it was tuned

Matching rules were first tuned on the images with an even digest. That split no longer holds: rules were put right that images with an odd digest showed to
be wrong for everyone, and by now every label that differs was looked at, in both halves. None names a vulnerability or a version, and packages are named only
where a rule is about what they hold (kernel headers, translations).

- Rules that odd digests led to: build numbers of \`.module+el8\` and \`.module_el8\` are not compared; a module's stream is told by the main package of the
  advisory; Ubuntu's "not-affected VERSION" is about that version; \`unimportant\` holds in releases of Debian that have advisories only, or a fix without a
  rating; a language package without a path is the distribution's where that has one of the same name and version; what the Go team excluded, once excluded
  or limits to other operating systems is listed apart, and so are packages without code.
- The bench's own tables were made from the names in all labels, odd ones included: kinds of images (\`bench/labels/images.ts\`), source packages of Debian and
  Ubuntu (\`bench/labels/sources.ts\`), modules of Red Hat, origins of Alpine, native Debian packages, the module that an image's program is, packages without code and that WebJars are not meant by the bare name of
  an archive (\`bench/labels/label.ts\`). A scan reads all of this from the image and needs no table.

The labels name a package and a version. They do not name the kind of package, its source package, its group, its module or who owns its files; the
bench adds what it can from package databases and those tables, and where it cannot the rule that needs it does not act. Images that a distribution
publishes hold its packages only, so that a Python package in one of them is taken for the distribution's.`;
}

function missedSentence(all: readonly Judged[]): string {
  const missed = all.filter(isMissed);
  const contradicted = missed.filter(({ reason }) => /^(fixed|outside): /.test(reason));
  return `Of the ${missed.length} true positives that were not reproduced, the advisory itself says of ${contradicted.length} that the version is outside of what is affected; the table below names each.`;
}

/** Whose word it is that counts a true positive as listed apart: not all of them say that the vulnerability is there. */
function apartSentence(all: readonly Judged[]): string {
  const apart = (verdict: "TP" | "FP") => {
    const counts = new Map<string, number>();
    for (const { label, inData, setAside } of all) {
      if (label.verdict !== verdict || setAside === undefined || (verdict === "TP" && !inData)) continue;
      counts.set(setAside, (counts.get(setAside) ?? 0) + 1);
    }
    return [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([status, count]) => `${count} ${status}`)
      .join(", ");
  };
  return `Listed apart are, of true positives, ${apart("TP")}; of false ones, ${apart("FP")}.`;
}

function summary(what: string, all: readonly Judged[]): string {
  const count = countsOf(all);
  const apart = count.flagged + count.setAsideNegatives;
  return [
    `- ${what}: ${count.reproduced} of ${count.inData} true positives whose advisory is in the data are reproduced (${percent(count.reproduced, count.inData)}),`,
    `  ${count.reproduced - count.setAsidePositives} as affecting the package (${percent(count.reproduced - count.setAsidePositives, count.inData)});`,
    `  ${count.flagged} of ${count.negatives} false-positive labels are reported as affected (${percent(count.flagged, count.negatives)}), ${apart} with those that are listed apart (${percent(apart, count.negatives)}).`,
  ].join("\n");
}

/** Counts of some labels. */
export interface Counts {
  readonly positives: number;
  /** True positives about whose package the data holds an advisory with their id. */
  readonly inData: number;
  /** Reported as affecting, or listed apart. */
  readonly reproduced: number;
  readonly setAsidePositives: number;
  readonly negatives: number;
  /** False-positive labels that were reported as affecting. */
  readonly flagged: number;
  readonly setAsideNegatives: number;
}

/** Counts what became of labels. */
export function countsOf(all: readonly Judged[]): Counts {
  const positives = all.filter(({ label }) => label.verdict === "TP");
  const negatives = all.filter(({ label }) => label.verdict === "FP");
  const isNamed = ({ flagged, setAside }: Judged) => flagged || setAside !== undefined;
  return {
    positives: positives.length,
    inData: positives.filter((item) => item.inData || isNamed(item)).length,
    reproduced: positives.filter(isNamed).length,
    setAsidePositives: positives.filter(({ setAside }) => setAside !== undefined).length,
    negatives: negatives.length,
    flagged: negatives.filter(({ flagged }) => flagged).length,
    setAsideNegatives: negatives.filter(({ setAside }) => setAside !== undefined).length,
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
    const count = countsOf(items);
    const { positives, inData, reproduced, setAsidePositives, negatives, flagged, setAsideNegatives } = count;
    return `| ${group} | ${positives} | ${inData} | ${reproduced} | ${setAsidePositives} | ${percent(reproduced, inData)} | ${negatives} | ${flagged} | ${setAsideNegatives} |`;
  });
  return [
    "| group | true positives | advisory in the data | reproduced | of these listed apart | share | false-positive labels | reported | listed apart |",
    "|---|---|---|---|---|---|---|---|---|",
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

function flaggedBecause({ group, label, reason }: Judged): string {
  if (group === "golang")
    return "the module is there in an affected version; the person found that the program does not use the vulnerable part, which the label does not show";
  if (/^alpine/.test(group) && label.name === "ssl_client")
    return "the security database names the origin (busybox), and what others publish about Alpine counts this part of it; it is built from a file of the recipe's own";
  if (group === "maven" && label.name === "mercurial")
    return "the advisory names this plugin and two others under one CVE; the person counts a CVE of its own for it";
  if (["gem", "pypi", "maven", "npm"].includes(group) && label.image.distribution !== undefined)
    return "files of a distribution's package, or a plugin or archive of the same name: the label names neither owner nor group";
  if (/^(rhel|centos|amzn)/.test(group))
    return `the vendor's advisory names this package with a later fixed version; it names every package of a source that was built again, also those without the code at fault (${reason.replace(/^affected: \S+ /, "").replace(/: .*$/, "")})`;
  if (/^debian/.test(group))
    return "the distribution's advisory says that this version is affected; the label is older or disagrees";
  return "the advisory says that this version is affected";
}
