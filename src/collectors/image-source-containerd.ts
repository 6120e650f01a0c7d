import { join } from "node:path";
import { compareText } from "../core/canonical-json.ts";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { boltTransaction } from "../formats/containerd/bolt.ts";
import { type ContainerdImage, containerdImages } from "../formats/containerd/images.ts";
import { directoryFiles } from "../formats/image-archive/archive-files.ts";
import { digestPattern } from "../formats/image-archive/image-document.ts";
import { readLayout } from "../formats/image-archive/oci-layout.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import { openFile, openFolder } from "./files.ts";
import type { ImageSource } from "./image-source.ts";

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Where containerd keeps its data unless CONTAINERD_ROOT says otherwise (containerd-config.toml(5), `root`). */
const usualRoot = "/var/lib/containerd";
/** Name spaces that are looked into first; CONTAINERD_NAMESPACE comes before them. */
const usualNamespaces = ["k8s.io", "default", "moby"];
/** Times that the database is read again where containerd wrote to it meanwhile. */
const attempts = 5;

/**
 * An image in containerd's content store, read from its files: the database of names and the blobs, which lie as in an OCI layout. containerd itself
 * is not asked. Throws `TARGET_NOT_FOUND` where containerd or the image is not there, `UNSUPPORTED` where its layers were discarded after unpacking.
 */
export async function openContainerdImage(
  name: string,
  options: { readonly environment?: Environment } = {},
): Promise<ImageSource> {
  const environment = options.environment ?? process.env;
  const root = environment["CONTAINERD_ROOT"] || usualRoot;
  const image = await imageNamed(name, root, environment["CONTAINERD_NAMESPACE"]);
  const folder = openFolder(join(root, "io.containerd.content.v1.content"));
  try {
    const top = { digest: image.digest, size: 0, annotations: { "io.containerd.image.name": image.name } };
    const index = new TextEncoder().encode(JSON.stringify({ manifests: [top] }));
    const { images, incomplete } = await readLayout(directoryFiles(folder), index);
    if (images.length === 0)
      throw new AppError(
        "UNSUPPORTED",
        `containerd:${name}: ${incomplete[0]?.reason.replace("the archive", "its store") ?? "is no image"}`,
        {
          hint: "containerd may discard layers once they are unpacked (discard_unpacked_layers): name the image in its registry",
        },
      );
    return { name: `containerd:${name}`, format: "containerd", images, close: () => folder.close() };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function imageNamed(name: string, root: string, namespace: string | undefined): Promise<ContainerdImage> {
  const database = join(root, "io.containerd.metadata.v1.bolt/meta.db");
  const images = containerdImages(await stableBytes(database), database);
  const wanted = new Set([name, fullName(name)]);
  const order = [...(namespace ? [namespace] : []), ...usualNamespaces];
  const rank = (image: ContainerdImage) =>
    order.includes(image.namespace) ? order.indexOf(image.namespace) : order.length;
  const [found] = images
    .filter((image) => wanted.has(image.name) || image.digest === name)
    .sort((a, b) => rank(a) - rank(b) || compareText(a.namespace, b.namespace));
  if (found && digestPattern.test(found.digest)) return found;
  throw new AppError("TARGET_NOT_FOUND", `containerd at ${root}: has no image ${name}`, {
    hint: "list its images with `ctr -n k8s.io images ls`; another data folder is named in CONTAINERD_ROOT",
  });
}

/** The full name that containerd knows a short one by. */
function fullName(name: string): string {
  const parts = parseImageReference(name);
  if (parts === undefined) return name;
  const version = parts.digest === undefined ? `:${parts.tag ?? "latest"}` : `@${parts.digest}`;
  return `${parts.registry}/${parts.repository}${version}`;
}

/** The database as of one moment. containerd never writes over pages that the last transaction uses, so that a copy during which none ended is whole. */
async function stableBytes(path: string): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    const file = await openFile(path).catch((error: unknown) => {
      throw new AppError("TARGET_NOT_FOUND", `no containerd here: ${error instanceof Error ? error.message : path}`, {
        hint: "run as root where containerd runs; another data folder is named in CONTAINERD_ROOT",
        cause: error,
      });
    });
    try {
      if (file.size > limits.analysedFile)
        throw new AppError("LIMIT_EXCEEDED", `${path}: more than ${limits.analysedFile} bytes`);
      const bytes = await file.read(0, file.size);
      const heads = await file.read(0, Math.min(file.size, 2 * 65_536));
      if (attempt === attempts || boltTransaction(bytes, path) === boltTransaction(heads, path)) return bytes;
    } finally {
      await file.close();
    }
  }
}
