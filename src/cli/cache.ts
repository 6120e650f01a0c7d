import { layerCacheFolder, layerCacheStatus, purgeLayerCache } from "../collectors/layer-cache.ts";
import { StoredImages, storedImagesFolder } from "../collectors/stored-images.ts";
import { AppError } from "../core/errors.ts";
import { write } from "./output.ts";

/** `plimsoll cache status`. */
export async function status(given: readonly unknown[]): Promise<void> {
  const [{ format }] = given as [{ format: string }];
  const folder = cacheFolder();
  const layers = await layerCacheStatus(folder);
  const images = await new StoredImages(storedImagesFolder(folder)).status();
  if (format === "json") {
    const report = { layers: { folder, ...layers }, images: { folder: storedImagesFolder(folder), ...images } };
    return write(`${JSON.stringify(report, undefined, 2)}\n`, undefined);
  }
  await write(
    [
      `layers  ${line(layers.layers, "layer", layers)}`,
      `        ${folder}`,
      `images  ${line(images.images, "image", images)}`,
      `        ${storedImagesFolder(folder)}`,
      "",
    ].join("\n"),
    undefined,
  );
}

/** `plimsoll cache purge`. */
export async function purge(given: readonly unknown[]): Promise<void> {
  const [{ olderThan, layers, images }] = given as [{ olderThan?: number; layers?: boolean; images?: boolean }];
  if (olderThan !== undefined && !(olderThan >= 0))
    throw new AppError("USAGE", "--older-than takes a number of days", { hint: "for example --older-than 30" });
  const folder = cacheFolder();
  const before = olderThan === undefined ? undefined : new Date(Date.now() - olderThan * 86_400_000);
  const both = layers !== true && images !== true;
  const removedLayers = layers || both ? await purgeLayerCache(folder, before) : { layers: 0, bytes: 0 };
  const removedImages =
    images || both ? await new StoredImages(storedImagesFolder(folder)).purge(before) : { images: 0, bytes: 0 };
  const parts = [
    ...(layers || both ? [counted(removedLayers.layers, "layer")] : []),
    ...(images || both ? [counted(removedImages.images, "image")] : []),
  ];
  await write(`removed ${parts.join(" and ")}, ${size(removedLayers.bytes + removedImages.bytes)}\n`, undefined);
}

function cacheFolder(): string {
  const folder = layerCacheFolder();
  if (folder !== undefined) return folder;
  throw new AppError("USAGE", "nothing is kept: PLIMSOLL_CACHE is off", {
    hint: "set PLIMSOLL_CACHE to a folder, or unset it",
  });
}

function line(
  count: number,
  noun: string,
  { bytes, oldest, newest }: { bytes: number; oldest?: Date | undefined; newest?: Date | undefined },
): string {
  const ages = [newest, oldest].flatMap((moment) => (moment === undefined ? [] : [age(moment)]));
  const used = ages.length === 0 ? "" : `, last used ${[...new Set(ages)].join(" to ")} ago`;
  return `${counted(count, noun)}, ${size(bytes)}${used}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function age(moment: Date): string {
  const hours = Math.max(0, Math.floor((Date.now() - moment.getTime()) / 3_600_000));
  if (hours < 1) return "less than an hour";
  return hours < 48 ? counted(hours, "hour") : counted(Math.floor(hours / 24), "day");
}
