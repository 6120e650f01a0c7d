import type { AnalysisResources } from "../analysis/resources.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Progress } from "./progress.ts";
import type { Wanted } from "./targets.ts";

/** The images of earlier runs, where images are assessed and the cache is on. */
export async function earlierImages(
  wanted: readonly Wanted[],
  options: { readonly cache: boolean },
): Promise<Pick<AnalysisResources, "knownImages">> {
  const folder = await folderFor(wanted, options);
  if (folder === undefined) return {};
  const { openKnownImages } = await import("../collectors/known-images.ts");
  return { knownImages: await openKnownImages(folder) };
}

/** Notes the layers of the images that were assessed, for later runs. */
export async function rememberAssessed(
  snapshot: Snapshot,
  wanted: readonly Wanted[],
  options: { readonly cache: boolean },
  progress: Progress,
): Promise<void> {
  const folder = await folderFor(wanted, options);
  if (folder === undefined) return;
  const { rememberImages } = await import("../collectors/known-images.ts");
  const problem = await rememberImages(snapshot, folder);
  if (problem !== undefined) progress.note(`plimsoll: ${problem}`);
}

async function folderFor(
  wanted: readonly Wanted[],
  { cache }: { readonly cache: boolean },
): Promise<string | undefined> {
  if (!cache || !wanted.some(({ kind }) => kind === "image")) return undefined;
  const { cacheFolder } = await import("../collectors/image-sources.ts");
  return cacheFolder({});
}
