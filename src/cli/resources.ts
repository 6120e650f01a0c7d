import type { AnalysisResources } from "../analysis/resources.ts";
import type { Progress } from "./progress.ts";

/** Opens what derivations look things up in: the advisory data that --advisories names, or nothing. */
export async function openResources(
  options: { readonly advisories?: string | undefined },
  progress: Progress,
): Promise<AnalysisResources> {
  const path = options.advisories;
  if (path === undefined) return {};
  const { openAdvisories } = await import("../advisories/open.ts");
  const advisories = await progress.step(
    "advisories",
    path,
    (update) => openAdvisories(path, update),
    (store) => `${path} of ${store.stamp.date.slice(0, 10)}`,
  );
  return { advisories };
}
