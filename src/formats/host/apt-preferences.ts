import { matchesGlob } from "../../core/glob.ts";
import { controlParagraphs } from "../control-fields.ts";

/** One record of apt_preferences(5): what it is about and the priority that it gives. */
export interface AptPin {
  /** Names, globs and `/expressions/` of packages; `*` alone is the general form. A leading `src:` names source packages. */
  readonly packages: readonly string[];
  readonly kind: "release" | "origin" | "version";
  readonly data: string;
  readonly priority: number;
}

/** Priority of `Pin-Priority: never` and of whatever may not be installed at all. */
export const neverPriority = -32_768;

/** The records of a preferences file in their order; paragraphs without package, pin or priority are passed over, as apt does with a warning. */
export function parseAptPreferences(text: string, name: string): AptPin[] {
  const pins: AptPin[] = [];
  for (const fields of controlParagraphs(text, name)) {
    const packages = (fields.get("package") ?? "").split(/\s+/).filter(Boolean);
    const pin = /^(release|origin|version)\s+(.*)$/s.exec(fields.get("pin") ?? "");
    const priority = priorityIn(fields.get("pin-priority"));
    if (packages.length === 0 || pin === null || priority === undefined) continue;
    pins.push({ packages, kind: pin[1] as AptPin["kind"], data: pin[2]!.trim(), priority });
  }
  return pins;
}

function priorityIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === "never") return neverPriority;
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? undefined : Math.max(-32_767, Math.min(32_767, value));
}

/** The archive that a list of packages is of, as pins name it. */
export interface AptArchive {
  readonly origin: string;
  readonly label: string;
  /** `a=`: `stable-security`. */
  readonly suite: string;
  /** `n=`: `trixie-security`. */
  readonly codename: string;
  readonly version: string;
  readonly component: string;
  readonly architecture: string;
  /** Host that it was fetched from; empty where it lies on this machine. */
  readonly site: string;
  readonly notAutomatic: boolean;
  readonly butAutomaticUpgrades: boolean;
}

/** A version that a list offers, with the archive of the list. */
export interface OfferedVersion<A extends AptArchive = AptArchive> {
  readonly version: string;
  readonly archive: A;
}

/** Priority of what is installed where no archive offers it. */
const installedPriority = 100;

/** What pins and archives make of packages: which version apt would install. */
export class AptPolicy {
  readonly #general: readonly AptPin[];
  readonly #specific: readonly AptPin[];
  readonly #compare: (a: string, b: string) => number;
  readonly #archives = new Map<AptArchive, number>();

  /** `defaultRelease` is `APT::Default-Release`; `compare` orders versions of packages (deb-version(7)). */
  constructor(pins: readonly AptPin[], compare: (a: string, b: string) => number, defaultRelease?: string | undefined) {
    const ofRelease: AptPin[] =
      defaultRelease === undefined || defaultRelease === ""
        ? []
        : [{ packages: ["*"], kind: "release", data: defaultRelease, priority: 990 }];
    const isGeneral = ({ packages }: AptPin) => packages.includes("*");
    this.#general = [...ofRelease, ...pins.filter(isGeneral)];
    this.#specific = pins.filter((pin) => !isGeneral(pin));
    this.#compare = compare;
  }

  /**
   * The version that `apt-cache policy` calls the candidate (apt_preferences(5), "APT's Default Priority Assignments"): that of the highest priority, of
   * equal ones the newest, and none older than the installed one below priority 1000. Undefined where no version may be installed.
   */
  candidate<A extends AptArchive>(
    name: string,
    architecture: string,
    installed: string | undefined,
    offers: readonly OfferedVersion<A>[],
    source?: string | undefined,
  ): string | undefined {
    const versions = new Set(offers.map(({ version }) => version));
    if (installed !== undefined) versions.add(installed);
    let best: string | undefined;
    let bestPriority = -1;
    for (const version of [...versions].sort((a, b) => this.#compare(b, a))) {
      const archives = offers.filter((offer) => offer.version === version).map(({ archive }) => archive);
      const priority = this.#priority(name, architecture, source, version, archives, version === installed);
      if (priority === 0 || priority <= bestPriority) continue;
      if (installed !== undefined && priority < 1000 && this.#compare(version, installed) < 0) continue;
      best = version;
      bestPriority = priority;
    }
    return best;
  }

  #priority(
    name: string,
    architecture: string,
    source: string | undefined,
    version: string,
    archives: readonly AptArchive[],
    isInstalled: boolean,
  ): number {
    const ofArchives = archives.map((archive) => this.#archivePriority(archive));
    if (isInstalled) ofArchives.push(installedPriority);
    const pin = this.#specific.find(
      ({ packages, kind, data }) =>
        packages.some((pattern) => namesPackage(pattern, name, architecture, source)) &&
        (kind === "version"
          ? matchesVersion(data, version)
          : archives.some((archive) => matchesArchive(kind, data, archive))),
    );
    if (pin !== undefined && (pin.priority === neverPriority || ofArchives.some((one) => one !== neverPriority)))
      return pin.priority;
    return ofArchives.length === 0 ? 0 : Math.max(...ofArchives);
  }

  #archivePriority(archive: AptArchive): number {
    const known = this.#archives.get(archive);
    if (known !== undefined) return known;
    const pin = this.#general.find(({ kind, data }) => kind !== "version" && matchesArchive(kind, data, archive));
    const priority = pin !== undefined && pin.priority !== 0 ? pin.priority : defaultPriority(archive);
    this.#archives.set(archive, priority);
    return priority;
  }
}

function defaultPriority({ notAutomatic, butAutomaticUpgrades }: AptArchive): number {
  if (!notAutomatic) return 500;
  return butAutomaticUpgrades ? 100 : 1;
}

function namesPackage(pattern: string, name: string, architecture: string, source: string | undefined): boolean {
  if (pattern.startsWith("src:")) return source !== undefined && matchesExpression(pattern.slice(4), source);
  const [, own, wanted] = /^(.+?)(?::([a-z0-9*]+))?$/s.exec(pattern) ?? [];
  if (pattern.startsWith("/")) return matchesExpression(pattern, name);
  if (wanted !== undefined && !["any", "native", architecture].includes(wanted) && architecture !== "all") return false;
  return own !== undefined && matchesExpression(own, name);
}

function matchesVersion(data: string, version: string): boolean {
  return matchesExpression(data, version);
}

function matchesArchive(kind: "release" | "origin", data: string, archive: AptArchive): boolean {
  if (kind === "origin") {
    const site = data.replaceAll(/^"|"$/g, "");
    return site === archive.site || (site !== "" && matchesExpression(site, archive.site));
  }
  if (data === "*") return true;
  if (!data.includes("=")) {
    if (/^\d/.test(data)) return matchesVersion(data, archive.version);
    return matchesExpression(data, archive.suite) || matchesExpression(data, archive.codename);
  }
  return data.split(",").every((part) => {
    const [, key, value] = /^\s*([avclnob])\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    return key !== undefined && matchesExpression(value!, archiveField(archive, key));
  });
}

function archiveField(archive: AptArchive, key: string): string {
  switch (key) {
    case "a":
      return archive.suite;
    case "v":
      return archive.version;
    case "c":
      return archive.component;
    case "l":
      return archive.label;
    case "n":
      return archive.codename;
    case "o":
      return archive.origin;
    default:
      return archive.architecture;
  }
}

/** Characters of a pattern or name beyond which it is taken to match nothing: no honest one is longer. */
const longestPattern = 256;

/** A glob(7) in which only `*`, `?` and sets have a meaning, or an expression between slashes (regex(7)), of which anything that can run for ever matches nothing. */
function matchesExpression(pattern: string, text: string): boolean {
  const whole = pattern.replaceAll(/^"|"$/g, "");
  if (whole.length > longestPattern || text.length > longestPattern) return false;
  if (whole.startsWith("/") && whole.endsWith("/") && whole.length > 1) return matchesRegular(whole.slice(1, -1), text);
  if (/[?[]/.test(whole)) return matchesRegular(`^${globSource(whole)}$`, text);
  return matchesGlob(whole, text);
}

function matchesRegular(source: string, text: string): boolean {
  // Repeated groups can take exponential time and many repetitions a high power of the length; the file is not ours.
  if (/[)*+}?][*+{]/.test(source) || (source.match(/[*+{]/g)?.length ?? 0) > 3) return false;
  try {
    return new RegExp(source, "i").test(text);
  } catch {
    // What is no expression matches nothing, as with apt.
    return false;
  }
}

function globSource(glob: string): string {
  return glob
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".")
    .replaceAll("[!", "[^");
}
