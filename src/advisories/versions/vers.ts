import { corrupt, limitExceeded } from "../../core/errors.ts";
import type { Ordering } from "./ordering.ts";
import { compareInRange } from "./range.ts";
import { genericOrder, type VersionOrder, versionOrder } from "./version-order.ts";

/** How a version of a range bounds it. */
export type VersComparator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** One comparator and the version, percent-decoded, that it is about. */
export interface VersConstraint {
  comparator: VersComparator;
  version: string;
}

/** A version range of one scheme (package-url/vers-spec): its constraints, sorted, or `*` for all versions. */
export interface VersRange {
  scheme: string;
  constraints: readonly VersConstraint[] | "*";
}

const WHAT = "version range";
const MAXIMUM_LENGTH = 1024 ** 2;
const COMPARATORS: readonly VersComparator[] = [">=", "<=", "!=", ">", "<", "="];

/**
 * Reads `vers:<scheme>/<constraint>|…` (VERS, "How to parse a version range"): spaces and empty constraints are dropped,
 * versions percent-decoded, constraints sorted. Throws `CORRUPT_INPUT` where it is no such range, `LIMIT_EXCEEDED` over 1 MiB.
 */
export function parseVers(uri: string): VersRange {
  if (uri.length > MAXIMUM_LENGTH) throw limitExceeded(WHAT, `${MAXIMUM_LENGTH} characters`);
  const text = uri.replace(/\s+/g, "");
  const match = /^vers:([a-z0-9.+-]+)\/(.*)$/i.exec(text);
  if (match === null) throw corrupt(WHAT, "not of the form vers:<scheme>/<constraints>");
  const scheme = (match[1] as string).toLowerCase();
  const parts = (match[2] as string).split("|").filter((part) => part !== "");
  if (parts.length === 0) throw corrupt(WHAT, "no constraint");
  if (parts.includes("*")) {
    if (parts.length > 1) throw corrupt(WHAT, "* stands beside other constraints");
    return { scheme, constraints: "*" };
  }
  return versRange(scheme, parts.map(parseConstraint));
}

/** A range of these constraints in canonical order: by version, at one version `< <= = != > >=`. */
export function versRange(scheme: string, constraints: readonly VersConstraint[]): VersRange {
  const order = orderOf(scheme);
  return { scheme, constraints: [...constraints].sort((a, b) => compareConstraints(order, a, b)) };
}

/** The canonical text of a range: constraints in order, `=` left out, versions percent-encoded where they must be. */
export function formatVers(range: VersRange): string {
  if (range.constraints === "*") return `vers:${range.scheme}/*`;
  const parts = range.constraints.map(
    ({ comparator, version }) => `${comparator === "=" ? "" : comparator}${encodeVersion(version)}`,
  );
  return `vers:${range.scheme}/${parts.join("|")}`;
}

/** The canonical form of a range given as text; errors as {@link parseVers}. */
export function canonicalVers(uri: string): string {
  return formatVers(parseVers(uri));
}

/**
 * Whether the version lies in the range (VERS, "How to check if a version is contained within a range"): versions named one
 * by one decide first, then the intervals between the bounds; a range of nothing but `!=` holds every other version.
 */
export function versContains(range: VersRange | string, version: string): boolean {
  const { scheme, constraints } = typeof range === "string" ? parseVers(range) : range;
  if (constraints === "*") return true;
  const order = orderOf(scheme);
  const named = constraints.filter((constraint) => compareInRange(order, constraint.version, version) === 0);
  if (named.some(({ comparator }) => comparator === "!=")) return false;
  if (named.some(({ comparator }) => comparator === "=" || comparator === "<=" || comparator === ">=")) return true;
  const bounds = withoutRedundant(constraints.filter(({ comparator }) => comparator !== "=" && comparator !== "!="));
  if (bounds.some((bound) => named.includes(bound))) return false;
  if (bounds.length === 0) return constraints.every(({ comparator }) => comparator === "!=");
  return isBetweenBounds(order, bounds, version);
}

function isBetweenBounds(order: VersionOrder, bounds: readonly VersConstraint[], version: string): boolean {
  const next = bounds.findIndex((bound) => compareInRange(order, version, bound.version) < 0);
  const below = next < 0 ? bounds.at(-1) : bounds[next - 1];
  const above = next < 0 ? undefined : bounds[next];
  return (below === undefined || opens(below)) && (above === undefined || !opens(above));
}

/** Of several lower bounds in a row only the first counts, of several upper bounds only the last (VERS, "simplify"). */
function withoutRedundant(bounds: readonly VersConstraint[]): VersConstraint[] {
  return bounds.filter((bound, index) => {
    const before = bounds[index - 1];
    const after = bounds[index + 1];
    return opens(bound) ? before === undefined || !opens(before) : after === undefined || opens(after);
  });
}

function opens(bound: VersConstraint): boolean {
  return bound.comparator.startsWith(">");
}

function parseConstraint(part: string): VersConstraint {
  const comparator = COMPARATORS.find((candidate) => part.startsWith(candidate)) ?? "=";
  const encoded = part.startsWith(comparator) ? part.slice(comparator.length) : part;
  if (encoded === "" || encoded === "*")
    throw corrupt(WHAT, `constraint ${JSON.stringify(part.slice(0, 80))} names no version`);
  return { comparator, version: decodeVersion(encoded) };
}

function decodeVersion(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw corrupt(WHAT, `version ${JSON.stringify(encoded.slice(0, 80))} is not percent-encoded UTF-8`);
  }
}

/** Encodes what would read as a part of the range itself; `:`, `+` and `~` stand as they are, as in the examples of VERS. */
function encodeVersion(version: string): string {
  return version.replace(/[\s%|<>=!*/,&?#@"']|[^\x20-\x7e]+/gu, encodeText);
}

function encodeText(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /[!*']/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A scheme without an order of its own is compared generically, as VERS asks of tools that do not know it. */
function orderOf(scheme: string): VersionOrder {
  return versionOrder(scheme) ?? genericOrder;
}

const CANONICAL_COMPARATORS: readonly VersComparator[] = ["<", "<=", "=", "!=", ">", ">="];

function compareConstraints(order: VersionOrder, a: VersConstraint, b: VersConstraint): Ordering {
  return (
    compareInRange(order, a.version, b.version) ||
    (Math.sign(CANONICAL_COMPARATORS.indexOf(a.comparator) - CANONICAL_COMPARATORS.indexOf(b.comparator)) as Ordering)
  );
}
