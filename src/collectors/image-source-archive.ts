import { stat } from "node:fs/promises";
import { AppError, messageOf } from "../core/errors.ts";
import { openImageArchive } from "../formats/image-archive/image-archive.ts";
import { openFile, openFolder } from "./files.ts";
import { withProvenance } from "./image-provenance.ts";
import type { ImageSource } from "./image-source.ts";

/** The images of an archive file or an OCI layout folder. Throws `TARGET_NOT_FOUND`, `UNSUPPORTED` for what is none, `CORRUPT_INPUT`. */
export async function openArchiveImage(path: string): Promise<ImageSource> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError("TARGET_NOT_FOUND", `cannot open image ${path}: ${messageOf(error)}`, {
      hint: "name an archive or an OCI layout",
    });
  });
  const source = found.isDirectory() ? openFolder(path) : await openFile(path);
  try {
    const { format, images, artifacts } = await openImageArchive(source);
    return {
      name: path,
      format,
      images: await withProvenance(images, artifacts, path),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}
