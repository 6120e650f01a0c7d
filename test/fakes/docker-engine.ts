import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the fake engine holds: inspections by name, and its answers to /info and /version. */
export interface FakeEngineState {
  readonly containers: readonly Record<string, unknown>[];
  readonly info?: Record<string, unknown>;
  readonly version?: Record<string, unknown>;
  /** Ids that are listed but gone when they are inspected. */
  readonly vanished?: readonly string[];
}

/** A container engine that speaks Docker's API on a UNIX socket of its own, for tests. */
export class FakeDockerEngine {
  readonly socket: string;
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #folder: string;

  private constructor(socket: string, folder: string, server: Server) {
    this.socket = socket;
    this.#folder = folder;
    this.#server = server;
  }

  static async start(state: FakeEngineState): Promise<FakeDockerEngine> {
    const folder = await mkdtemp(join(tmpdir(), "engine-"));
    const socket = join(folder, "docker.sock");
    const server = createServer((request, response) => {
      engine.requests.push(`${request.method} ${request.url}`);
      const { status, body } = answerTo(request.method ?? "", new URL(request.url ?? "/", "http://engine"), state);
      response.writeHead(status, { "content-type": "application/json", "api-version": "1.45" });
      response.end(JSON.stringify(body));
    });
    const engine = new FakeDockerEngine(socket, folder, server);
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    return engine;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function answerTo(method: string, url: URL, state: FakeEngineState): { status: number; body: unknown } {
  if (method !== "GET") return { status: 405, body: { message: "this engine is for reading" } };
  if (url.pathname === "/version")
    return {
      status: 200,
      body: state.version ?? { Version: "26.1.5", ApiVersion: "1.45", Components: [{ Name: "Engine" }] },
    };
  if (url.pathname === "/info")
    return { status: 200, body: state.info ?? { SecurityOptions: ["name=seccomp,profile=builtin", "name=cgroupns"] } };
  if (url.pathname === "/images/json") return { status: 200, body: [] };
  if (url.pathname === "/containers/json") {
    const all = [...state.containers.map((container) => String(container["Id"])), ...(state.vanished ?? [])];
    return { status: 200, body: url.searchParams.get("all") === "true" ? all.map((Id) => ({ Id })) : [] };
  }
  const id = /^\/containers\/([^/]+)\/json$/.exec(url.pathname)?.[1];
  const found = state.containers.find((container) => container["Id"] === id);
  return found ? { status: 200, body: found } : { status: 404, body: { message: `No such container: ${id}` } };
}
