import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { protobufIntegerField, protobufMessage, protobufText } from "../../src/formats/protobuf.ts";

/** What a fake containerd holds: by name space, names of images with their digests, and blobs by digest. */
export type FakeContainerdContent = Readonly<
  Record<
    string,
    { readonly images: Readonly<Record<string, string>>; readonly blobs: Readonly<Record<string, Uint8Array>> }
  >
>;

/** How a fake containerd misbehaves. */
export interface FakeContainerdFaults {
  /** Answers every call with this state, `7` for a denied permission. */
  readonly status?: string;
  /** Sends the messages of blobs in the wrong order. */
  readonly shuffled?: boolean;
  /** Ends the answer in the middle of a message. */
  readonly cut?: boolean;
}

/** containerd's API on a UNIX socket: real HTTP/2 and gRPC, as much of it as an image is read by. */
export class FakeContainerd {
  readonly socket: string;
  readonly #folder: string;
  readonly #server: Http2Server;
  /** Digests of the blobs that were read. */
  readonly read: string[] = [];

  private constructor(content: FakeContainerdContent, faults: FakeContainerdFaults) {
    this.#folder = mkdtempSync(join(tmpdir(), "fake-containerd-"));
    this.socket = join(this.#folder, "containerd.sock");
    this.#server = createServer();
    this.#server.on("stream", (stream, headers) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("error", () => undefined);
      stream.on("end", () => {
        const asked = Buffer.concat(pieces).subarray(5);
        const [method, namespace] = [String(headers[":path"]), String(headers["containerd-namespace"])];
        this.#answer(stream, method, asked, content, namespace, faults);
      });
    });
  }

  static async start(content: FakeContainerdContent, faults: FakeContainerdFaults = {}): Promise<FakeContainerd> {
    const fake = new FakeContainerd(content, faults);
    await new Promise<void>((resolve) => fake.#server.listen(fake.socket, resolve));
    return fake;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answer(
    stream: ServerHttp2Stream,
    method: string,
    asked: Uint8Array,
    content: FakeContainerdContent,
    namespace: string,
    faults: FakeContainerdFaults,
  ): void {
    const messages =
      faults.status === undefined ? this.#messages(method, asked, content, namespace, faults) : undefined;
    if (messages === undefined) {
      // A state without messages stands in the headers.
      const trailers = { "grpc-status": faults.status ?? "5", "grpc-message": "not%20found" };
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...trailers }, { endStream: true });
      return;
    }
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    const bytes = Buffer.concat(messages.map(framed));
    stream.end(faults.cut === true ? bytes.subarray(0, bytes.length - 3) : bytes);
  }

  #messages(
    method: string,
    asked: Uint8Array,
    content: FakeContainerdContent,
    namespace: string,
    { shuffled }: FakeContainerdFaults,
  ): Uint8Array[] | undefined {
    const name = protobufText(asked, 1, "request");
    const blob = content[namespace]?.blobs[name];
    switch (method) {
      case "/containerd.services.namespaces.v1.Namespaces/List":
        return [protobufMessage(Object.keys(content).map((one) => [1, protobufMessage([[1, one]])] as const))];
      case "/containerd.services.images.v1.Images/Get": {
        const digest = content[namespace]?.images[name];
        if (digest === undefined) return undefined;
        const image = protobufMessage([
          [1, name],
          [3, protobufMessage([[2, digest]])],
        ]);
        return [protobufMessage([[1, image]])];
      }
      case "/containerd.services.content.v1.Content/Info":
        if (blob === undefined) return undefined;
        return [
          protobufMessage([[1, Buffer.concat([protobufMessage([[1, name]]), protobufIntegerField(2, blob.length)])]]),
        ];
      case "/containerd.services.content.v1.Content/Read": {
        if (blob === undefined) return undefined;
        this.read.push(name);
        const parts = partsOf(blob);
        return shuffled === true ? parts.reverse() : parts;
      }
      default:
        return undefined;
    }
  }
}

/** Parts of 1,000 bytes, so that even a small blob has several. */
function partsOf(blob: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < blob.length; at += 1_000)
    parts.push(Buffer.concat([protobufIntegerField(1, at), protobufMessage([[2, blob.subarray(at, at + 1_000)]])]));
  return parts;
}

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
