import { ecosystemsOf, matchInventory } from "../advisories/matching/match-inventory.ts";
import { type PurlPackage, purlPackage } from "../advisories/matching/purl-package.ts";
import type { Match } from "../advisories/matching/report.ts";
import type { AdvisoryStore } from "../advisories/store.ts";
import { AppError } from "../core/errors.ts";
import { type InputLine, inputLines } from "./input-lines.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { openResources } from "./resources.ts";

interface MatchCommandOptions {
  readonly advisories?: string;
  readonly setAside?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** What has become of the package URLs so far. */
interface Tally {
  asked: number;
  judged: number;
  setAside: number;
  refused: number;
  /** Package URLs by why they could not be judged. */
  readonly unjudged: Map<string, number>;
}

/**
 * `plimsoll match [PURL…]`: one line of JSON a match; a package that cannot be judged gets a line that says why. Without arguments package URLs are read
 * from stdin, one a line, and answered as they come. A line that is none is told on stderr, the others are answered, and the exit code is 2; where
 * nothing could be judged it is 3.
 */
export async function run(given: readonly unknown[]): Promise<void> {
  const [purls, options] = given as [string[], MatchCommandOptions];
  const { advisories } = await openResources(options, new Progress(options));
  if (advisories === undefined)
    throw new AppError("USAGE", "no advisory data was given", {
      hint: "name it with --advisories PATH or PLIMSOLL_ADVISORIES",
    });
  const matcher = new PurlMatcher(advisories, options);
  if (purls.length > 0) await write(await matcher.answer(purls.map((text) => ({ text }))), undefined);
  else for await (const lines of inputLines(process.stdin)) await write(await matcher.answer(lines), undefined);
  const { asked, judged, refused } = matcher.tally;
  if (asked === 0)
    throw new AppError("USAGE", "no package URL was given", { hint: "plimsoll match pkg:npm/minimist@1.2.0" });
  if (!options.quiet) process.stderr.write(matcher.summary());
  if (refused > 0) process.exitCode = 2;
  else if (judged === 0) process.exitCode = 3;
}

/** Answers package URLs from advisory data, line for line in the order in which they are given. */
export class PurlMatcher {
  readonly tally: Tally = { asked: 0, judged: 0, setAside: 0, refused: 0, unjudged: new Map() };
  readonly #store: AdvisoryStore;
  readonly #withSetAside: boolean;
  readonly #complain: (text: string) => void;

  constructor(
    store: AdvisoryStore,
    options: Pick<MatchCommandOptions, "setAside"> = {},
    complain: (text: string) => void = (text) => void process.stderr.write(text),
  ) {
    this.#store = store;
    this.#withSetAside = options.setAside === true;
    this.#complain = complain;
  }

  /** NDJSON about package URLs; empty lines and those that begin with `#` are passed over. */
  async answer(lines: readonly (Partial<InputLine> & Pick<InputLine, "text">)[]): Promise<string> {
    const read = lines.flatMap((line) => this.#read(line));
    await this.#store.prepare(
      read.flatMap((one) =>
        "refused" in one ? [] : ecosystemsOf({ packages: [one.installed] }, one.distribution, this.#store),
      ),
    );
    return read
      .flatMap((one) => ("refused" in one ? [{ purl: one.purl, unjudged: one.refused }] : this.#results(one)))
      .map((result) => `${JSON.stringify(result)}\n`)
      .join("");
  }

  /** What could not be judged and what was set aside, for people. */
  summary(): string {
    const { asked, judged, setAside, unjudged } = this.tally;
    const reasons = [...unjudged].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const told = reasons.slice(0, 8).map(([reason, count]) => `plimsoll: ${count} of ${asked} not judged: ${reason}\n`);
    const more = reasons.slice(8).reduce((sum, [, count]) => sum + count, 0);
    if (more > 0) told.push(`plimsoll: ${more} of ${asked} not judged for other reasons, each in its line\n`);
    if (judged === 0) told.push("plimsoll: nothing could be judged\n");
    if (setAside > 0 && !this.#withSetAside)
      told.push(`plimsoll: ${setAside} set aside by their publishers (--set-aside lists them)\n`);
    return told.join("");
  }

  #read({ text, number, isCut }: Partial<InputLine> & Pick<InputLine, "text">): (PurlPackage | Refused)[] {
    const purl = text.trim();
    if (purl === "" || purl.startsWith("#")) return [];
    this.tally.asked++;
    try {
      if (isCut) throw new AppError("USAGE", `${purl.slice(0, 80)}…: is no package URL: it is too long`);
      return [purlPackage(purl)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.tally.refused++;
      const shown = purl.length > 200 ? `${purl.slice(0, 200)}…` : purl;
      this.#complain(`plimsoll: ${number === undefined ? "" : `line ${number} of stdin: `}${error.message}\n`);
      return [{ purl: shown, refused: error.message.slice(error.message.lastIndexOf("is no package URL")) }];
    }
  }

  #results({ installed, distribution }: PurlPackage): object[] {
    const { matches, suppressed, unjudged } = matchInventory({ packages: [installed] }, distribution, this.#store);
    const [gap] = unjudged;
    if (gap === undefined) this.tally.judged++;
    else this.tally.unjudged.set(gap.reason, (this.tally.unjudged.get(gap.reason) ?? 0) + 1);
    this.tally.setAside += suppressed.length;
    const { purl } = installed;
    const remedy = gap === undefined ? undefined : remedyOf(gap, installed.purl);
    return [
      ...(gap === undefined ? [] : [{ purl, unjudged: gap.reason, ...(remedy === undefined ? {} : { remedy }) }]),
      ...matches.map(fieldsOf),
      ...(this.#withSetAside
        ? suppressed.map(({ match, status, reason, source }) => ({
            ...fieldsOf(match),
            setAside: { status, reason, source },
          }))
        : []),
    ];
  }
}

interface Refused {
  readonly purl: string;
  readonly refused: string;
}

/** Remedies of images speak of their files; of a package URL the qualifier is at fault. */
function remedyOf({ remedy }: { readonly remedy?: string | undefined }, purl: string): string | undefined {
  if (remedy === undefined || !remedy.includes("/etc/os-release")) return remedy;
  const type = /^pkg:\/*([^/]+)/i.exec(purl)?.[1]?.toLowerCase() ?? "";
  const example = { apk: "alpine-3.18", rpm: "rhel-8.6", alpm: "arch" }[type] ?? "debian-12";
  return `say which in the qualifier distro, as ?distro=${example}`;
}

function fieldsOf({ purl, id, aliases, advisory, fixedVersion, severity, state, priority, reasons }: Match): object {
  return {
    purl,
    id,
    aliases,
    advisory: advisory.id,
    source: advisory.source,
    ...(fixedVersion === undefined ? {} : { fixedVersion }),
    severity,
    state,
    priority,
    reasons,
  };
}
