import type { InstalledPackage } from "./inventory.ts";

interface OtherContent {
  /** What the package holds instead of its source's code. */
  readonly holds: string;
  readonly names: RegExp;
}

/** Packages that distributions split off a source without any of its code, by package URL type. */
const others: Readonly<Record<string, readonly OtherContent[]>> = {
  deb: [{ holds: "texts of its source package", names: /^(locales|locales-all|libc-l10n)$|-(docs?|man)$/ }],
  apk: [
    // Functions of abuild that move files of these kinds into packages of their own.
    { holds: "texts of its origin", names: /-(doc|lang)$/ },
    { holds: "scripts for service managers and shells", names: /-(openrc|(bash|fish|zsh)-completion)$/ },
  ],
};

/**
 * Why a vulnerability of the source cannot be in a package that holds none of its code; undefined where it may. Only where advisories name sources:
 * those that name binary packages know themselves which ones they mean.
 */
export function dataOnly({ name, type }: InstalledPackage): string | undefined {
  const other = others[type]?.find(({ names }) => names.test(name));
  return other === undefined ? undefined : `${name} holds ${other.holds}, none of its code`;
}
