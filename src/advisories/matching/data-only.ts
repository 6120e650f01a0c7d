import type { InstalledPackage } from "./inventory.ts";

/** Packages that Debian and Ubuntu split off a source for what is only read: manuals and translations. */
const names = /^(locales|locales-all|libc-l10n)$|-(docs?|man)$/;

/**
 * Why a vulnerability of the source cannot be in a package that holds none of its code; undefined where it may. Only where advisories name sources:
 * those that name binary packages know themselves which ones they mean.
 */
export function dataOnly({ name, type }: InstalledPackage): string | undefined {
  if (type !== "deb" || !names.test(name)) return undefined;
  return `${name} holds texts of its source package, none of its code`;
}
