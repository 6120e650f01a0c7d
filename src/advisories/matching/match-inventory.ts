import { compareText } from "../../core/canonical-json.ts";
import type { VexStatement } from "../record.ts";
import type { AdvisoryStore } from "../store.ts";
import { statementAbout } from "../vex/statement.ts";
import { commonFix } from "./common-fix.ts";
import { dateOfData } from "./data-date.ts";
import { dataOnly } from "./data-only.ts";
import type { Decision, Lookup, Ruling } from "./decision.ts";
import { advisoriesOf, distributionTypes, isCentosStream } from "./distribution.ts";
import { isProgramModule } from "./go.ts";
import type { InstalledDistribution, InstalledPackage, Inventory } from "./inventory.ts";
import { judgeRecord } from "./judgement.ts";
import { hasKernel, headersOnly } from "./kernel.ts";
import { type Gap, type LookupPlan, planOf } from "./lookup.ts";
import { matchOf } from "./match.ts";
import { namesakeOf } from "./namesake.ts";
import type { Match, MatchReport, SuppressedMatch, UnjudgedPackages } from "./report.ts";
import { ruledAgain, rulingsOf, type Weighing } from "./ruling.ts";
import { DebianReleases, type SetAside, setAsideBy } from "./set-aside.ts";

/** What may be given besides the inventory. */
export interface MatchOptions {
  /** VEX statements of the user; those of the advisory data are heard after them. */
  readonly vex?: readonly VexStatement[] | undefined;
  /** Names that VEX statements know the whole by: package URLs, digests. */
  readonly products?: readonly string[] | undefined;
  /** Hears every ruling, also those that nothing applies, for `explain`. */
  onRuling?(ruling: Ruling): void;
  /** Hears why a package was not asked about. */
  onGap?(installed: InstalledPackage, gap: Gap): void;
}

/** The ecosystems that an inventory needs prepared before it can be matched. */
export function ecosystemsOf(
  inventory: Inventory,
  distribution: InstalledDistribution | undefined,
  store: Pick<AdvisoryStore, "has">,
): string[] {
  const asked = inventory.packages.flatMap((installed) =>
    planOf(installed, distribution, store).lookups.map(({ ecosystem }) => ecosystem),
  );
  return [...new Set(asked)].sort(compareText);
}

/**
 * Which advisories apply to an inventory. Pure: equal inventories and data give equal reports. The store must have been prepared for `ecosystemsOf`
 * the inventory. A package is judged by its distribution's advisories (source package or origin), or by those of its ecosystem; one that a
 * distribution package owns is judged by the distribution alone.
 */
export function matchInventory(
  inventory: Inventory,
  distribution: InstalledDistribution | undefined,
  store: AdvisoryStore,
  options: MatchOptions = {},
): MatchReport {
  const matcher = new Matcher(inventory, distribution, store, options);
  return matcher.report();
}

const unknownProgram: Gap = {
  reason: "programs outside of packages that no advisory in the data names cannot be judged",
  remedy: "watch the advisories of their publishers, or install them from a distribution's packages",
};

/** Why a version that its order does not know is not judged. */
export const incomparableVersion: Gap = {
  reason: "versions that their ecosystem's order does not know cannot be compared",
  remedy: "name an exact version, not a tag or a branch",
};

interface Found {
  readonly ruling: Ruling;
  readonly match: Match;
  readonly setAside: SetAside | undefined;
}

class Matcher {
  readonly #inventory: Inventory;
  readonly #distribution: InstalledDistribution | undefined;
  readonly #store: AdvisoryStore;
  readonly #options: MatchOptions;
  readonly #plans = new Map<InstalledPackage, LookupPlan>();
  readonly #releases: DebianReleases;
  readonly #byPurl: ReadonlyMap<string, InstalledPackage>;
  readonly #kernelIsInstalled: boolean;
  /** Names of the Go programs, by the file that they were found in. */
  readonly #programs: ReadonlyMap<string, string>;

  constructor(
    inventory: Inventory,
    distribution: InstalledDistribution | undefined,
    store: AdvisoryStore,
    options: MatchOptions,
  ) {
    this.#inventory = inventory;
    this.#distribution = distribution;
    this.#store = store;
    this.#releases = new DebianReleases(store);
    this.#options = options;
    this.#byPurl = new Map(inventory.packages.map((installed) => [installed.purl, installed]));
    this.#kernelIsInstalled = hasKernel(inventory);
    this.#programs = new Map(
      inventory.packages
        .filter(({ type, properties }) => type === "golang" && isProgramModule(properties))
        .flatMap(({ name, foundIn }) => foundIn.map((path): [string, string] => [path, name])),
    );
  }

  report(): MatchReport {
    const matches: Match[] = [];
    const suppressed: SuppressedMatch[] = [];
    const gaps: [InstalledPackage, Gap][] = [];
    for (const installed of this.#inventory.packages) {
      const { gap } = this.#plan(installed);
      // What a judged distribution package owns is judged by it, whatever the data holds of its own kind.
      if (gap !== undefined && this.#judgingOwner(installed) !== undefined) continue;
      if (gap !== undefined) {
        gaps.push([installed, gap]);
        this.#options.onGap?.(installed, gap);
        continue;
      }
      const rulings = this.#heard(installed);
      if (rulings.some(isUndecided)) gaps.push([installed, incomparableVersion]);
      const open: Found[] = [];
      for (const found of this.#matches(installed, rulings)) {
        const { match, setAside } = found;
        const taken = this.#suppression(match) ?? (setAside && { match, ...setAside });
        if (taken === undefined) open.push(found);
        else suppressed.push(taken);
      }
      matches.push(...this.#withCommonFix(installed, open));
    }
    return {
      advisories: { ...this.#store.stamp, ecosystems: this.#dated() },
      matches: matches.sort(byUrgency),
      suppressed,
      judged: this.#inventory.packages.length - gaps.length,
      unjudged: grouped(gaps),
    };
  }

  #dated(): { name: string; date: string }[] {
    const asked = [...this.#plans.values()].flatMap(({ lookups }) => lookups.map(({ ecosystem }) => ecosystem));
    return [...new Set(asked)].sort(compareText).flatMap((name) => {
      const date = dateOfData(this.#store.feeds, name);
      return date === undefined ? [] : [{ name, date }];
    });
  }

  #plan(installed: InstalledPackage): LookupPlan {
    const known = this.#plans.get(installed);
    if (known !== undefined) return known;
    const plan = this.#withRecords(installed, planOf(installed, this.#distribution, this.#store));
    this.#plans.set(installed, plan);
    return plan;
  }

  /** Sources of programs know some hundred of them: that they say nothing about one of any other name does not clear it. */
  #withRecords(installed: InstalledPackage, plan: LookupPlan): LookupPlan {
    if (installed.type !== "generic" || plan.lookups.length === 0) return plan;
    if (plan.lookups.some(({ ecosystem, name }) => this.#store.records(ecosystem, name).length > 0)) return plan;
    return { lookups: [], gap: unknownProgram };
  }

  #heard(installed: InstalledPackage): Ruling[] {
    const owner = this.#judgingOwner(installed);
    return this.#rulings(installed).map((ruling) => {
      const isOpen = ruling.affected || (owner !== undefined && isUndecided(ruling));
      const heard = isOpen ? withoutOthers(ruling, owner) : ruling;
      this.#options.onRuling?.(heard);
      return heard;
    });
  }

  #matches(installed: InstalledPackage, rulings: readonly Ruling[]): Found[] {
    const found: Found[] = [];
    for (const heard of rulings) {
      if (!heard.affected) continue;
      const match = matchOf(heard, {
        facts: (cve) => this.#store.facts(cve),
        described: (cve) => this.#store.described?.(cve),
        headersOnly: headersOnly(installed, this.#kernelIsInstalled),
      });
      found.push({
        ruling: heard,
        match,
        setAside: setAsideBy(heard, match, this.#releases, this.#programs.get(installed.foundIn[0] ?? "")),
      });
    }
    return found;
  }

  /**
   * The distribution package that decides about another: a language package that a distribution package brought is patched by the distribution under a
   * version number that stays, and what was found without a place is the distribution's where a package of that name and version is installed.
   */
  #judgingOwner(installed: InstalledPackage): InstalledPackage | undefined {
    if (distributionTypes.has(installed.type)) return undefined;
    const owner =
      installed.ownedBy === undefined
        ? namesakeOf(installed, this.#inventory.packages)
        : this.#byPurl.get(installed.ownedBy);
    return owner !== undefined && this.#plan(owner).gap === undefined ? owner : undefined;
  }

  #rulings(installed: InstalledPackage): Ruling[] {
    const { lookups } = this.#plan(installed);
    const decisions = lookups.flatMap((lookup) => this.#decisions(installed, lookup));
    return rulingsOf(decisions, this.#weighing(installed));
  }

  #weighing(installed: InstalledPackage): Weighing {
    const isDistribution = distributionTypes.has(installed.type) && this.#plan(installed).lookups[0]?.by !== "program";
    if (!isDistribution || this.#distribution === undefined) return { fixes: "union" };
    return { fixes: advisoriesOf(this.#distribution)?.fixes ?? "union", isStream: isCentosStream(this.#distribution) };
  }

  /** Says of every match with a fix which version is clear of all of them, where that is another one. */
  #withCommonFix(installed: InstalledPackage, open: readonly Found[]): Match[] {
    const fixable = open.flatMap(({ ruling, match: { fixedVersion } }) =>
      fixedVersion === undefined ? [] : [{ ruling, fixedVersion }],
    );
    const order = this.#plan(installed).lookups[0]?.order;
    if (fixable.length < 2 || order === undefined) return open.map(({ match }) => match);
    const all = commonFix(fixable, order, (ruling, version) => this.#rejudged(ruling, version));
    return open.map(({ match }) =>
      all === undefined || match.fixedVersion === undefined || match.fixedVersion === all
        ? match
        : { ...match, fixedVersionAll: all },
    );
  }

  #rejudged(ruling: Ruling, version: string): Ruling {
    const context = { distribution: this.#distribution, store: this.#store };
    const installed = { ...ruling.package, version };
    const decisions = ruling.decisions.map(({ record, lookup }) =>
      judgeRecord(record, installed, { ...lookup, version }, context),
    );
    return ruledAgain(ruling, decisions, this.#weighing(ruling.package));
  }

  #decisions(installed: InstalledPackage, lookup: Lookup): Decision[] {
    const context = { distribution: this.#distribution, store: this.#store };
    return this.#store
      .records(lookup.ecosystem, lookup.name)
      .map((record) => judgeRecord(record, installed, lookup, context));
  }

  #suppression(match: Match): SuppressedMatch | undefined {
    const product = match.purl.replace(/[@?#].*$/, "");
    const statements = [...(this.#options.vex ?? []), ...this.#store.statements(product)];
    const found = statementAbout(statements, match, this.#options.products ?? []);
    return found === undefined ? undefined : { match, ...found };
  }
}

/** Whether records are about the package, and none of them could be compared with its version. */
export function isUndecided({ affected, because, decisions }: Ruling): boolean {
  if (affected || because !== undefined) return false;
  const heard = decisions.filter(({ outcome }) => outcome !== "withdrawn" && outcome !== "not-for");
  return heard.length > 0 && heard.every(({ outcome }) => outcome === "incomparable");
}

/** What the records say of a version is not the last word: its files may be another package's, or no code at all. */
function withoutOthers(ruling: Ruling, owner: InstalledPackage | undefined): Ruling {
  const because = dataOnly(ruling.package);
  if (because !== undefined) return { ...ruling, affected: false, because };
  return owner === undefined ? ruling : owned(ruling, owner);
}

function owned(ruling: Ruling, owner: InstalledPackage): Ruling {
  return {
    ...ruling,
    affected: false,
    because:
      ruling.package.ownedBy === undefined
        ? `${owner.name} ${owner.version} is the same software, so the distribution's advisories about it decide`
        : `${owner.name} ${owner.version} owns its files, so the distribution's advisories about it decide`,
  };
}

function byUrgency(a: Match, b: Match): number {
  return (
    b.priority - a.priority ||
    compareText(a.package, b.package) ||
    compareText(a.id, b.id) ||
    compareText(a.purl, b.purl) ||
    compareText(a.foundIn[0] ?? "", b.foundIn[0] ?? "")
  );
}

function grouped(gaps: readonly (readonly [InstalledPackage, Gap])[]): UnjudgedPackages[] {
  const groups = new Map<string, { gap: Gap; packages: Set<string>; count: number }>();
  for (const [installed, gap] of gaps) {
    const group = groups.get(gap.reason) ?? { gap, packages: new Set<string>(), count: 0 };
    group.packages.add(`${installed.name} ${installed.version}`);
    group.count++;
    groups.set(gap.reason, group);
  }
  return [...groups.values()]
    .map(({ gap, packages, count }) => ({
      reason: gap.reason,
      ...(gap.remedy === undefined ? {} : { remedy: gap.remedy }),
      count,
      packages: [...packages].sort(compareText),
    }))
    .sort((a, b) => b.count - a.count || compareText(a.reason, b.reason));
}
