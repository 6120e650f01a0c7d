import { parse as parseYaml } from "yaml";
import { AppError, corrupt, messageOf } from "../../core/errors.ts";
import type { Waiver } from "../../core/finding.ts";
import { limits } from "../../core/limits.ts";
import { parseToml } from "../../formats/toml.ts";
import { xmlElements } from "../../formats/xml.ts";
import { listOf, member, tableOf, textOf, textsOf } from "../feeds/feed.ts";

/** What another scanner's ignore file becomes. */
export interface ImportedIgnores {
  readonly waivers: readonly Waiver[];
  /** Entries that no waiver can stand for, each with why. */
  readonly left: readonly string[];
}

/** What an ignore file does not say and a waiver must. */
export interface ImportTerms {
  readonly approver: string;
  /** ISO 8601 date for entries that have none of their own. */
  readonly expires?: string | undefined;
}

interface Entry {
  readonly id: string | undefined;
  readonly packageName?: string | undefined;
  readonly reason?: string | undefined;
  readonly expires?: string | undefined;
  /** Set where the entry means something that a waiver cannot say. */
  readonly left?: string | undefined;
}

/** Names of the ignore files that can be taken over. */
export const ignoreFileNames: readonly string[] = [
  ".trivyignore",
  ".trivyignore.yaml",
  ".grype.yaml",
  ".snyk",
  "osv-scanner.toml",
  "audit.toml and deny.toml (cargo)",
  ".bundler-audit.yml",
  ".nsprc",
  ".nancy-ignore",
  "suppression.xml (Dependency-Check)",
];

/**
 * Turns the ignore file of another scanner (`ignoreFileNames`) into waivers. A waiver ends: an entry
 * without an expiry of its own takes that of `terms`, and where there is none either it is a `USAGE` error.
 */
export function importIgnoreFile(text: string, name: string, terms: ImportTerms): ImportedIgnores {
  const waivers: Waiver[] = [];
  const left: string[] = [];
  for (const entry of entriesOf(text, name)) {
    const { id, packageName, reason, expires = terms.expires } = entry;
    if (id === undefined || entry.left !== undefined) {
      left.push(`${id ?? "an entry"}: ${entry.left ?? "names no vulnerability"}`);
      continue;
    }
    if (expires === undefined)
      throw new AppError("USAGE", `${name}: ${id} has no expiry, and a waiver needs one`, {
        hint: "give the day until which these are accepted",
      });
    waivers.push({
      key: packageName === undefined ? id : `${packageName}@* ${id}`,
      reason: reason ?? `taken over from ${name}, which gives no reason`,
      approver: terms.approver,
      expires: dayOf(expires, name),
    });
  }
  return { waivers, left };
}

function entriesOf(text: string, name: string): Entry[] {
  if (text.length > limits.document)
    throw new AppError("LIMIT_EXCEEDED", `${name}: more than ${limits.document} bytes of a document`);
  const file = name.slice(name.lastIndexOf("/") + 1);
  if (/^\.?trivyignore$/.test(file)) return trivyLines(text);
  if (/trivyignore\.ya?ml$/.test(file)) return trivyEntries(yamlOf(text, name));
  if (/grype(\.ya?ml)?$|^\.?grype\//.test(file)) return grypeEntries(yamlOf(text, name));
  if (/\.?snyk$/.test(file)) return snykEntries(yamlOf(text, name));
  if (/osv-scanner.*\.toml$/.test(file)) return osvEntries(parseToml(text, name));
  if (/^(audit|deny)\.toml$/.test(file)) return cargoEntries(parseToml(text, name));
  if (/^\.?bundler-audit\.ya?ml$/.test(file)) return bundlerEntries(yamlOf(text, name));
  if (/^\.?nsprc$/.test(file)) return npmEntries(yamlOf(text, name));
  if (/^\.?nancy-ignore/.test(file)) return nancyLines(text);
  if (/suppress[^/]*\.xml$/i.test(file)) return suppressionEntries(text, name);
  throw new AppError("USAGE", `${name}: is no ignore file that can be taken over`, {
    hint: `known are ${ignoreFileNames.join(", ")}`,
  });
}

function yamlOf(text: string, name: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100, logLevel: "error" });
  } catch (error) {
    throw corrupt(name, messageOf(error).split("\n")[0]!);
  }
}

const vulnerabilityId = /^(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}|[A-Z]{2,10}-[\w.:-]*\d[\w.:-]*)$/;

function known(id: string | undefined): Pick<Entry, "left"> {
  if (id === undefined || (vulnerabilityId.test(id) && !/^(AVD|KSV|DS|SNYK)-/.test(id))) return {};
  return { left: "is no id that advisories know" };
}

/** One id a line with an optional `exp:2026-01-31`; the comment above it is its reason. */
function trivyLines(text: string): Entry[] {
  const entries: Entry[] = [];
  let reason: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, comment] = /^\s*#\s*(.*)$/.exec(line) ?? [];
    if (comment !== undefined) {
      reason = comment;
      continue;
    }
    const [id, ...rest] = line.trim().split(/\s+/);
    if (!id) {
      reason = undefined;
      continue;
    }
    const expires = rest.map((word) => /^exp:(\S+)$/.exec(word)?.[1]).find((word) => word !== undefined);
    entries.push({ id, reason: reason || undefined, expires, ...known(id) });
  }
  return entries;
}

function trivyEntries(document: unknown): Entry[] {
  const others = Object.entries(tableOf(document) ?? {}).filter(([key]) => key !== "vulnerabilities");
  return [
    ...listOf(member(document, "vulnerabilities")).flatMap((entry): Entry[] => {
      const id = textOf(member(entry, "id"));
      const common = {
        id,
        reason: textOf(member(entry, "statement")),
        expires: dateText(member(entry, "expired_at")),
        ...known(id),
      };
      if (textsOf(member(entry, "paths")).length > 0) return [{ ...common, left: "holds for some paths only" }];
      const names = textsOf(member(entry, "purls")).map((purl) => /^pkg:[^/]+\/(?:.*\/)?([^/@?]+)/.exec(purl)?.[1]);
      return names.length === 0 ? [common] : names.map((packageName) => ({ ...common, packageName }));
    }),
    ...others.flatMap(([key, list]) =>
      listOf(list).map((entry) => ({ id: textOf(member(entry, "id")), left: `is about ${key}` })),
    ),
  ];
}

function grypeEntries(document: unknown): Entry[] {
  return listOf(member(document, "ignore")).map((rule): Entry => {
    const id = textOf(member(rule, "vulnerability"));
    const of = member(rule, "package");
    const limitsOf = ["fix-state", "namespace", "vex-status", "match-type"].filter(
      (key) => textOf(member(rule, key)) !== undefined,
    );
    const parts = ["version", "type", "location", "language", "upstream-name"].filter(
      (key) => textOf(member(of, key)) !== undefined,
    );
    const common = {
      id,
      packageName: textOf(member(of, "name")),
      reason: textOf(member(rule, "reason")),
      ...known(id),
    };
    return limitsOf.length + parts.length > 0
      ? { ...common, left: `holds for one ${[...limitsOf, ...parts].join(", ")} only` }
      : common;
  });
}

function snykEntries(document: unknown): Entry[] {
  return Object.entries(tableOf(member(document, "ignore")) ?? {}).flatMap(([id, paths]) =>
    listOf(paths).flatMap((path) =>
      Object.entries(tableOf(path) ?? {}).map(([where, terms]): Entry => {
        const common = {
          id,
          reason: textOf(member(terms, "reason")),
          expires: dateText(member(terms, "expires")),
          ...known(id),
        };
        return where === "*" ? common : { ...common, left: `holds for the path ${where} only` };
      }),
    ),
  );
}

function osvEntries(document: unknown): Entry[] {
  const overrides = listOf(member(document, "PackageOverrides")).map(
    (entry): Entry => ({ id: textOf(member(entry, "name")), left: "is about a whole package" }),
  );
  const ignored = listOf(member(document, "IgnoredVulns")).map((entry): Entry => {
    const id = textOf(member(entry, "id"));
    return {
      id,
      reason: textOf(member(entry, "reason")),
      expires: dateText(member(entry, "ignoreUntil")),
      ...known(id),
    };
  });
  return [...ignored, ...overrides];
}

/** cargo-audit and cargo-deny: `[advisories] ignore`, of ids or of tables with id and reason; a crate is a package. */
function cargoEntries(document: unknown): Entry[] {
  return listOf(member(member(document, "advisories"), "ignore")).map((entry): Entry => {
    const id = textOf(entry) ?? textOf(member(entry, "id"));
    if (id === undefined && textOf(member(entry, "crate")) !== undefined)
      return { id: textOf(member(entry, "crate")), left: "is about a whole package" };
    return { id, reason: textOf(member(entry, "reason")), ...known(id) };
  });
}

/** bundler-audit: `ignore`, a list of ids. */
function bundlerEntries(document: unknown): Entry[] {
  return listOf(member(document, "ignore")).map((entry): Entry => {
    const id = textOf(entry);
    return { id, ...known(id) };
  });
}

/** better-npm-audit: ids with `active`, `notes` and `expiry`; what is not active ignores nothing. */
function npmEntries(document: unknown): Entry[] {
  return Object.entries(tableOf(document) ?? {})
    .filter(([id]) => id !== "exceptions")
    .flatMap(([id, terms]): Entry[] => {
      if (member(terms, "active") === false) return [];
      const expiry = dateText(member(terms, "expiry"));
      return [
        {
          id,
          reason: textOf(terms) ?? textOf(member(terms, "notes")),
          expires: expiry !== undefined && /^\d+$/.test(expiry) ? new Date(Number(expiry)).toISOString() : expiry,
          ...known(id),
        },
      ];
    });
}

/** nancy: one id a line with an optional `until=2026-01-31` and its reason in a comment behind it. */
function nancyLines(text: string): Entry[] {
  return text.split(/\r?\n/).flatMap((line): Entry[] => {
    const [, id, until, reason] = /^\s*([^#\s]+)(?:\s+until=(\S+))?[^#]*(?:#\s*(.*))?$/.exec(line) ?? [];
    return id === undefined ? [] : [{ id, expires: until, reason: reason || undefined, ...known(id) }];
  });
}

/** OWASP Dependency-Check: `suppress` elements; what holds for a file, a product or a score only cannot be said by a waiver. */
function suppressionEntries(text: string, name: string): Entry[] {
  return [...xmlElements(text, { names: new Set(["suppress"]) }, name)].flatMap((element): Entry[] => {
    const of = (key: string) => element.children.filter((child) => child.name === key);
    const ids = [...of("cve"), ...of("vulnerabilityName")];
    const expires = element.attributes.get("until")?.slice(0, 10);
    const reason = of("notes")[0]?.text.replaceAll(/\s+/g, " ") || undefined;
    const narrower = element.children
      .filter((child) => !["cve", "vulnerabilityName", "notes", "packageUrl"].includes(child.name))
      .map((child) => child.name);
    const [packageUrl] = of("packageUrl");
    const packageName = packageUrl === undefined ? undefined : purlName(packageUrl.text);
    if (packageUrl !== undefined && packageName === undefined) narrower.push("packageUrl");
    if (ids.length === 0) return [{ id: undefined, left: "names no vulnerability" }];
    return ids.map(({ text: id, attributes }): Entry => {
      const isPattern = attributes.get("regex") === "true";
      const left =
        narrower.length > 0
          ? { left: `holds for one ${narrower.join(", ")} only` }
          : isPattern
            ? { left: "is a pattern" }
            : known(id);
      return { id, packageName, reason, expires, ...left };
    });
  });
}

/** The name in a package URL, or in the expression that Dependency-Check writes for one: `^pkg:maven/a\.b/name@.*$`. */
function purlName(text: string): string | undefined {
  const plain = text.replaceAll("\\", "").replace(/^\^/, "").replace(/\$$/, "");
  const name = /^pkg:[^/]+\/(?:.*\/)?([^/@?]+)/.exec(plain)?.[1];
  return name === undefined || /[*+()[\]|]/.test(name) ? undefined : name;
}

function dateText(value: unknown): string | undefined {
  return value instanceof Date ? value.toISOString() : textOf(value);
}

function dayOf(text: string, name: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
  if (day === undefined || Number.isNaN(Date.parse(day))) throw corrupt(name, `${text} is no date`);
  return day;
}
