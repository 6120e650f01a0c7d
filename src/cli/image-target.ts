import type { ImageSource, SourceImage } from "../collectors/image-source.ts";
import { type ImageSourceOptions, openImageSource } from "../collectors/image-sources.ts";
import { AppError } from "../core/errors.ts";

/** Opened images, to be closed after reading. */
export type ImageTarget = ImageSource;

/**
 * Opens images of a registry, an engine, an archive, a layout, a root folder or an SBOM and takes the platform that was asked for
 * (`linux/arm64`), or all.
 */
export async function openImage(
  name: string,
  platform: string | undefined,
  options: ImageSourceOptions = {},
): Promise<ImageTarget> {
  const source = await openImageSource(name, options);
  try {
    return { ...source, images: chosen(source.images, platform, name) };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function chosen(images: readonly SourceImage[], platform: string | undefined, name: string): readonly SourceImage[] {
  if (platform === undefined) return images;
  const matching = images.filter(({ platform: { os, architecture, variant } }) =>
    [`${os}/${architecture}`, `${os}/${architecture}/${variant}`].includes(platform),
  );
  if (matching.length > 0) return matching;
  const held = images.map(({ platform: { os, architecture, variant } }) =>
    [os, architecture, variant].filter((part) => part !== undefined).join("/"),
  );
  throw new AppError("TARGET_NOT_FOUND", `${name} holds no image for ${platform}`, {
    hint: `it holds ${held.join(", ")}`,
  });
}
