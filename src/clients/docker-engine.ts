import type { Agent } from "undici";
import { AppError, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { type HttpAnswer, http, jsonOf } from "./http.ts";
import { socketDispatcher } from "./socket-dispatcher.ts";

/** Inspections that are asked for at a time. */
const concurrency = 8;

/** A container engine with Docker's API (Docker, Podman) on a UNIX socket. Reads only. Source: Docker Engine API v1.41. */
export class DockerEngine {
  readonly socket: string;
  readonly #dispatcher: Agent;

  constructor(socket: string) {
    this.socket = socket;
    this.#dispatcher = socketDispatcher(socket);
  }

  /** What `GET /version` answers. */
  version(signal?: AbortSignal): Promise<unknown> {
    return this.#json("/version", signal);
  }

  /** What `GET /info` answers. */
  info(signal?: AbortSignal): Promise<unknown> {
    return this.#json("/info", signal);
  }

  /** What `GET /images/json` answers: one entry an image. */
  async images(signal?: AbortSignal): Promise<readonly unknown[]> {
    return listOf(await this.#json("/images/json", signal), "/images/json");
  }

  /** The inspection of every container, stopped ones included, one request each; those that vanish meanwhile are left out. */
  async *containers(signal?: AbortSignal): AsyncGenerator<unknown> {
    const listed = listOf(await this.#json("/containers/json?all=true", signal), "/containers/json");
    if (listed.length > limits.records) throw limitExceeded(this.socket, `${limits.records} containers`);
    const ids = listed.map(idOf);
    for (let start = 0; start < ids.length; start += concurrency) {
      const some = await Promise.all(ids.slice(start, start + concurrency).map((id) => this.#inspect(id, signal)));
      yield* some.filter((inspection) => inspection !== undefined);
    }
  }

  async #inspect(id: string, signal: AbortSignal | undefined): Promise<unknown> {
    const path = `/containers/${encodeURIComponent(id)}/json`;
    const answer = await this.#get(path, signal);
    return answer.status === 404 ? undefined : jsonOf(accepted(answer, path), path);
  }

  async #json(path: string, signal: AbortSignal | undefined): Promise<unknown> {
    return jsonOf(accepted(await this.#get(path, signal), path), path);
  }

  async #get(path: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    try {
      return await http(`http://engine${path}`, {
        dispatcher: this.#dispatcher,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "UNREACHABLE") throw error;
      const isDenied = /EACCES|EPERM/.test(error.message);
      throw new AppError(
        isDenied ? "AUTH_FAILED" : "UNREACHABLE",
        `container engine at ${this.socket}: ${error.message.replace(/^\S+ /, "")}`,
        {
          hint: isDenied
            ? "run as root, or as a member of the socket's group"
            : "is the engine running? Name its socket: /var/run/docker.sock, /run/podman/podman.sock",
          cause: error,
        },
      );
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#dispatcher.close();
  }
}

function accepted(answer: HttpAnswer, path: string): HttpAnswer {
  if (answer.status === 200) return answer;
  const text = Buffer.from(answer.body.subarray(0, 300)).toString("utf8");
  throw new AppError(
    answer.status === 401 || answer.status === 403 ? "AUTH_FAILED" : "UNREACHABLE",
    `container engine: ${path} answered ${answer.status}: ${text}`,
  );
}

function listOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new AppError("CORRUPT_INPUT", `container engine: ${path} answered no list`);
}

function idOf(entry: unknown): string {
  if (typeof entry === "object" && entry !== null && "Id" in entry && typeof entry.Id === "string") return entry.Id;
  throw new AppError("CORRUPT_INPUT", "container engine: a listed container has no Id");
}
