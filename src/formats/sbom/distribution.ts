import type { NamedDistribution } from "../distribution-name.ts";
import { present } from "./own-properties.ts";
import type { ReadPackage } from "./purl-package.ts";
import type { SbomDistribution } from "./sbom-document.ts";

/** The distribution that most packages say they were built for; undefined where none says so. */
export function mostFrequent(
  distributions: readonly ReadPackage["distribution"][],
  title: string,
): SbomDistribution | undefined {
  const counts = new Map<string, { count: number; named: NamedDistribution }>();
  for (const named of distributions) {
    if (named === undefined) continue;
    const key = `${named.id}\n${named.versionId ?? ""}\n${named.versionCodename ?? ""}`;
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, named });
  }
  const [first] = [...counts.values()].sort((a, b) => b.count - a.count);
  if (first === undefined) return undefined;
  const { id, versionId, versionCodename } = first.named;
  return { id, idLike: [], ...present({ versionId, versionCodename }), path: title };
}
