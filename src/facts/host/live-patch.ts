/**
 * The flaws that a live patch names in its own name: `livepatch_CVE_2024_1086`, `kpatch-cve-2024-1086-2024-26581` name one or two. Upper-case ids, without
 * doubles; empty for a patch that carries a version or a number only, as those of most vendors do.
 */
export function flawsNamedBy(patch: string): string[] {
  const found = new Set<string>();
  for (const [, list] of patch.matchAll(/cve((?:[-_](?:19|20)\d{2}[-_]\d{4,7})+)/gi))
    for (const [, year, number] of list!.matchAll(/[-_]((?:19|20)\d{2})[-_](\d{4,7})/g))
      found.add(`CVE-${year}-${number}`);
  return [...found];
}
