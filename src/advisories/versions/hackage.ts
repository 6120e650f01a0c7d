import { compareComponents } from "./cran.ts";
import { isDigits, type Ordering } from "./ordering.ts";

/**
 * Orders Haskell package versions (Haskell PVP, pvp.haskell.org; Cabal's `Version`): numbers parted by dots, the shorter of
 * two equal beginnings first; the deprecated tags behind a hyphen do not count. Text sorts after numbers: a total preorder.
 */
export function compareHackage(a: string, b: string): Ordering {
  return compareComponents(components(a), components(b));
}

/** Whether the text is numbers parted by dots. */
export function isValidHackage(version: string): boolean {
  return components(version).every(isDigits);
}

function components(version: string): string[] {
  return (version.trim().split("-", 1)[0] ?? "").split(".");
}
