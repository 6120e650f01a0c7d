import { text as readAll } from "node:stream/consumers";
import { ecosystemsOf, matchInventory } from "../advisories/matching/match-inventory.ts";
import { type PurlPackage, purlPackage } from "../advisories/matching/purl-package.ts";
import type { MatchReport } from "../advisories/matching/report.ts";
import type { AdvisoryStore } from "../advisories/store.ts";
import { AppError } from "../core/errors.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { openResources } from "./resources.ts";

interface MatchCommandOptions {
  readonly advisories?: string;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** `plimsoll match [PURL…]`: one line of JSON a match; a package that cannot be judged gets a line that says why. Without arguments package URLs are read from stdin, one a line. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [purls, options] = given as [string[], MatchCommandOptions];
  const { advisories } = await openResources(options, new Progress(options));
  if (advisories === undefined)
    throw new AppError("USAGE", "no advisory data was given", {
      hint: "name it with --advisories PATH or PLIMSOLL_ADVISORIES",
    });
  const wanted = purls.length > 0 ? purls : linesOf(await readAll(process.stdin));
  if (wanted.length === 0)
    throw new AppError("USAGE", "no package URL was given", { hint: "plimsoll match pkg:npm/minimist@1.2.0" });
  await write(await matchLines(wanted, advisories), undefined);
}

/** The result for package URLs as NDJSON, sorted as the input is. */
export async function matchLines(purls: readonly string[], store: AdvisoryStore): Promise<string> {
  const packages = purls.map(purlPackage);
  await store.prepare(
    packages.flatMap(({ installed, distribution }) => ecosystemsOf({ packages: [installed] }, distribution, store)),
  );
  return packages
    .flatMap((one) => resultsOf(one, store))
    .map((result) => `${JSON.stringify(result)}\n`)
    .join("");
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function resultsOf({ installed, distribution }: PurlPackage, store: AdvisoryStore): object[] {
  const report: MatchReport = matchInventory({ packages: [installed] }, distribution, store);
  const [gap] = report.unjudged;
  if (gap !== undefined)
    return [
      { purl: installed.purl, unjudged: gap.reason, ...(gap.remedy === undefined ? {} : { remedy: gap.remedy }) },
    ];
  return report.matches.map(({ purl, id, aliases, advisory, fixedVersion, severity, state }) => ({
    purl,
    id,
    aliases,
    advisory: advisory.id,
    source: advisory.source,
    ...(fixedVersion === undefined ? {} : { fixedVersion }),
    severity,
    state,
  }));
}
