import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../src/formats/image-archive/digest.ts";

/** A layer of a layout that is to be written: a tar file, compressed or not, and the digest of its uncompressed bytes. */
export interface LayoutLayer {
  readonly path: string;
  readonly diffId: string;
  readonly compressed?: boolean;
}

/** Writes an OCI layout (OCI Image Layout 1.0) of one image for linux/amd64 into a folder and answers the paths of its layers. `config` and `history` are those of the image configuration. */
export function writeOciLayout(
  folder: string,
  layers: readonly LayoutLayer[],
  image: { readonly config?: object; readonly history?: readonly object[] } = {},
): string[] {
  const blobs = join(folder, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const store = (document: object, mediaType: string) => {
    const bytes = new TextEncoder().encode(JSON.stringify(document));
    const digest = digestOf(bytes);
    writeFileSync(join(blobs, digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const descriptors = layers.map(({ path, diffId, compressed }) => {
    const digest = compressed ? digestOfFile(path) : diffId;
    copyFileSync(path, join(blobs, digest.slice(7)));
    const mediaType = `application/vnd.oci.image.layer.v1.tar${compressed ? "+gzip" : ""}`;
    return { mediaType, digest, size: statSync(path).size };
  });
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const configuration = { os: "linux", architecture: "amd64", rootfs, ...image };
  const config = store(configuration, "application/vnd.oci.image.config.v1+json");
  const manifest = store(
    { schemaVersion: 2, config, layers: descriptors },
    "application/vnd.oci.image.manifest.v1+json",
  );
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return descriptors.map(({ digest }) => join(blobs, digest.slice(7)));
}

/** The SHA-256 of a file of any size, as `sha256:…`. */
export function digestOfFile(path: string): string {
  const { status, stdout, stderr } = spawnSync("sha256sum", [path], { encoding: "utf8" });
  if (status !== 0) throw new Error(`sha256sum ${path}: ${stderr}`);
  return `sha256:${stdout.slice(0, 64)}`;
}
