import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** How the fake registry behaves. */
export interface FakeRegistryOptions {
  /** Whom it lets in: everyone, those with a password, those with a token of the token server below `/token`. */
  readonly authentication?: "none" | "basic" | "bearer";
  /** Scopes for which its token server gives strangers a token: `pull`, `push`, `catalog`. */
  readonly strangersMay?: readonly ("pull" | "push" | "catalog")[];
  /** PEM key and certificate; without them it answers in clear. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly repositories?: readonly string[];
}

/** A registry that speaks the distribution API on loopback, for tests. Keeps what it was asked. */
export class FakeRegistry {
  readonly requests: string[] = [];
  /** Uploads that were begun and not cancelled. */
  readonly uploads = new Set<string>();
  readonly #options: FakeRegistryOptions;
  #server: Server | undefined;

  private constructor(options: FakeRegistryOptions) {
    this.#options = options;
  }

  static async start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
    const registry = new FakeRegistry(options);
    const listener: RequestListener = (request, response) => registry.#answer(request, response);
    registry.#server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
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

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    this.requests.push(`${request.method} ${url.pathname}`);
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    const needed = neededRight(request.method ?? "", url.pathname);
    if (url.pathname === "/token") this.#token(url, response);
    else if (this.#admits(request, needed)) this.#serve(request.method ?? "", url, response);
    else this.#challenge(response);
  }

  #token(url: URL, response: ServerResponse): void {
    const scope = url.searchParams.get("scope") ?? "";
    const wanted = scope.startsWith("registry:catalog") ? ["catalog"] : (scope.split(":").at(-1) ?? "").split(",");
    const granted = wanted.filter((right) =>
      (this.#options.strangersMay as readonly string[] | undefined)?.includes(right),
    );
    json(response, 200, { token: granted.join(".") || "nothing" });
  }

  #admits(request: IncomingMessage, right: string): boolean {
    const { authentication = "none" } = this.#options;
    if (authentication === "none") return true;
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1];
    return authentication === "bearer" && right !== "base" && token?.split(".").includes(right) === true;
  }

  #challenge(response: ServerResponse): void {
    const scheme = this.#options.tls ? "https" : "http";
    response.setHeader(
      "www-authenticate",
      this.#options.authentication === "basic"
        ? 'Basic realm="fake"'
        : `Bearer realm="${scheme}://${this.host}/token",service="fake"`,
    );
    json(response, 401, { errors: [{ code: "UNAUTHORIZED" }] });
  }

  #serve(method: string, url: URL, response: ServerResponse): void {
    const repositories = this.#options.repositories ?? ["shop/cart"];
    const [, repository, rest] = /^\/v2\/(.+?)\/(tags\/list|blobs\/uploads\/.*)$/.exec(url.pathname) ?? [];
    if (url.pathname === "/v2/") json(response, 200, {});
    else if (url.pathname === "/v2/_catalog") json(response, 200, { repositories });
    else if (repository === undefined) json(response, 404, { errors: [{ code: "NAME_UNKNOWN" }] });
    else if (rest === "tags/list")
      json(response, repositories.includes(repository) ? 200 : 404, { name: repository, tags: ["1.0"] });
    else if (method === "POST") this.#begin(repository, response);
    else json(response, method === "DELETE" && this.uploads.delete(url.pathname) ? 204 : 404, {});
  }

  #begin(repository: string, response: ServerResponse): void {
    const upload = `/v2/${repository}/blobs/uploads/${this.uploads.size + 1}`;
    this.uploads.add(upload);
    response.setHeader("location", upload);
    json(response, 202, {});
  }
}

function neededRight(method: string, path: string): string {
  if (path === "/v2/") return "base";
  if (path === "/v2/_catalog") return "catalog";
  return method === "GET" || method === "HEAD" ? "pull" : "push";
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
