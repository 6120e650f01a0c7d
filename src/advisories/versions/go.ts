import type { Ordering } from "./ordering.ts";
import { compareSemverParts, isSemverLike, parseSemver } from "./semver-core.ts";

/**
 * Orders Go module and toolchain versions (go.dev/ref/mod#versions, go.dev/doc/toolchain#version): Semantic Versioning with
 * an optional `v` or `go` prefix. Pseudo-versions (`v0.0.0-20200220183623-bac4c82f6975`) sort by their time, `+incompatible`
 * does not count and `go1.21rc2` is read as 1.21.0-rc.2. `(devel)` and other text without a number sort first: total.
 */
export function compareGo(a: string, b: string): Ordering {
  return compareSemverParts(parseSemver(normalise(a)), parseSemver(normalise(b)));
}

/** Whether the text is a module or toolchain version; `(devel)`, a branch or a bare commit is not. */
export function isValidGo(version: string): boolean {
  return isSemverLike(normalise(version), 3);
}

/** Whether the text is a pseudo-version: it names a commit by its UTC time and a 12-digit hash prefix (go.dev/ref/mod#pseudo-versions). */
export function isPseudoVersion(version: string): boolean {
  return /^v?\d+\.\d+\.\d+-(?:[0-9A-Za-z.-]*0\.)?\d{14}-[0-9a-f]{12}(?:\+[0-9A-Za-z.-]+)?$/.test(version);
}

/** Rewrites the toolchain's `go1.21rc2` and its platform notes (`go1.21.3 X:nocoverageredesign`) as a semantic version. */
function normalise(version: string): string {
  const text = version.trim();
  const withoutGo = /^go\d/.test(text) ? (text.slice(2).split(" ", 1)[0] ?? "") : text;
  const match = /^v?[0-9]+(?:\.[0-9]+)*(alpha|beta|rc)([0-9]+)$/.exec(withoutGo);
  if (match === null) return withoutGo;
  const [, label, number] = match as unknown as [string, string, string];
  return `${withoutGo.slice(0, withoutGo.length - label.length - number.length)}-${label}.${number}`;
}
