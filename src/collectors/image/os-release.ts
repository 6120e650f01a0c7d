import { imageOsRelease } from "../../facts/image/os-release.ts";
import { distributionFiles, identifyDistribution } from "../../formats/os-release.ts";
import { defineImageCollector, type LayerItem, type OpenedImage } from "../image-collector.ts";

/** Bytes above which a file that says which distribution this is is not believed to be one. */
const largestFile = 65_536;
const wanted = new Set<string>(distributionFiles);

/** Whether a file of a layer may say which distribution the image is; links may lead to an os-release file anywhere. */
export function isDistributionFile(path: string, size: number): boolean {
  return size <= largestFile && (wanted.has(path) || /(^|\/)([^/]*[-.])?os-release([-.][^/]*)?$/.test(path));
}

/** The text of a file of the merged file system, links followed in it, from the kept texts of all layers. */
export function distributionText(
  image: OpenedImage,
  items: readonly LayerItem<{ readonly text?: string }>[],
): (path: string) => string | undefined {
  const visible = new Map(items.filter((item) => item.visible).map(({ path, item }) => [path, item.text]));
  return (path) => {
    const resolved = image.tree.resolve(path);
    return resolved === undefined ? undefined : visible.get(resolved.path);
  };
}

/** The distribution of an image: os-release(5) through its links, completed or replaced by the older files. */
export default defineImageCollector<{ readonly text: string }, typeof imageOsRelease.schema>({
  provides: imageOsRelease,
  version: 1,
  wants: ({ path, size }) => isDistributionFile(path, size),
  analyse: (_file, content) => ({ text: Buffer.from(content).toString("utf8") }),
  *collect(image, items) {
    const found = identifyDistribution(distributionText(image, items));
    if (found === undefined) {
      yield {
        subject: image.subject,
        source: image.source,
        unavailable:
          "no file of the image says which distribution it is: no os-release, no release file of an older form",
        remedy: "an image FROM scratch has none; otherwise keep /etc/os-release in the image",
      };
      return;
    }
    yield { subject: image.subject, source: image.source, value: { ...found, path: `/${found.path}` } };
  },
});
