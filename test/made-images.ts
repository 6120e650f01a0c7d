import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pack } from "tar-stream";

/** One layer of a made image: the instruction that made it and its files by path. */
export interface MadeLayer {
  readonly createdBy: string;
  readonly files: Readonly<Record<string, string>>;
}

/** An image to be written as an archive. */
export interface MadeImage {
  /** `shop/web:1`. */
  readonly reference: string;
  /** ISO 8601. */
  readonly created: string;
  readonly layers: readonly MadeLayer[];
  /** The `config` member of the OCI configuration. */
  readonly config?: object;
}

/** Writes an image as `docker save` does, the same bytes for the same image. Answers the path. */
export async function writeMadeImage(
  path: string,
  { reference, created, layers, config = {} }: MadeImage,
): Promise<string> {
  const tars = await Promise.all(layers.map(({ files }) => tarOf(Object.entries(files))));
  const document = {
    architecture: "amd64",
    os: "linux",
    created,
    config,
    rootfs: { type: "layers", diff_ids: tars.map((bytes) => `sha256:${sha256(bytes)}`) },
    history: layers.map(({ createdBy }) => ({ created, created_by: createdBy })),
  };
  const text = JSON.stringify(document);
  const manifest = [
    { Config: `${sha256(text)}.json`, RepoTags: [reference], Layers: tars.map((_, index) => `${index}/layer.tar`) },
  ];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    await tarOf([
      [`${sha256(text)}.json`, text],
      ...tars.map((bytes, index): [string, Uint8Array] => [`${index}/layer.tar`, bytes]),
      ["manifest.json", JSON.stringify(manifest)],
    ]),
  );
  return path;
}

/** The record of an apk database for packages given as `name version`. */
export function apkDatabase(...packages: readonly string[]): string {
  return packages
    .map((text) => {
      const [name, version, origin = name] = text.split(" ");
      return `P:${name}\nV:${version}\nA:x86_64\nT:made\nL:MIT\no:${origin}\n\n`;
    })
    .join("");
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function tarOf(files: readonly (readonly [string, string | Uint8Array])[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name, mtime: new Date(0) }, Buffer.from(content));
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
