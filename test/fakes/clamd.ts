import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes after which a daemon that leaves the end reads no further. */
const leftFrom = 900_000;

/** How a fake daemon misbehaves. */
export type ClamdFault = "silent" | "closes" | "garbage" | "endless" | "cut" | "breaks-off" | "leaves-the-end";

/** What a fake daemon knows and does. */
export interface FakeClamdOptions {
  /** Names by a word that the content holds. */
  readonly signatures?: Readonly<Record<string, string>>;
  readonly version?: string;
  /** Bytes of one stream beyond which it refuses, as StreamMaxLength does. */
  readonly streamMaxLength?: number;
}

/** A daemon that speaks clamd's protocol on a UNIX socket. `fault` may be set at any time. */
export class FakeClamd {
  readonly path: string;
  readonly commands: string[] = [];
  fault: ClamdFault | undefined;
  /** What it answers to every command instead, as it stands. */
  answer: Uint8Array | undefined;
  /** Streams after which it stops answering and listening. */
  diesAfter = Number.POSITIVE_INFINITY;
  readonly #options: FakeClamdOptions;
  readonly #server: Server;
  readonly #folder: string;
  readonly #sockets = new Set<Socket>();
  #streams = 0;

  private constructor(folder: string, options: FakeClamdOptions) {
    this.#folder = folder;
    this.path = join(folder, "clamd.ctl");
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(options: FakeClamdOptions = {}): Promise<FakeClamd> {
    const fake = new FakeClamd(await mkdtemp(join(tmpdir(), "fake-clamd-")), options);
    await new Promise<void>((resolve) => fake.#server.listen(fake.path, resolve));
    return fake;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (this.#streams >= this.diesAfter) {
      socket.destroy();
      return;
    }
    let input = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      input = Buffer.concat([input, piece]);
      this.#answer(socket, input);
    });
  }

  #answer(socket: Socket, input: Buffer): void {
    const end = input.indexOf(0);
    if (end < 0) return;
    const command = input.toString("latin1", 0, end);
    if (this.answer !== undefined) {
      socket.end(this.answer);
      return;
    }
    const isStreamFault = this.fault === "breaks-off" || this.fault === "leaves-the-end";
    if (this.fault !== undefined && (!isStreamFault || command === "zINSTREAM")) {
      this.#misbehave(socket, this.fault, input.length);
      return;
    }
    if (command === "zPING") this.#reply(socket, command, "PONG");
    else if (command === "zVERSION")
      this.#reply(socket, command, this.#options.version ?? "ClamAV 1.4.3/27811/Mon Nov  3 09:00:00 2026");
    else if (command === "zINSTREAM") this.#stream(socket, input.subarray(end + 1));
    else this.#reply(socket, command, "UNKNOWN COMMAND");
  }

  #stream(socket: Socket, input: Buffer): void {
    const pieces: Buffer[] = [];
    let total = 0;
    for (let at = 0; at + 4 <= input.length; ) {
      const length = input.readUInt32BE(at);
      if (length === 0) {
        this.#reply(socket, "zINSTREAM", this.#verdict(Buffer.concat(pieces)));
        this.#streams++;
        return;
      }
      total += length;
      if (total > (this.#options.streamMaxLength ?? 25e6)) {
        this.#reply(socket, "zINSTREAM", "INSTREAM size limit exceeded. ERROR");
        return;
      }
      if (at + 4 + length > input.length) return;
      pieces.push(input.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
  }

  #verdict(content: Buffer): string {
    const found = Object.entries(this.#options.signatures ?? {}).find(([word]) => content.includes(word));
    return found === undefined ? "stream: OK" : `stream: ${found[1]} FOUND`;
  }

  #reply(socket: Socket, command: string, text: string): void {
    this.commands.push(command);
    socket.end(`${text}\0`);
  }

  #misbehave(socket: Socket, fault: ClamdFault, received: number): void {
    if (fault === "closes" || fault === "breaks-off") socket.destroy();
    else if (fault === "garbage") socket.end("HTTP/1.1 400 Bad Request\r\n\r\n\0");
    else if (fault === "endless") socket.write("x".repeat(100_000));
    else if (fault === "cut") socket.end("stream: O");
    else if (fault === "leaves-the-end" && received > leftFrom) {
      // Long enough for the rest to lie in the kernel's buffer.
      socket.pause();
      setTimeout(() => socket.destroy(), 10);
    }
  }
}
