import { readFile } from "node:fs/promises";
import { AppError, messageOf } from "../core/errors.ts";
import { isBuilt } from "./file/container.ts";
import { readKey } from "./file/envelope.ts";
import { FileStore } from "./file-store.ts";
import { RawStore } from "./raw-store.ts";
import type { AdvisoryStore } from "./store.ts";

/** Environment variable that names the PEM file of the key that built advisory data must be signed with. */
export const keyVariable = "PLIMSOLL_ADVISORY_KEY";

/**
 * Opens advisory data: a file or folder made by `db build`, whose signature is checked where a key is given, or a folder of raw or packed feeds, or a single
 * feed. Errors: `TARGET_NOT_FOUND` where nothing is there, `CORRUPT_INPUT` where it is damaged, `CONFIG_INVALID` where the key is none.
 */
export async function openAdvisories(
  path: string,
  onProgress?: (text: string) => void,
  keyFile: string | undefined = process.env[keyVariable],
): Promise<AdvisoryStore> {
  if (!isBuilt(path)) return RawStore.open(path, onProgress);
  return FileStore.open(path, keyFile === undefined ? [] : [await publicKey(keyFile)]);
}

/** The public key in a PEM file; what cannot be read is `CONFIG_INVALID`. */
export async function publicKey(path: string) {
  try {
    return readKey(await readFile(path, "utf8"), "public", path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("CONFIG_INVALID", `cannot read key ${path}: ${messageOf(error)}`, {
      hint: "name the PEM file of the publisher's key",
    });
  }
}
