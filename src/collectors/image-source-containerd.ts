import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ContainerdClient } from "../clients/containerd.ts";
import { compareText } from "../core/canonical-json.ts";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { boltTransaction } from "../formats/containerd/bolt.ts";
import { type ContainerdImage, containerdImages } from "../formats/containerd/images.ts";
import { type ArchiveFile, type ArchiveFiles, directoryFiles } from "../formats/image-archive/archive-files.ts";
import { digestPattern } from "../formats/image-archive/image-document.ts";
import { type LayoutContent, readLayout } from "../formats/image-archive/oci-layout.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import { openFile, openFolder } from "./files.ts";
import type { ImageSource } from "./image-source.ts";

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Where containerd keeps its data unless CONTAINERD_ROOT says otherwise (containerd-config.toml(5), `root`). */
const usualRoot = "/var/lib/containerd";
/** Where it listens unless CONTAINERD_ADDRESS says otherwise: by itself, in k3s, in RKE2 and MicroK8s. */
const usualSockets = [
  "/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/var/snap/microk8s/common/run/containerd.sock",
];
/** Name spaces that are looked into first; CONTAINERD_NAMESPACE comes before them. */
const usualNamespaces = ["k8s.io", "default", "moby"];
/** Times that the database is read again where containerd wrote to it meanwhile. */
const attempts = 5;

/**
 * An image of containerd, asked for over its API. Where CONTAINERD_ROOT names its data folder, or where nothing listens, it is read from its files: the
 * database of names and the blobs, which lie as in an OCI layout. Throws `TARGET_NOT_FOUND` where containerd or the image is not there, `AUTH_FAILED`,
 * `UNREACHABLE`, `UNSUPPORTED` where its layers were discarded after unpacking.
 */
export async function openContainerdImage(
  name: string,
  options: { readonly environment?: Environment } = {},
): Promise<ImageSource> {
  const environment = options.environment ?? process.env;
  const root = environment["CONTAINERD_ROOT"];
  const address = environment["CONTAINERD_ADDRESS"]?.replace(/^unix:\/\//, "");
  if (root) return openStored(name, root, environment);
  if (address) return openFromService(name, address, environment);
  const socket = await firstSocket();
  if (socket === undefined) return openStored(name, usualRoot, environment);
  try {
    return await openFromService(name, socket, environment);
  } catch (error) {
    // The socket of a service that has ended is left behind; its files are as good as ever.
    if (error instanceof AppError && error.code === "UNREACHABLE") return openStored(name, usualRoot, environment);
    throw error;
  }
}

async function firstSocket(): Promise<string | undefined> {
  for (const path of usualSockets) if ((await stat(path).catch(() => undefined))?.isSocket()) return path;
  return undefined;
}

async function openFromService(name: string, socket: string, environment: Environment): Promise<ImageSource> {
  const client = new ContainerdClient(socket);
  try {
    const found = await namedInService(name, client, environment["CONTAINERD_NAMESPACE"]);
    if (found === undefined || !digestPattern.test(found.digest)) throw unknownImage(name, client.name);
    const files = new ServiceFiles(client, found.namespace);
    return sourceOf(name, await layoutOf(found, files), async () => client.close());
  } catch (error) {
    client.close();
    throw error;
  }
}

/** The image by its name as given, by its full name, or by the digest of its manifest, in the first name space that has it. */
async function namedInService(
  name: string,
  client: ContainerdClient,
  namespace: string | undefined,
): Promise<ContainerdImage | undefined> {
  const known = await client.namespaces();
  const wanted = [...(namespace ? [namespace] : []), ...usualNamespaces].filter((one) => known.includes(one));
  for (const space of new Set([...wanted, ...[...known].sort(compareText)])) {
    for (const one of new Set([name, fullName(name)])) {
      const digest = await client.target(space, one);
      if (digest !== undefined) return { namespace: space, name: one, digest };
    }
    if (digestPattern.test(name) && (await client.size(space, name)) !== undefined)
      return { namespace: space, name, digest: name };
  }
  return undefined;
}

/** Blobs of a running containerd by the paths that a layout has them at. */
class ServiceFiles implements ArchiveFiles {
  readonly name: string;
  readonly #client: ContainerdClient;
  readonly #namespace: string;

  constructor(client: ContainerdClient, namespace: string) {
    this.name = client.name;
    this.#client = client;
    this.#namespace = namespace;
  }

  async open(path: string): Promise<ArchiveFile | undefined> {
    const digest = path.replace(/^blobs\//, "").replace("/", ":");
    const size = digestPattern.test(digest) ? await this.#client.size(this.#namespace, digest) : undefined;
    return size === undefined ? undefined : { size, stream: () => this.#client.blob(this.#namespace, digest, size) };
  }
}

async function openStored(name: string, root: string, environment: Environment): Promise<ImageSource> {
  const image = await imageNamed(name, root, environment["CONTAINERD_NAMESPACE"]);
  const folder = openFolder(join(root, "io.containerd.content.v1.content"));
  try {
    return sourceOf(name, await layoutOf(image, directoryFiles(folder)), () => folder.close());
  } catch (error) {
    await folder.close();
    throw error;
  }
}

function layoutOf(image: ContainerdImage, files: ArchiveFiles): Promise<LayoutContent> {
  const top = { digest: image.digest, size: 0, annotations: { "io.containerd.image.name": image.name } };
  return readLayout(files, new TextEncoder().encode(JSON.stringify({ manifests: [top] })));
}

function sourceOf(name: string, { images, incomplete }: LayoutContent, close: () => Promise<void>): ImageSource {
  if (images.length > 0) return { name: `containerd:${name}`, format: "containerd", images, close };
  throw new AppError(
    "UNSUPPORTED",
    `containerd:${name}: ${incomplete[0]?.reason.replace("the archive", "its store") ?? "is no image"}`,
    {
      hint: "containerd may discard layers once they are unpacked (discard_unpacked_layers): name the image in its registry",
    },
  );
}

function unknownImage(name: string, where: string): AppError {
  return new AppError("TARGET_NOT_FOUND", `${where}: has no image ${name}`, {
    hint: "list its images with `ctr -n k8s.io images ls`; another containerd is named in CONTAINERD_ADDRESS, another data folder in CONTAINERD_ROOT",
  });
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
  throw unknownImage(name, `containerd at ${root}`);
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
        hint: "run as root where containerd runs; another socket is named in CONTAINERD_ADDRESS, another data folder in CONTAINERD_ROOT",
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
