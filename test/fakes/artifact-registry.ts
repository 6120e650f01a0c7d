import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the fake registry behaves; may be changed while it runs. */
export interface ArtifactRegistryBehaviour {
  /** Whom it lets in: everyone, `ann` with the password `secret`, or whoever has a token for what is asked. */
  authentication?: "none" | "basic" | "bearer";
  /** Answers so many requests below a repository with this status before true answers. */
  refuses?: { status: number; times: number };
  /** Changes what is answered for a blob; undefined is a blob that it does not have. */
  forge?: (digest: string, bytes: Buffer) => Buffer | undefined;
  /** Breaks off the sending of a blob once so many were taken. */
  fullAfter?: number;
  /** Origin that it wants blobs sent to. */
  uploadsAt?: string;
  /** Never mounts. */
  withoutMount?: boolean;
}

const password = `Basic ${Buffer.from("ann:secret").toString("base64")}`;

/** A registry that takes and gives artifacts over the distribution API on loopback, for tests. Keeps what it was asked. */
export class ArtifactRegistry {
  readonly seen: string[] = [];
  readonly blobs = new Map<string, Map<string, Buffer>>();
  readonly manifests = new Map<string, Buffer>();
  behaviour: ArtifactRegistryBehaviour = {};
  #server: Server | undefined;
  #uploads = 0;

  static async start(): Promise<ArtifactRegistry> {
    const registry = new ArtifactRegistry();
    registry.#server = createServer((request, response) => void registry.#answer(request, response));
    await new Promise<void>((resolve) => registry.#server!.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** `127.0.0.1:PORT`. */
  get host(): string {
    return `127.0.0.1:${(this.#server!.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server!.closeAllConnections();
    await new Promise((resolve) => this.#server!.close(resolve));
  }

  /** Requests since the last call whose method and path fit. */
  taken(pattern: RegExp): string[] {
    return this.seen.splice(0).filter((line) => pattern.test(line));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    const body = await bodyOf(request);
    this.seen.push(`${request.method} ${url.pathname}${url.search}`);
    if (url.pathname === "/token") return this.#token(request, url, response);
    if (!this.#admits(request, url)) return this.#challenge(response);
    if (url.pathname === "/v2/") return void response.end("{}");
    const { refuses } = this.behaviour;
    if (refuses && refuses.times-- > 0) return void response.writeHead(refuses.status, { "retry-after": "0" }).end();
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+?)\/(manifests|blobs\/uploads|blobs)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === "manifests") this.#manifest(`${repository}:${reference}`, request, body, response);
    else if (kind === "blobs") this.#blob(repository, reference, request, response);
    else if (kind === "blobs/uploads") this.#upload(repository, request, url, body, response);
    else response.writeHead(404).end();
  }

  #manifest(name: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    if (request.method === "PUT") {
      this.manifests.set(name, body);
      response.writeHead(201).end();
      return;
    }
    const bytes = this.manifests.get(name);
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "application/vnd.oci.image.manifest.v1+json" }).end(bytes);
  }

  #blob(repository: string, digest: string, request: IncomingMessage, response: ServerResponse): void {
    const kept = this.blobs.get(repository)?.get(digest);
    const bytes = kept && this.behaviour.forge ? this.behaviour.forge(digest, kept) : kept;
    if (bytes === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": bytes.length }).end(request.method === "HEAD" ? undefined : bytes);
  }

  #upload(repository: string, request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const blobs = this.blobs.get(repository) ?? new Map<string, Buffer>();
    this.blobs.set(repository, blobs);
    const mounted = url.searchParams.get("mount") ?? "";
    const other = this.blobs.get(url.searchParams.get("from") ?? "")?.get(mounted);
    if (request.method === "POST" && other && !this.behaviour.withoutMount) {
      blobs.set(mounted, other);
      response.writeHead(201).end();
    } else if (request.method === "POST") {
      // Relative, and with a query of its own, as registries do.
      const location = `/v2/${repository}/blobs/uploads/${this.#uploads++}?state=x`;
      response.writeHead(202, { location: `${this.behaviour.uploadsAt ?? ""}${location}` }).end();
    } else this.#take(blobs, url.searchParams.get("digest") ?? "", body, response);
  }

  #take(blobs: Map<string, Buffer>, digest: string, body: Buffer, response: ServerResponse): void {
    const isRight = digest === `sha256:${createHash("sha256").update(body).digest("hex")}`;
    if (this.behaviour.fullAfter !== undefined && blobs.size >= this.behaviour.fullAfter)
      response.writeHead(413).end(JSON.stringify({ errors: [{ code: "DENIED", message: "quota exceeded" }] }));
    else if (!isRight) response.writeHead(400).end();
    else {
      blobs.set(digest, body);
      response.writeHead(201).end();
    }
  }

  #token(request: IncomingMessage, url: URL, response: ServerResponse): void {
    if (request.headers.authorization !== password) response.writeHead(401).end();
    else response.end(JSON.stringify({ token: encodeURIComponent(url.searchParams.get("scope") ?? "") }));
  }

  /** A token says what it was given for. */
  #admits(request: IncomingMessage, url: URL): boolean {
    const { authentication = "none" } = this.behaviour;
    const { authorization = "" } = request.headers;
    if (authentication === "none") return true;
    if (authentication === "basic") return authorization === password;
    const scope = decodeURIComponent(authorization.replace(/^Bearer /, ""));
    const repository = /^\/v2\/(.+?)\/(manifests|blobs)\//.exec(url.pathname)?.[1];
    const right = request.method === "GET" || request.method === "HEAD" ? /pull/ : /push/;
    return repository !== undefined && scope.includes(`repository:${repository}:`) && right.test(scope);
  }

  #challenge(response: ServerResponse): void {
    const { authentication } = this.behaviour;
    const how =
      authentication === "basic" ? 'Basic realm="test"' : `Bearer realm="http://${this.host}/token",service="test"`;
    const errors = [{ code: "UNAUTHORIZED", message: "authentication required" }];
    response.writeHead(401, { "www-authenticate": how }).end(JSON.stringify({ errors }));
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
