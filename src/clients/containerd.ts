import { AppError, corrupt } from "../core/errors.ts";
import { contentPart, contentSize, imageTarget, namedRequest, namespaceNames } from "../formats/containerd/messages.ts";
import { GrpcClient } from "./grpc.ts";

const services = {
  namespaces: "/containerd.services.namespaces.v1.Namespaces/List",
  image: "/containerd.services.images.v1.Images/Get",
  info: "/containerd.services.content.v1.Content/Info",
  read: "/containerd.services.content.v1.Content/Read",
} as const;

/** containerd's own API on its socket: names of images, and blobs. It keeps the images of Docker, Kubernetes and others apart in name spaces. Throws `AUTH_FAILED`, `UNREACHABLE`, `CORRUPT_INPUT`, `LIMIT_EXCEEDED`. */
export class ContainerdClient {
  readonly name: string;
  readonly #client: GrpcClient;

  constructor(socket: string) {
    this.name = `containerd at ${socket}`;
    this.#client = new GrpcClient(socket);
  }

  /** The name spaces that it has, as it lists them. */
  async namespaces(): Promise<string[]> {
    return namespaceNames(await this.#client.call(services.namespaces, new Uint8Array()), this.name);
  }

  /** The digest of the manifest or index that a full name stands for; undefined where there is no such image. */
  async target(namespace: string, name: string): Promise<string | undefined> {
    const answer = await this.#known(services.image, name, namespace);
    return answer === undefined ? undefined : imageTarget(answer, this.name);
  }

  /** The size of a blob in bytes; undefined where it is not kept, or no more. */
  async size(namespace: string, digest: string): Promise<number | undefined> {
    const answer = await this.#known(services.info, digest, namespace);
    return answer === undefined ? undefined : contentSize(answer, this.name);
  }

  /** A blob as it is stored, of exactly as many bytes as `size` told. Its digest is not verified here. */
  async *blob(namespace: string, digest: string, size: number): AsyncGenerator<Uint8Array, void, undefined> {
    const what = `${this.name}: blob ${digest}`;
    let expected = 0;
    for await (const message of this.#client.stream(services.read, namedRequest(digest), inside(namespace))) {
      const { offset, data } = contentPart(message, this.name);
      if (offset !== expected) throw corrupt(what, "parts do not follow each other", offset);
      expected += data.length;
      if (expected > size) throw corrupt(what, `is longer than the ${size} bytes that it is said to have`);
      yield data;
    }
    if (expected < size) throw corrupt(what, `ends after ${expected} of ${size} bytes`);
  }

  /** Ends the connection. */
  close(): void {
    this.#client.close();
  }

  async #known(method: string, name: string, namespace: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#client.call(method, namedRequest(name), inside(namespace));
    } catch (error) {
      if (error instanceof AppError && error.code === "TARGET_NOT_FOUND") return undefined;
      throw error;
    }
  }
}

function inside(namespace: string): Record<string, string> {
  return { "containerd-namespace": namespace };
}
