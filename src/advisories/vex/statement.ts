import type { Match } from "../matching/report.ts";
import type { VexStatement } from "../record.ts";

/** Why a VEX statement takes a match back. */
export interface VexVerdict {
  readonly status: "not_affected" | "fixed";
  readonly reason: string;
  /** The document, and its author where it names one. */
  readonly source: string;
}

/**
 * The statement that takes a match back: `not_affected` or `fixed`, about its vulnerability, in a product that is the package or the whole (by one of
 * `products`) with the package among its subcomponents. Later statements outweigh earlier ones of the same document (OpenVEX, "Updating").
 */
export function statementAbout(
  statements: readonly VexStatement[],
  match: Pick<Match, "id" | "aliases" | "purl">,
  products: readonly string[],
): VexVerdict | undefined {
  const names = new Set([match.id, ...match.aliases]);
  const speaking = statements.filter(
    (statement) => isAbout(statement, names) && concerns(statement, match.purl, products),
  );
  const last = speaking.reduce<VexStatement | undefined>(
    (latest, statement) => (latest === undefined || (statement.date ?? "") >= (latest.date ?? "") ? statement : latest),
    undefined,
  );
  if (last === undefined || (last.status !== "not_affected" && last.status !== "fixed")) return undefined;
  const why = [last.justification?.replaceAll("_", " "), last.impact].filter(
    (text) => text !== undefined && text !== "",
  );
  return {
    status: last.status,
    reason: `${last.status.replace("_", " ")}${why.length > 0 ? `: ${why.join("; ")}` : ""}`,
    source: last.author === undefined ? last.document : `${last.document} by ${last.author}`,
  };
}

function isAbout({ vulnerability, aliases }: VexStatement, names: ReadonlySet<string>): boolean {
  return names.has(vulnerability) || aliases.some((alias) => names.has(alias));
}

function concerns({ products, subcomponents }: VexStatement, purl: string, whole: readonly string[]): boolean {
  const isWhole = products.some((product) => whole.some((name) => sameProduct(product, name)));
  if (isWhole) return subcomponents.length === 0 || subcomponents.some((part) => matchesPurl(part, purl));
  return subcomponents.length === 0 && products.some((product) => matchesPurl(product, purl));
}

function sameProduct(stated: string, name: string): boolean {
  if (stated === name || matchesPurl(stated, name)) return true;
  const digest = /sha256(?::|%3A)[0-9a-f]{64}/i.exec(stated)?.[0].toLowerCase().replace("%3a", ":");
  return digest !== undefined && name.toLowerCase().replace("%3a", ":").includes(digest);
}

/** Whether a package URL of a statement stands for a package: what it leaves out (version, qualifiers) may be anything; what it states must be so. */
export function matchesPurl(stated: string, purl: string): boolean {
  if (!stated.startsWith("pkg:")) return stated === purl;
  const [a, b] = [partsOf(stated), partsOf(purl)];
  if (a.name !== b.name) return false;
  if (a.version !== "" && a.version !== b.version) return false;
  return [...a.qualifiers].every(([key, value]) => b.qualifiers.get(key) === value);
}

function partsOf(purl: string): { name: string; version: string; qualifiers: ReadonlyMap<string, string> } {
  const [path = "", query = ""] = purl.replace(/#.*$/, "").split("?", 2) as [string, string?];
  const at = path.lastIndexOf("@");
  // An @ before the last slash is the scope of an npm package that was not encoded.
  const hasVersion = at > path.lastIndexOf("/");
  const decoded = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      // A stray percent sign: the text stands for itself.
      return text;
    }
  };
  return {
    name: decoded(hasVersion ? path.slice(0, at) : path).toLowerCase(),
    version: hasVersion ? decoded(path.slice(at + 1)) : "",
    qualifiers: new Map(new URLSearchParams(query)),
  };
}
