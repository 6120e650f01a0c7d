import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { protobufIntegerField, protobufMessage } from "../formats/protobuf.ts";
import { ContainerdClient } from "./containerd.ts";
import { GrpcClient } from "./grpc.ts";

let folder: string;
let socket: string;
let server: Http2Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grpc-"));
  socket = join(folder, "service.sock");
});

afterEach(async () => {
  await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** A service that answers each call with these bytes and, in its trailers, this status. */
async function serve(body: (path: string) => Uint8Array, trailers: Record<string, string> = { "grpc-status": "0" }) {
  server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    // A client that gives up resets the stream.
    stream.on("error", () => {});
    stream.end(body(String(headers[":path"])));
  });
  await new Promise<void>((resolve) => server!.listen(socket, resolve));
}

function frame(message: Uint8Array, compressed = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = compressed;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

async function withClient<T>(use: (client: GrpcClient) => Promise<T>): Promise<T> {
  const client = new GrpcClient(socket);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const call = () => withClient((client) => client.call("/service/Get", new Uint8Array([1])));

describe("a gRPC call", () => {
  it("is answered by its message", async () => {
    await serve(() => frame(Buffer.from("answer")));
    expect(Buffer.from(await call()).toString()).toBe("answer");
  });

  it("that streams tells each message, also an empty one and one over several windows", async () => {
    const large = Buffer.alloc(5_000_000, 7);
    await serve(() => Buffer.concat([frame(Buffer.from("a")), frame(Buffer.alloc(0)), frame(large)]));
    const sizes = await withClient(async (client) => {
      const found: number[] = [];
      for await (const part of client.stream("/service/Read", new Uint8Array())) found.push(part.length);
      return found;
    });
    expect(sizes).toEqual([1, 0, 5_000_000]);
  });

  it.each([
    ["5", "TARGET_NOT_FOUND"],
    ["7", "AUTH_FAILED"],
    ["16", "AUTH_FAILED"],
    ["14", "UNREACHABLE"],
  ])("that ends with status %s fails as %s with the server's word", async (status, code) => {
    await serve(() => new Uint8Array(), { "grpc-status": status, "grpc-message": "no%20such thing %" });
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining("such") });
  });

  it("that fails after its message fails as well", async () => {
    await serve(() => frame(Buffer.from("half")), { "grpc-status": "13" });
    await expect(call()).rejects.toMatchObject({ code: "UNREACHABLE" });
  });

  it.each([
    ["no message", () => new Uint8Array(), "CORRUPT_INPUT"],
    ["half a prefix", () => new Uint8Array([0, 0]), "CORRUPT_INPUT"],
    ["half a message", () => frame(Buffer.from("half"), 0, 9), "CORRUPT_INPUT"],
    ["a compressed message", () => frame(Buffer.from("zip"), 1), "CORRUPT_INPUT"],
    ["a message said to have 4 GB", () => frame(Buffer.from("small"), 0, 0xffffffff), "LIMIT_EXCEEDED"],
  ])("answered by %s is refused", async (_what, body, code) => {
    await serve(body);
    await expect(call()).rejects.toMatchObject({ code });
  });

  it("without a status is no success", async () => {
    await serve(() => frame(Buffer.from("answer")), {});
    await expect(call()).rejects.toMatchObject({ code: "UNREACHABLE", message: expect.stringContaining("status") });
  });

  it("to a socket that is not there tells so", async () => {
    await expect(call()).rejects.toMatchObject({ code: "UNREACHABLE", message: expect.stringContaining(socket) });
  });
});

describe("a blob of containerd", () => {
  const part = (offset: number, text: string) =>
    frame(Buffer.concat([protobufIntegerField(1, offset), protobufMessage([[2, text]])]));

  async function blob(): Promise<string> {
    const client = new ContainerdClient(socket);
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of client.blob("default", "sha256:0")) pieces.push(piece);
      return Buffer.concat(pieces).toString();
    } finally {
      client.close();
    }
  }

  it("is put together from its parts", async () => {
    await serve(() => Buffer.concat([part(0, "ab"), part(2, "c")]));
    expect(await blob()).toBe("abc");
  });

  it("is refused where a part is missing", async () => {
    await serve(() => Buffer.concat([part(0, "ab"), part(3, "d")]));
    await expect(blob()).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });
});
