import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does wrong. `cut` ends the connection in the middle of the body, `short` states more bytes than it sends. */
export type FeedFault = "none" | "500" | "403" | "cut" | "empty" | "slow" | "wrong-content" | "redirect" | "loop";

/** A request as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly status: number;
  readonly sent: number;
  readonly range: string | undefined;
}

/** A static web server on loopback with entity tags, dates and ranges (RFC 9110), whose files and faults can be changed while it runs. */
export class FeedServer {
  readonly files = new Map<string, { bytes: Buffer; date: Date }>();
  fault: FeedFault = "none";
  /** Answers as a service that packs what it sends while it sends it: from another address, in chunks without a length, undated, with a weak entity tag and whole always. */
  packsOnTheWay = false;
  /** What it says that every file is. */
  contentType: string | undefined;
  readonly seen: SeenRequest[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  /** Starts it; the address has no slash at its end. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  put(path: string, content: string | Buffer, date = new Date("2025-03-04T05:06:07Z")): void {
    this.files.set(path, { bytes: Buffer.from(content), date });
  }

  /** Bytes of bodies sent so far. */
  get sent(): number {
    return this.seen.reduce((sum, { sent }) => sum + sent, 0);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://feed.test").pathname);
    const file = this.files.get(path);
    const end = (status: number, headers: Record<string, string | number> = {}, body: Buffer | string = "") => {
      this.seen.push({ path, status, sent: body.length, range: request.headers.range });
      response.writeHead(status, headers).end(body);
    };
    const found = file ?? this.files.get(path.replace(/^\/moved/, ""));
    const faulty: Partial<Record<FeedFault, () => void>> = {
      "500": () => end(500, {}, "the server is unwell"),
      "403": () => end(403),
      slow: () => undefined,
      loop: () => end(302, { location: path }),
      empty: () => end(200, { "content-length": 0 }),
      "wrong-content": () => end(200, {}, "<!doctype html><title>Sign in to the hotel network</title>"),
      ...(!path.startsWith("/moved") && { redirect: () => end(302, { location: `/moved${path}` }) }),
    };
    const isElsewhere = this.packsOnTheWay && !path.startsWith("/moved");
    const fault = faulty[isElsewhere && !faulty[this.fault] ? "redirect" : this.fault];
    if (fault) fault();
    else if (found === undefined) end(404, {}, "not here");
    else this.#send(request, response, path, found);
  }

  #send(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    { bytes, date }: { bytes: Buffer; date: Date },
  ): void {
    const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
    const etag = this.packsOnTheWay ? `W/${tag}` : tag;
    const headers = {
      etag,
      ...(!this.packsOnTheWay && { "last-modified": date.toUTCString(), "accept-ranges": "bytes" }),
      ...(this.contentType !== undefined && { "content-type": this.contentType }),
    };
    if (request.headers["if-none-match"] === etag) {
      this.seen.push({ path, status: 304, sent: 0, range: undefined });
      response.writeHead(304, headers).end();
      return;
    }
    const range = this.packsOnTheWay ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    const from = range && request.headers["if-range"] === etag ? Number(range[1]) : 0;
    const body = bytes.subarray(from);
    const status = from > 0 ? 206 : 200;
    const partial = from > 0 ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    const length = this.packsOnTheWay ? {} : { "content-length": body.length };
    response.writeHead(status, { ...headers, ...partial, ...length });
    const sent = this.fault === "cut" ? body.subarray(0, Math.ceil(body.length / 2)) : body;
    this.seen.push({ path, status, sent: sent.length, range: request.headers.range });
    if (this.fault !== "cut") response.end(sent);
    else response.write(sent, () => setTimeout(() => response.destroy(), 20));
  }
}
