import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { connect as connectSocket } from "node:net";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** Milliseconds within which the next part of an answer must come. */
const patience = 60_000;
/** Bytes of one message. */
const largestMessage = 32 * 1024 ** 2;
/** Bytes that a server may send ahead; HTTP/2's own 64 KiB make streams of blobs slow. */
const windowBytes = 4 * 1024 ** 2;
const prefixBytes = 5;
/** Status codes (grpc.io, "Status codes and their use in gRPC"). */
const status = { ok: 0, notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const;

/** How much may answer one call. */
export interface CallBounds {
  /** Bytes of all messages together, without their prefixes. */
  readonly bytes: number;
  readonly messages: number;
}

const usualBounds: CallBounds = { bytes: limits.callBytes, messages: limits.callMessages };

/** A gRPC service on a UNIX socket (grpc.io, "gRPC over HTTP2"): unary calls and streams from the server, without compression. */
export class GrpcClient {
  readonly #socket: string;
  readonly #session: ClientHttp2Session;
  #problem: unknown;

  constructor(socket: string) {
    this.#socket = socket;
    this.#session = connect("http://localhost", {
      createConnection: () => connectSocket(socket),
      settings: { initialWindowSize: windowBytes },
    });
    this.#session.once("connect", () => this.#session.setLocalWindowSize(windowBytes));
    // Told by the call that it ends.
    this.#session.on("error", (error) => {
      this.#problem = error;
    });
  }

  /** The one message that answers a call; a second one is `CORRUPT_INPUT`. Throws `TARGET_NOT_FOUND` where the service says so, `AUTH_FAILED`, `UNREACHABLE`, `CORRUPT_INPUT`, `LIMIT_EXCEEDED`. */
  async call(
    method: string,
    message: Uint8Array,
    metadata: Readonly<Record<string, string>> = {},
  ): Promise<Uint8Array> {
    let answer: Uint8Array | undefined;
    for await (const part of this.stream(method, message, metadata)) {
      if (answer !== undefined) throw corrupt(`${this.#socket}: ${method}`, "was answered by more than one message");
      answer = part;
    }
    if (answer === undefined) throw corrupt(`${this.#socket}: ${method}`, "was answered by nothing");
    return answer;
  }

  /** The messages that answer a call, as they come, within bounds. Throws as `call` does. */
  async *stream(
    method: string,
    message: Uint8Array,
    metadata: Readonly<Record<string, string>> = {},
    bounds: CallBounds = usualBounds,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const what = `${this.#socket}: ${method}`;
    const state: { status?: string | undefined; message?: string | undefined } = {};
    let request: ClientHttp2Stream | undefined;
    try {
      request = this.#session.request({
        ":method": "POST",
        ":path": method,
        "content-type": "application/grpc",
        te: "trailers",
        ...metadata,
      });
      const note = (headers: Record<string, unknown>) => noteStatus(headers, state);
      request.on("response", note);
      request.on("trailers", note);
      request.setTimeout(patience, () => request?.close(constants.NGHTTP2_CANCEL));
      request.end(framed(message));
      yield* messagesIn(request as AsyncIterable<Uint8Array>, bounds, what);
    } catch (error) {
      throw error instanceof AppError ? error : this.#unreachable(this.#problem ?? error);
    } finally {
      request?.close(constants.NGHTTP2_CANCEL);
    }
    if (state.status !== String(status.ok)) throw refused(what, state);
  }

  /** Ends the connection. */
  close(): void {
    this.#session.destroy();
  }

  #unreachable(error: unknown): AppError {
    const message = messageOf(error);
    if (/EACCES|EPERM/.test(message))
      return new AppError("AUTH_FAILED", `${this.#socket}: ${message}`, {
        hint: "run as root, or as a member of the socket's group",
        cause: error,
      });
    return new AppError("UNREACHABLE", `${this.#socket}: ${message}`, {
      hint: "is the service running?",
      cause: error,
    });
  }
}

/** The state of a call stands in the trailers, or in the headers where there is nothing else. */
function noteStatus(headers: Record<string, unknown>, state: { status?: unknown; message?: unknown }): void {
  const code = headers["grpc-status"];
  if (code !== undefined) {
    state.status = String(code);
    state.message = headers["grpc-message"] === undefined ? undefined : decoded(String(headers["grpc-message"]));
  } else if (headers[":status"] !== undefined && headers[":status"] !== 200) {
    state.status = `HTTP ${String(headers[":status"])}`;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Sent as it is.
    return text;
  }
}

function refused(what: string, state: { status?: string | undefined; message?: string | undefined }): AppError {
  const said = `${state.status === undefined ? "ended without a status" : `answered ${state.status}`}${state.message ? `, ${state.message.slice(0, 300)}` : ""}`;
  if (state.status === String(status.notFound)) return new AppError("TARGET_NOT_FOUND", `${what}: ${said}`);
  const isDenied = state.status === String(status.permissionDenied) || state.status === String(status.unauthenticated);
  return new AppError(isDenied ? "AUTH_FAILED" : "UNREACHABLE", `${what}: ${said}`, { hint: "see the service's log" });
}

/** A message is preceded by whether it is compressed and by its length. */
function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

async function* messagesIn(
  pieces: AsyncIterable<Uint8Array>,
  bounds: CallBounds,
  what: string,
): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array[] = [];
  let size = 0;
  const answered = { bytes: 0, messages: 0 };
  let wanted: number | undefined;
  for await (const piece of pieces) {
    kept.push(piece);
    size += piece.length;
    while (size >= (wanted ?? prefixBytes)) {
      const bytes = kept.length === 1 ? kept[0]! : Buffer.concat(kept);
      const whole = wanted ?? prefixBytes;
      const part = bytes.subarray(0, whole);
      kept = [bytes.subarray(whole)];
      size -= whole;
      if (wanted === undefined) {
        wanted = lengthIn(part, what);
        answered.messages++;
        answered.bytes += wanted;
        requireWithin(bounds, answered, what);
      } else {
        yield part;
        wanted = undefined;
      }
    }
  }
  if (size > 0 || wanted !== undefined) throw corrupt(what, "the answer is cut off");
}

function lengthIn(prefix: Uint8Array, what: string): number {
  if (prefix[0] !== 0) throw corrupt(what, "the answer is compressed, which was not asked for");
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength).getUint32(1);
  if (length > largestMessage) throw limitExceeded(what, `${largestMessage} bytes of one message`);
  return length;
}

/** A message that goes over the bounds is refused by its prefix, before it is read. */
function requireWithin(bounds: CallBounds, answered: CallBounds, what: string): void {
  const isOften = answered.messages > bounds.messages;
  if (!isOften && answered.bytes <= bounds.bytes) return;
  const bound = isOften ? `${bounds.messages} messages` : `${bounds.bytes} bytes of messages`;
  throw new AppError("LIMIT_EXCEEDED", `${what}: more than ${bound} answer one call`, {
    hint: "check which service answers at this socket; what is really that large can be saved to a file by the service's own tools and read from there",
  });
}
