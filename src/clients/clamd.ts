import { connect, type Socket } from "node:net";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";

/** Where a ClamAV daemon listens: a UNIX socket or a TCP port. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/** What the daemon says of a stream: nothing known, a signature that matched, or why it did not look. */
export type ClamdVerdict =
  | { readonly status: "clean" }
  | { readonly status: "found"; readonly signature: string }
  | { readonly status: "refused"; readonly reason: string };

/** How long to wait, in milliseconds. */
export interface ClamdPatience {
  /** For the connection and for answers to PING and VERSION. */
  readonly connect: number;
  /** For the verdict on one stream; the daemon itself gives up after `MaxScanTime` (clamd.conf(5), 120 seconds). */
  readonly scan: number;
}

const usualPatience: ClamdPatience = { connect: 5_000, scan: 130_000 };
const usualPort = 3_310;
/** Bytes of one chunk; any length below StreamMaxLength will do. */
const chunkBytes = 128 * 1024;
const longestReply = 4_096;
const tooLong = "larger than the daemon takes (StreamMaxLength)";
const hint = "start clamd, and let whoever runs Plimsoll use its socket";

/** The connection ended before the answer did. */
class BrokenOff extends AppError {
  /** Whether the daemon closed it with bytes of ours unread: tcp(7) and unix(7) tell that to the writer as EPIPE or ECONNRESET. */
  readonly leftBytesUnread: boolean;
  constructor(name: string, why: string, code?: string) {
    super("UNREACHABLE", `ClamAV daemon ${name}: ${why}`, { hint });
    this.leftBytesUnread = code === "EPIPE" || code === "ECONNRESET";
  }
}

/** Reads `unix:/path` or `tcp:host[:port]` (port 3310 where none is told). Throws `CONFIG_INVALID`. */
export function parseClamdAddress(text: string): ClamdAddress {
  const [, path] = /^unix:(?:\/\/)?(\/.+)$/.exec(text) ?? [];
  if (path !== undefined) return { path };
  const [, bracketed, plain, port] =
    /^tcp:(?:\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? usualPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535)
    throw new AppError("CONFIG_INVALID", `${text}: is no address of a ClamAV daemon`, {
      hint: "write unix:/run/clamav/clamd.ctl or tcp:HOST:3310",
    });
  return { host, port: number };
}

/**
 * A client of clamd(8), one connection a command, in the form with NUL at the end (clamd(8), "COMMANDS"). The bytes of a file go over the
 * connection, so that the daemon needs no right to read it and may run elsewhere.
 */
export class Clamd {
  readonly #address: ClamdAddress;
  readonly #patience: ClamdPatience;
  /** The address as a person would write it. */
  readonly name: string;

  constructor(address: ClamdAddress, patience: Partial<ClamdPatience> = {}) {
    this.#address = address;
    this.#patience = { ...usualPatience, ...patience };
    this.name = "path" in address ? `unix:${address.path}` : `tcp:${address.host}:${address.port}`;
  }

  /** Whether it answers. Throws `UNREACHABLE` where nothing does, `CORRUPT_INPUT` where something else than a ClamAV daemon does. */
  async ping(): Promise<void> {
    const answer = await this.#ask("PING");
    if (answer !== "PONG") throw corrupt(this.name, `answers PING with ${shown(answer)}: that is no ClamAV daemon`);
  }

  /** Its version and, where it has a signature database of its makers, that one's number and date: `ClamAV 1.4.3/27811/Mon Nov  3 09:00:00 2026`. */
  async version(): Promise<string> {
    const answer = await this.#ask("VERSION");
    if (!/^ClamAV\b/.test(answer)) throw corrupt(this.name, `answers VERSION with ${shown(answer)}`);
    return answer.slice(0, 200);
  }

  /** Sends bytes and gives the verdict. Throws `UNREACHABLE` where the daemon breaks off or is silent for too long, `CORRUPT_INPUT` for an answer that is none. */
  async scan(bytes: Uint8Array): Promise<ClamdVerdict> {
    const first = await this.#stream(bytes);
    if (first !== undefined) return first;
    // It closes the connection on streams that are too long, often before its reason can be read. Twice, and alive between: that is what it means.
    await this.ping();
    return (await this.#stream(bytes)) ?? { status: "refused", reason: tooLong };
  }

  /** The verdict; undefined where the daemon closed the connection before it had read everything. */
  async #stream(bytes: Uint8Array): Promise<ClamdVerdict | undefined> {
    let isSent = false;
    const pieces = function* () {
      yield* chunksOf(bytes);
      isSent = true;
    };
    try {
      return this.#verdict(await this.#exchange("INSTREAM", this.#patience.scan, pieces()));
    } catch (error) {
      // What was handed to the kernel need not have been read. No daemon is set to take less than one chunk: there it is a fault.
      const isUnread = error instanceof BrokenOff && (!isSent || error.leftBytesUnread);
      if (isUnread && bytes.length > chunkBytes) return undefined;
      throw error;
    }
  }

  #verdict(answer: string): ClamdVerdict {
    if (answer === "stream: OK") return { status: "clean" };
    const [, signature] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
    if (signature !== undefined) return { status: "found", signature };
    const [, error] = /^(?:stream: )?(.+?)\.? ERROR$/.exec(answer) ?? [];
    if (error === undefined) throw corrupt(this.name, `answers INSTREAM with ${shown(answer)}`);
    return { status: "refused", reason: /size limit exceeded/i.test(error) ? tooLong : shown(error) };
  }

  #ask(command: string): Promise<string> {
    return this.#exchange(command, this.#patience.connect, []);
  }

  async #exchange(command: string, patience: number, pieces: Iterable<Uint8Array>): Promise<string> {
    const socket = await this.#open();
    try {
      const reply = replyOf(socket, this.name, patience);
      // A refusal may come before everything is sent, and the connection ends with it.
      const sending = send(socket, command, pieces);
      return await Promise.race([reply, sending.then(() => reply)]);
    } finally {
      socket.destroy();
    }
  }

  #open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#address);
      const fail = (why: string) => {
        socket.destroy();
        reject(unreachable(this.name, why));
      };
      socket.setTimeout(this.#patience.connect, () => fail("no connection in time"));
      socket.once("error", (error) => fail(messageOf(error) || String((error as NodeJS.ErrnoException).code)));
      socket.once("connect", () => {
        socket.removeAllListeners("error");
        socket.removeAllListeners("timeout");
        socket.setTimeout(0);
        resolve(socket);
      });
    });
  }
}

/** Everything up to the NUL that ends an answer. */
function replyOf(socket: Socket, name: string, patience: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(unreachable(name, `no answer within ${patience} ms`)), patience);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
      const end = text.indexOf("\0");
      if (end >= 0) settle(() => resolve(text.slice(0, end).trim()));
      else if (text.length > longestReply)
        settle(() => reject(limitExceeded(`answer of ${name}`, `${longestReply} bytes`)));
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      settle(() => reject(new BrokenOff(name, messageOf(error), error.code))),
    );
    socket.on("close", () => settle(() => reject(new BrokenOff(name, "the connection ended before the answer did"))));
  });
}

/** Never fails: what goes wrong with the connection is told by the answer that does not come. */
async function send(socket: Socket, command: string, pieces: Iterable<Uint8Array>): Promise<void> {
  socket.write(`z${command}\0`);
  for (const piece of pieces) {
    if (socket.destroyed || socket.errored !== null) return;
    if (!socket.write(piece)) await drained(socket);
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ["drain", "close", "error"]) socket.off(event, done);
      resolve();
    };
    for (const event of ["drain", "close", "error"]) socket.once(event, done);
  });
}

/** Each chunk with its length before it (32 bits, network order), and a chunk of no length at the end. */
function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    yield lengthOf(chunk.length);
    yield chunk;
  }
  yield lengthOf(0);
}

function lengthOf(count: number): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(count);
  return length;
}

function unreachable(name: string, why: string): AppError {
  return new AppError("UNREACHABLE", `ClamAV daemon ${name}: ${why}`, { hint });
}

function shown(answer: string): string {
  return JSON.stringify(answer.replace(/[^\x20-\x7e]/g, "?").slice(0, 100));
}
