import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** How the fake registry behaves. */
export interface FakeOciRegistryOptions {
  /** Whom it lets in: everyone, `ann` with the password `secret`, or whoever has a token of its token server, which wants the same. */
  readonly authentication?: "none" | "basic" | "bearer";
  /** PEM key and certificate; without them it answers in clear. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Files of an OCI layout: `blobs/sha256/…`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Digest of a manifest by tag. */
  readonly tags: Readonly<Record<string, string>>;
  /** Digests of what is answered as a manifest; everything else is a blob. */
  readonly manifests: readonly string[];
  /** Breaks off each answer of a blob after so many bytes. */
  readonly breaksAfter?: number;
  /** Ignores ranges. */
  readonly withoutRanges?: boolean;
  /** Answers so many requests with 503 before the first true answer. */
  readonly busy?: number;
  /** Where blobs are really kept: the origin of another server. */
  readonly blobsAt?: string;
  /** What it lists as referring to a digest, a page each; without it, the registry has no referrers API. */
  readonly referrers?: Readonly<Record<string, readonly (readonly object[])[]>>;
  /** Changes the bytes of what is answered. */
  readonly forge?: (digest: string, bytes: Uint8Array) => Uint8Array;
}

/** One request that was made. */
export interface SeenRequest {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

const password = `Basic ${Buffer.from("ann:secret").toString("base64")}`;
const token = "token-for-ann";

/** A registry that gives images out over the distribution API on loopback, for tests. Keeps what it was asked. */
export class FakeOciRegistry {
  readonly seen: SeenRequest[] = [];
  readonly #options: FakeOciRegistryOptions;
  #server: Server | undefined;
  #busy: number;

  private constructor(options: FakeOciRegistryOptions) {
    this.#options = options;
    this.#busy = options.busy ?? 0;
  }

  static async start(options: FakeOciRegistryOptions): Promise<FakeOciRegistry> {
    const registry = new FakeOciRegistry(options);
    const listener: RequestListener = (request, response) => registry.#answer(request, response);
    registry.#server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
    await new Promise<void>((resolve) => registry.#server!.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    return `127.0.0.1:${(this.#server!.address() as AddressInfo).port}`;
  }

  get origin(): string {
    return `${this.#options.tls ? "https" : "http"}://${this.host}`;
  }

  /** Digests of the blobs that were fetched, in order. */
  get blobs(): string[] {
    return this.seen.flatMap(({ line }) => /\/blobs\/(\S+)/.exec(line)?.[1] ?? []);
  }

  async stop(): Promise<void> {
    this.#server!.closeAllConnections();
    await new Promise((resolve) => this.#server!.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", this.origin);
    const { authorization, range } = request.headers;
    this.seen.push({ line: `${request.method} ${url.pathname}${url.search}`, authorization, range });
    if (url.pathname === "/token") this.#token(request, response);
    else if (!this.#admits(authorization)) this.#challenge(response);
    else if (url.pathname === "/v2/") response.end("{}");
    else if (this.#busy-- > 0) response.writeHead(503, { "retry-after": "0" }).end();
    else if (this.#options.referrers && url.pathname.includes("/referrers/")) this.#referrers(url, response);
    else this.#serve(url.pathname, range, response);
  }

  #token(request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization === password) response.end(JSON.stringify({ token }));
    else response.writeHead(401).end();
  }

  #admits(authorization: string | undefined): boolean {
    const { authentication = "none" } = this.#options;
    return authentication === "none" || authorization === (authentication === "basic" ? password : `Bearer ${token}`);
  }

  #challenge(response: ServerResponse): void {
    const how =
      this.#options.authentication === "basic"
        ? 'Basic realm="test"'
        : `Bearer realm="${this.origin}/token",service="test",scope="repository:shop/cart:pull"`;
    const errors = [{ code: "UNAUTHORIZED", message: "authentication required" }];
    response.writeHead(401, { "www-authenticate": how }).end(JSON.stringify({ errors }));
  }

  #referrers(url: URL, response: ServerResponse): void {
    const digest = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
    const pages = this.#options.referrers?.[digest] ?? [[]];
    const page = Number(url.searchParams.get("page") ?? 0);
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const more = page + 1 < pages.length ? { link: `<${url.pathname}?page=${page + 1}>; rel="next"` } : {};
    response
      .writeHead(200, { "content-type": mediaType, ...more })
      .end(JSON.stringify({ schemaVersion: 2, mediaType, manifests: pages[page] ?? [] }));
  }

  #serve(path: string, range: string | undefined, response: ServerResponse): void {
    const { files, tags, manifests, blobsAt, forge } = this.#options;
    const [, kind, reference = ""] = /^\/v2\/.+?\/(manifests|blobs)\/(.+)$/.exec(path) ?? [];
    const digest = tags[reference] ?? reference;
    const bytes = files[`blobs/${digest.replace(":", "/")}`];
    const fits = (kind === "manifests") === manifests.includes(digest);
    if (bytes === undefined || !fits) response.writeHead(404).end(JSON.stringify({ errors: [] }));
    else if (kind === "blobs" && blobsAt) response.writeHead(307, { location: `${blobsAt}${path}` }).end();
    else if (kind === "blobs") this.#blob(forge?.(digest, bytes) ?? bytes, range, response);
    else response.writeHead(200, { "docker-content-digest": digest }).end(forge?.(digest, bytes) ?? bytes);
  }

  #blob(bytes: Uint8Array, range: string | undefined, response: ServerResponse): void {
    const { breaksAfter, withoutRanges } = this.#options;
    const from = withoutRanges ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const part = bytes.subarray(from);
    const headers = { "content-length": String(part.length) };
    if (from > 0)
      response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
    else response.writeHead(200, headers);
    if (breaksAfter === undefined || part.length <= breaksAfter) response.end(part);
    else response.write(part.subarray(0, breaksAfter), () => setTimeout(() => response.destroy(), 20));
  }
}
