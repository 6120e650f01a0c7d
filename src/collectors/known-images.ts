import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { sha256 } from "../core/digest.ts";
import { messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { KnownImage, type KnownImages } from "../facts/image/known-image.ts";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { imagePackages } from "../facts/image/packages.ts";
import { storedImagesFolder } from "./stored-images.ts";

const suffix = ".json";
/** What is needed of a stored image: its observations. */
const Stored = z.object({ observations: z.array(z.looseObject({ fact: z.string(), subject: z.string() })) });

/** The folder beside that for kept layers in which the layers of assessed images are noted, one small file for each image. */
export function knownImagesFolder(layerFolder: string): string {
  return join(dirname(layerFolder), "lineage");
}

/** Notes the images of a snapshot, so that later ones are recognised as built on them. Answers why it could not, where it could not. */
export async function rememberImages(snapshot: Snapshot, layerFolder: string): Promise<string | undefined> {
  const folder = knownImagesFolder(layerFolder);
  try {
    for (const image of knownImagesOf(snapshot)) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = pathOf(folder, image.subject);
      const unfinished = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
      await writeFile(unfinished, JSON.stringify(image), { mode: 0o600, flag: "wx" });
      await rename(unfinished, path);
    }
    return undefined;
  } catch (error) {
    return `the lineage of images is not kept in ${folder}: ${messageOf(error)}`;
  }
}

function* knownImagesOf(snapshot: Snapshot): Iterable<KnownImage> {
  for (const { subject, value } of snapshot.all(imageIdentity)) {
    // What is known by an SBOM alone has no layers to be recognised by.
    if (value.layers.length === 0) continue;
    const { name, references, manifestDigest, configDigest, created, platform } = value;
    yield {
      schema: "plimsoll.known-image/1",
      subject,
      name,
      references,
      manifestDigest,
      configDigest,
      created,
      platform: { os: platform.os, architecture: platform.architecture },
      diffIds: value.layers.map(({ diffId }) => diffId),
      assessed: snapshot.content.created,
    };
  }
}

/** The images that were assessed in earlier runs and are still stored. Damaged notes are passed over: an image that they were about is not recognised. */
export async function openKnownImages(layerFolder: string): Promise<KnownImages> {
  const folder = knownImagesFolder(layerFolder);
  const stored = storedImagesFolder(layerFolder);
  const [notes, kept] = await Promise.all([namesIn(folder), namesIn(stored)]);
  const images: KnownImage[] = [];
  const present = new Set(kept);
  for (const name of notes.filter((one) => one.endsWith(suffix)).sort()) {
    // What was purged from the store is not known any more.
    if (!present.has(`${name}.gz`)) await rm(join(folder, name), { force: true });
    else images.push(...(await noteIn(join(folder, name))));
  }
  return { images, inventoryOf: (subject) => inventoryIn(`${pathOf(stored, subject)}.gz`, subject) };
}

function pathOf(folder: string, subject: string): string {
  return join(folder, `${sha256(subject)}${suffix}`);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function noteIn(path: string): Promise<KnownImage[]> {
  try {
    const parsed = KnownImage.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? [parsed.data] : [];
  } catch {
    // Cut off or removed meanwhile: as if the image had not been seen.
    return [];
  }
}

/** What a stored image says is installed in it; undefined where the file is gone, damaged or of another version. */
async function inventoryIn(path: string, subject: string): ReturnType<KnownImages["inventoryOf"]> {
  try {
    const bytes = gunzipSync(await readFile(path), { maxOutputLength: limits.analysedFile });
    const { observations } = Stored.parse(JSON.parse(bytes.toString("utf8")));
    const value = (fact: string) =>
      observations.find((one) => one.fact === fact && one.subject === subject && "value" in one)?.["value"];
    const packages = imagePackages.schema.parse(value(imagePackages.id));
    const osRelease = imageOsRelease.schema.safeParse(value(imageOsRelease.id));
    return { packages, ...(osRelease.success ? { osRelease: osRelease.data } : {}) };
  } catch {
    // The caller says that it is not kept any more.
    return undefined;
  }
}
