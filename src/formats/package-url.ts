import { AppError } from "../core/errors.ts";
import { rulesOf } from "./package-url-types.ts";

/** The parts of a package URL (package-url/purl-spec), decoded and in the form that its type prescribes. */
export interface PackageUrl {
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath?: string | undefined;
}

/** Parts of which a package URL may be made; what is missing may be empty, too. */
export type PackageUrlParts = {
  readonly [part in Exclude<keyof PackageUrl, "qualifiers">]?: string | null | undefined;
} & { readonly qualifiers?: Readonly<Record<string, string | undefined>> | null | undefined };

/** How strictly a text is read. */
export interface PackageUrlReading {
  /** Whether keys of qualifiers may be written in capitals, as texts that are yet to be brought into form may. */
  readonly anyCase?: boolean;
}

/** Reads a package URL by the rules of the specification and of its type. What breaks one is `CORRUPT_INPUT`. */
export function parsePackageUrl(text: string, { anyCase = false }: PackageUrlReading = {}): PackageUrl {
  const [beforeSubpath, subpath] = cutLast(text.trim(), "#");
  const [beforeQuery, query] = cutLast(beforeSubpath, "?");
  const [, type, path] = /^pkg:\/*([^/]+)\/+(.*)$/is.exec(beforeQuery) ?? [];
  if (type === undefined || path === undefined) throw broken(text, "it is not pkg:TYPE/NAME");
  // A scope begins with an at sign too, so that only one behind the last slash parts the version.
  const at = path.lastIndexOf("@");
  const hasVersion = at > path.lastIndexOf("/");
  const steps = (hasVersion ? path.slice(0, at) : path).split("/");
  const name = steps.pop() ?? "";
  return checked(
    {
      type,
      namespace: decodedSteps(steps, text).join("/"),
      name: decoded(name, text),
      version: hasVersion ? decoded(path.slice(at + 1), text) : undefined,
      qualifiers: qualifiersOf(query, anyCase, text),
      subpath: subpathOf(subpath ?? "", text),
    },
    text,
  );
}

/** The canonical text of a package URL. Parts that break a rule of the specification or of the type are `CORRUPT_INPUT`. */
export function formatPackageUrl(parts: PackageUrlParts): string {
  const { type, namespace, name, version, qualifiers, subpath } = checked(parts, `package URL of ${parts.name ?? ""}`);
  const query = Object.entries(qualifiers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encoded(value)}`)
    .join("&");
  const path = [namespace, name].flatMap((part) => part?.split("/") ?? []).map(encoded);
  return [
    `pkg:${[type, ...path].join("/")}`,
    version === undefined ? "" : `@${encoded(version)}`,
    query === "" ? "" : `?${query}`,
    subpath === undefined ? "" : `#${subpath.split("/").map(encoded).join("/")}`,
  ].join("");
}

/** The parts in the form of their type; empty ones left out. */
function checked(parts: PackageUrlParts, text: string): PackageUrl {
  const type = parts.type?.toLowerCase() ?? "";
  if (!/^[a-z][a-z0-9.-]*$/.test(type)) throw broken(text, "its type is none");
  if (!parts.name) throw broken(text, "it has no name");
  const qualifiers = Object.fromEntries(
    Object.entries(parts.qualifiers ?? {}).flatMap(([key, value]) => {
      if (!/^[a-z][a-z0-9._-]*$/i.test(key)) throw broken(text, `${key}: is no key of a qualifier`);
      return value ? [[key.toLowerCase(), value]] : [];
    }),
  );
  const rules = rulesOf(type);
  const given = {
    type,
    namespace: trimmed(parts.namespace),
    name: trimmed(parts.name) ?? "",
    version: parts.version || undefined,
    qualifiers,
    subpath: trimmed(parts.subpath),
  };
  const url = rules.normalise?.(given) ?? given;
  const wrong = rules.complaint?.(url);
  if (wrong !== undefined) throw broken(text, wrong);
  return url;
}

function trimmed(text: string | null | undefined): string | undefined {
  return text?.replace(/^\/+|\/+$/g, "") || undefined;
}

function broken(text: string, why: string): AppError {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new AppError("CORRUPT_INPUT", `${shown}: is no package URL: ${why}`, {
    hint: "for example pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
  });
}

function cutLast(text: string, separator: string): [before: string, behind: string | undefined] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw broken(text, "a percent sign in it encodes nothing");
  }
}

function decodedSteps(steps: readonly string[], text: string): string[] {
  return steps.filter((step) => step !== "").map((step) => decoded(step, text));
}

function subpathOf(subpath: string, text: string): string {
  return decodedSteps(subpath.split("/"), text)
    .filter((step) => step !== "." && step !== "..")
    .join("/");
}

function qualifiersOf(query: string | undefined, anyCase: boolean, text: string): Record<string, string> {
  const qualifiers: Record<string, string> = {};
  for (const pair of query?.split("&") ?? []) {
    if (pair === "") continue;
    const [key, value = ""] = cutFirst(pair, "=");
    // The specification's own cases refuse `Arch` and `Platform` and take `repositorY_url`.
    if (!anyCase && /^[A-Z]/.test(key)) throw broken(text, `${key}: keys of qualifiers are written small`);
    qualifiers[key.toLowerCase()] = decoded(value, text);
  }
  return qualifiers;
}

function cutFirst(text: string, separator: string): [before: string, behind: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Percent-encoded but for what may stand in every part, the colon among it. */
function encoded(text: string): string {
  // Half a surrogate pair, which no URL can carry, becomes the replacement character.
  return encodeURIComponent(Buffer.from(text).toString("utf8"))
    .replaceAll("%3A", ":")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
