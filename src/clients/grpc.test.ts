import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limits } from "../core/limits.ts";
import { protobufIntegerField, protobufMessage } from "../formats/protobuf.ts";
import { ContainerdClient } from "./containerd.ts";
import { type CallBounds, GrpcClient } from "./grpc.ts";

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

/** Listens at the socket; each call is answered by this. */
async function listen(answer: (stream: ServerHttp2Stream, path: string) => void) {
  server = createServer();
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    // A client that gives up resets the stream.
    stream.on("error", () => {});
    answer(stream, String(headers[":path"]));
  });
  await new Promise<void>((resolve) => server!.listen(socket, resolve));
}

/** A service that answers each call with these bytes and, in its trailers, this status. */
async function serve(body: (path: string) => Uint8Array, trailers: Record<string, string> = { "grpc-status": "0" }) {
  await listen((stream, path) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    stream.end(body(path));
  });
}

/** A service that answers each call with these bytes again and again, without end, until the client gives up. */
async function serveWithoutEnd(bytes: Uint8Array): Promise<{ isClosed: boolean }> {
  const seen = { isClosed: false };
  await listen((stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    stream.on("close", () => {
      seen.isClosed = true;
    });
    const more = () => {
      while (!stream.destroyed && stream.write(bytes));
    };
    stream.on("drain", more);
    more();
  });
  return seen;
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

  it("answered by two messages is refused, and by messages without end at the second", async () => {
    await serve(() => Buffer.concat([frame(Buffer.from("a")), frame(Buffer.from("b"))]));
    const second = { code: "CORRUPT_INPUT", message: expect.stringMatching(/more than one message/) };
    await expect(call()).rejects.toMatchObject(second);
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    const seen = await serveWithoutEnd(frame(Buffer.alloc(0)));
    await expect(call()).rejects.toMatchObject(second);
    await expect.poll(() => seen.isClosed).toBe(true);
  });

  describe("that streams", () => {
    const read = (bounds?: CallBounds) =>
      withClient(async (client) => {
        const parts: Uint8Array[] = [];
        const reading = async () => {
          for await (const part of client.stream("/service/Read", new Uint8Array(), {}, bounds)) parts.push(part);
        };
        const failure = await reading().then(
          () => undefined,
          (error: unknown) => error,
        );
        return { count: parts.length, failure };
      });

    it.each([
      ["messages", { bytes: 1_000_000, messages: 1_000 }, 0, 1_000, /more than 1000 messages answer one call/],
      ["bytes", { bytes: 10_000, messages: 1_000_000 }, 100, 100, /more than 10000 bytes of messages answer one call/],
    ])("%s without end is ended at the bound, with advice", async (_, bounds, size, count, message) => {
      const seen = await serveWithoutEnd(frame(Buffer.alloc(size)));
      expect(await read(bounds)).toEqual({
        count,
        failure: expect.objectContaining({
          code: "LIMIT_EXCEEDED",
          message: expect.stringMatching(message),
          hint: expect.stringMatching(/which service answers at this socket; .* saved to a file/),
        }),
      });
      // The service is told that nobody listens any more.
      await expect.poll(() => seen.isClosed).toBe(true);
    });

    it("exactly as much as it may is read, and a message that would be too much is refused before it comes", async () => {
      const message = frame(Buffer.alloc(100));
      await serve(() => Buffer.concat([message, message, message]));
      expect(await read({ bytes: 300, messages: 3 })).toEqual({ count: 3, failure: undefined });
      await new Promise<void>((resolve) => server!.close(() => resolve()));
      await serve(() => Buffer.concat([message, frame(Buffer.alloc(0), 0, 101)]));
      expect(await read({ bytes: 200, messages: 3 })).toMatchObject({ count: 1, failure: { code: "LIMIT_EXCEEDED" } });
    });

    it("may be a whole layer in small parts where nothing else is said", async () => {
      expect(limits.callBytes).toBeGreaterThanOrEqual(limits.decompressedBytes);
      expect(limits.callMessages * 4_096).toBeGreaterThanOrEqual(limits.callBytes);
      const many = Buffer.concat(Array.from({ length: 100_000 }, () => frame(Buffer.alloc(1))));
      await serve(() => many);
      expect(await read()).toEqual({ count: 100_000, failure: undefined });
    });
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

  async function blob(size = 3): Promise<string> {
    const client = new ContainerdClient(socket);
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of client.blob("default", "sha256:0", size)) pieces.push(piece);
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

  it.each([
    ["has more than it is said to have", 2, /is longer than the 2 bytes/],
    ["has less than it is said to have", 4, /ends after 3 of 4 bytes/],
  ])("is refused where it %s", async (_, size, message) => {
    await serve(() => Buffer.concat([part(0, "ab"), part(2, "c")]));
    await expect(blob(size)).rejects.toMatchObject({ code: "CORRUPT_INPUT", message: expect.stringMatching(message) });
  });

  it("that never ends is read no further than its size", async () => {
    const text = "x".repeat(1_000);
    let offset = 0;
    await listen((stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      const more = () => {
        while (!stream.destroyed && stream.write(part(offset, text))) offset += text.length;
        offset += text.length;
      };
      stream.on("drain", more);
      more();
    });
    await expect(blob(2_500)).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
    expect(offset).toBeLessThan(100_000_000);
  });
});
