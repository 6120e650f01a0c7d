import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { digestOf } from "../formats/image-archive/digest.ts";
import { readSbom } from "../formats/sbom/read-sbom.ts";
import type { SbomDocument } from "../formats/sbom/sbom-document.ts";
import { openFile } from "./files.ts";
import { absentConfig, type ImageSource, type SourceImage, type StatedFact } from "./image-source.ts";

/**
 * The image that an SBOM file is about, known by what the SBOM says of its identity, distribution and packages; every other fact is
 * unavailable. Throws `TARGET_NOT_FOUND`, and what reading an SBOM throws.
 */
export async function openSbomImage(path: string): Promise<ImageSource> {
  const file = await openFile(path);
  try {
    if (file.size > limits.document)
      throw new AppError("LIMIT_EXCEEDED", `${path}: more than ${limits.document} bytes`, {
        hint: "assess the image itself",
      });
    const bytes = await file.read(0, file.size);
    const sbom = readSbom(bytes, path);
    const image = imageOf(sbom, bytes, `${path}: ${sbom.title}`);
    return { name: path, format: sbom.format, images: [image], close: async () => undefined };
  } finally {
    await file.close();
  }
}

/** An image of which only an SBOM is known. `bytes` are the SBOM's own: their digest stands for the image's where it states none. */
export function imageOf(sbom: SbomDocument, bytes: Uint8Array, source: string): SourceImage {
  const { image } = sbom;
  const configDigest = image.configDigest ?? image.manifestDigest ?? `sbom:${digestOf(bytes)}`;
  const { os, architecture, variant } = image.platform;
  return {
    references: image.references.length > 0 ? image.references : [image.name],
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
    ...(image.manifestDigest === undefined ? {} : { manifestDigest: image.manifestDigest }),
    configDigest,
    config: absentConfig(os, architecture),
    layers: [],
    annotations: {},
    stated: (collector) => stated(collector, sbom, configDigest, source),
  };
}

function stated(collector: string, sbom: SbomDocument, configDigest: string, source: string): StatedFact {
  const { image, distribution, packages, unread, databases } = sbom;
  switch (collector) {
    case "identity":
      return { source, value: { ...image, format: image.format ?? sbom.format, configDigest } };
    case "packages":
      return { source, value: { packages, unread, databases } };
    case "os-release":
      return distribution === undefined
        ? { source, unavailable: "the SBOM names no distribution", remedy: "assess the image itself" }
        : { source, value: distribution };
    default:
      return { source, unavailable: "an SBOM does not tell it", remedy: "assess the image itself" };
  }
}
