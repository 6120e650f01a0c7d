import { AppError } from "../../core/errors.ts";
import { thingOfUrl } from "../../formats/sbom/purl-package.ts";
import type { InstalledDistribution, InstalledPackage } from "./inventory.ts";

/** A package that is known by its package URL alone, with the distribution that the URL names. */
export interface PurlPackage {
  readonly installed: InstalledPackage;
  readonly distribution: InstalledDistribution | undefined;
}

/** Longest package URL that is read; longer texts are none. */
const longestUrl = 16_384;

/** Reads a package URL with `distro`, `upstream`, `epoch`, `arch`, `rpmmod` and `repository_id` qualifiers where they apply (purl-spec). A text that is none is a `USAGE` error. */
export function purlPackage(text: string): PurlPackage {
  if (text.length > longestUrl) throw noUrl(`${text.slice(0, 80)}…`, `it is longer than ${longestUrl} characters`);
  const read = thingOfUrl({ purl: text, name: "", version: "", licenses: [], foundIn: [] });
  if (read === undefined) throw noUrl(text, complaint(text));
  const repositories = /[?&]repository_id=([^&#]+)/.exec(text)?.[1];
  return {
    installed: {
      ...read.package,
      properties: repositories === undefined ? {} : { repositories: decoded(repositories) },
    },
    distribution: read.distribution && { ...read.distribution, idLike: [] },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the text stands for itself.
    return text;
  }
}

function complaint(text: string): string {
  if (!/^pkg:/i.test(text)) return "it does not begin with pkg:";
  return /^pkg:\/*[A-Za-z][A-Za-z0-9.+-]*\//i.test(text) ? "it has no name" : "it names no type";
}

function noUrl(text: string, why: string): AppError {
  return new AppError("USAGE", `${text}: is no package URL: ${why}`, {
    hint: "for example pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
  });
}
