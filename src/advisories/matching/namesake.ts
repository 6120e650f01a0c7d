import { distributionTypes } from "./distribution.ts";
import type { InstalledPackage } from "./inventory.ts";

/** What distributions write before the name of a language's package, by package URL type. */
const prefixes: Readonly<Record<string, readonly RegExp[]>> = {
  gem: [/^rubygem-/, /^ruby\d*(\.\d+)?-/],
  pypi: [/^python\d*(\.\d+)?-/, /^py3-/],
  npm: [/^node-/, /^nodejs-/],
  maven: [/^lib(?=.*-java$)/, /^java-/],
  composer: [/^php\d*-/],
};

/**
 * The distribution package that is the same software as another package of which it is not known where it lies: a program told by its bytes, or a
 * package of a bill of materials without paths. Names are compared as distributions make them (`rubygem-json`, `python3-yaml` of source `pyyaml`,
 * `guava20` for version 20 of guava), and the upstream version must be the same. What has a path is held against the lists of installed files instead.
 */
export function namesakeOf(
  { type, name, version, foundIn }: InstalledPackage,
  packages: readonly InstalledPackage[],
): InstalledPackage | undefined {
  if (version === "" || (type !== "generic" && (foundIn.length > 0 || prefixes[type] === undefined))) return undefined;
  const wanted = plain(type, name.slice(name.lastIndexOf(":") + 1));
  const isBuild = new RegExp(`^(\\d+:)?${version.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w.])`);
  return packages.find(
    (one) =>
      distributionTypes.has(one.type) &&
      isBuild.test(one.sourceVersion ?? one.version) &&
      [one.name, one.sourceName].some((called) => called !== undefined && isCalled(called, wanted, type, version)),
  );
}

function isCalled(called: string, wanted: string, type: string, version: string): boolean {
  if (type === "generic") return called === wanted;
  const bare = [called, ...(prefixes[type] ?? []).map((prefix) => called.replace(prefix, "").replace(/-java$/, ""))];
  return bare.some((text) => {
    const name = plain(type, text);
    const rest = name.startsWith(wanted) ? name.slice(wanted.length) : undefined;
    // A second version beside the main one carries the beginning of its version in its name (Fedora Packaging Guidelines, "Multiple packages").
    return rest === "" || (rest !== undefined && /^\d+(\.\d+)*$/.test(rest) && `${version}.`.startsWith(`${rest}.`));
  });
}

/** PyPI compares names without case and with one kind of separator (PEP 503). */
function plain(type: string, name: string): string {
  return type === "pypi" ? name.toLowerCase().replace(/[-_.]+/g, "-") : name;
}
