import { pack } from "tar-stream";
import type { Observation } from "../../core/snapshot.ts";
import type { ImageManifestInfo } from "../../formats/image-archive/image-archive.ts";
import { type ImageConfig, parseImageConfig } from "../../formats/image-archive/image-config.ts";
import type { ImageCollector } from "../image-collector.ts";
import { readImage } from "../image-reader.ts";

/** A file of a test image: its content, or content and mode, or the target of a symbolic or hard link. */
export type FixtureFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: number }
  | { readonly link: string }
  | { readonly hardLink: string };
/** A layer of a test image by path; a name that begins with `.wh.` takes a file away, one that ends with a slash is a folder. */
export type FixtureLayer = Readonly<Record<string, FixtureFile>>;

/** An image of layers and a configuration (the `config` member and history of an OCI configuration), for tests. */
export async function imageOf(
  layers: readonly FixtureLayer[],
  config: object = {},
  history: readonly object[] = [],
): Promise<ImageManifestInfo> {
  const tars = await Promise.all(layers.map(tarOf));
  return {
    references: ["example/app:1"],
    platform: { os: "linux", architecture: "amd64" },
    configDigest: `sha256:${"c".repeat(64)}`,
    config: configurationOf(tars.length, history, config),
    annotations: {},
    layers: tars.map((bytes, index) => ({
      diffId: diffIdOf(index),
      size: bytes.length,
      async *open() {
        yield bytes;
      },
    })),
  };
}

/** The configuration of an image of so many layers with the history and the `config` member of an OCI configuration, for tests. */
export function configurationOf(layers: number, history: readonly object[] = [], config: object = {}): ImageConfig {
  const document = {
    architecture: "amd64",
    os: "linux",
    config,
    history,
    rootfs: { type: "layers", diff_ids: Array.from({ length: layers }, (_, index) => diffIdOf(index)) },
  };
  return parseImageConfig(Buffer.from(JSON.stringify(document)), "config");
}

function diffIdOf(layer: number): string {
  return `sha256:${String(layer % 10).repeat(64)}`;
}

/** What one collector makes of an image. */
export async function observed(collector: ImageCollector, image: ImageManifestInfo): Promise<Observation> {
  const { observations } = await readImage(image, { name: "app.tar", format: "test" }, new Map([["test", collector]]));
  return observations[0]!;
}

/** The value that one collector makes of an image. Throws where it could not be had. */
export async function foundBy<T>(collector: ImageCollector, image: ImageManifestInfo): Promise<T> {
  const observation = await observed(collector, image);
  if (!("value" in observation)) throw new Error(observation.unavailable);
  return observation.value as T;
}

async function tarOf(layer: FixtureLayer): Promise<Uint8Array> {
  const tar = pack();
  for (const [name, file] of Object.entries(layer)) {
    if (name.endsWith("/")) tar.entry({ name, type: "directory", mode: 0o755 });
    else if (typeof file === "string" || file instanceof Uint8Array) tar.entry({ name }, Buffer.from(file));
    else if ("link" in file) tar.entry({ name, type: "symlink", linkname: file.link });
    else if ("hardLink" in file) tar.entry({ name, type: "link", linkname: file.hardLink });
    else tar.entry({ name, mode: file.mode }, Buffer.from(file.content));
  }
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
