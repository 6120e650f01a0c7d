import type { ReadPackage } from "./purl-package.ts";
import type { SbomDistribution } from "./sbom-document.ts";

/** The distribution that most packages say they were built for; undefined where none says so. */
export function mostFrequent(
  distributions: readonly ReadPackage["distribution"][],
  title: string,
): SbomDistribution | undefined {
  const counts = new Map<string, { count: number; id: string; versionId: string | undefined }>();
  for (const distribution of distributions) {
    if (distribution === undefined) continue;
    const { id, versionId } = distribution;
    const key = `${id}\n${versionId ?? ""}`;
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, id, versionId });
  }
  const [first] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (first === undefined) return undefined;
  return { id: first.id, idLike: [], ...(first.versionId ? { versionId: first.versionId } : {}), path: title };
}
