import { hostOsRelease } from "../../facts/host/os-release.ts";
import { distributionFiles, identifyDistribution } from "../../formats/os-release.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

/** The texts of the files that say which distribution a host is, by path; absent ones left out. */
export async function hostDistributionTexts(root: HostRoot): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of distributionFiles) {
    const text = await root.text(path);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

/** The distribution of a host: os-release(5), completed or replaced by the older files. */
export default defineHostCollector<typeof hostOsRelease.schema>({
  reads: "host",
  provides: hostOsRelease,
  async *collect(root) {
    const texts = await hostDistributionTexts(root);
    const found = identifyDistribution((path) => texts.get(path));
    if (found === undefined) {
      const reason =
        "no file of the host says which distribution it is: no os-release, no release file of an older form";
      yield {
        subject: root.subject,
        source: root.path,
        unavailable: reason,
        remedy: "give the root of the host's file system, not a folder in it",
      };
      return;
    }
    yield { subject: root.subject, source: `/${found.path}`, value: { ...found, path: `/${found.path}` } };
  },
});
