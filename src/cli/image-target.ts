import { stat } from "node:fs/promises";
import { openFile, openFolder } from "../collectors/files.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { type ImageManifestInfo, openImageArchive } from "../formats/image-archive/image-archive.ts";

/** An opened image archive or layout, to be closed after reading. */
export interface ImageTarget {
  readonly name: string;
  readonly format: string;
  readonly images: readonly ImageManifestInfo[];
  close(): Promise<void>;
}

/** Opens an archive file or layout folder and takes the platform that was asked for (`linux/arm64`), or all. */
export async function openImage(path: string, platform: string | undefined): Promise<ImageTarget> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError("TARGET_NOT_FOUND", `cannot open image ${path}: ${messageOf(error)}`, {
      hint: 'name an archive or an OCI layout; for an image in an engine or registry save it first, e.g. "docker save -o app.tar app:1.4"',
    });
  });
  const source = found.isDirectory() ? openFolder(path) : await openFile(path);
  try {
    const archive = await openImageArchive(source);
    return {
      name: path,
      format: archive.format,
      images: chosen(archive.images, platform, path),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function chosen(
  images: readonly ImageManifestInfo[],
  platform: string | undefined,
  path: string,
): readonly ImageManifestInfo[] {
  if (platform === undefined) return images;
  const matching = images.filter(({ platform: { os, architecture, variant } }) =>
    [`${os}/${architecture}`, `${os}/${architecture}/${variant}`].includes(platform),
  );
  if (matching.length > 0) return matching;
  const held = images.map(({ platform: { os, architecture, variant } }) =>
    [os, architecture, variant].filter((part) => part !== undefined).join("/"),
  );
  throw new AppError("TARGET_NOT_FOUND", `${path} holds no image for ${platform}`, {
    hint: `it holds ${held.join(", ")}`,
  });
}
