import { setTimeout as wait } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { AppError, messageOf } from "../core/errors.ts";
import type { RepositoryOptions } from "./oci-registry.ts";
import { outsideDispatcher } from "./outside.ts";
import { RegistryAccess } from "./registry-access.ts";
import { findCredentials } from "./registry-credentials.ts";

/** Times that a request is sent before a server that is busy or breaks off is given up. */
const attempts = 5;
/** Milliseconds before the second attempt; each further one waits twice as long. */
const firstPause = 200;
/** Seconds that a server may ask us to wait. */
const longestPause = 30;
/** Characters of an error's answer that are read. */
const errorText = 4_096;

/** How a repository is written to. */
export interface UploadOptions extends RepositoryOptions {
  /** Another repository of the same registry whose blobs may be taken over without sending them. */
  readonly mountFrom?: string | undefined;
}

/**
 * Connects to a repository of a registry to write to it (OCI distribution-spec, "Push"), with the credentials of `findCredentials`. Over TLS, or in clear
 * where the host is this machine or PLIMSOLL_PLAIN_HTTP lists it. Throws `UNREACHABLE` where no registry answers. Close it when done.
 */
export async function openUpload(
  host: string,
  repository: string,
  options: UploadOptions = {},
): Promise<RepositoryUpload> {
  const { environment = process.env, signal, mountFrom } = options;
  const found = await findCredentials(host, repository, environment);
  const dispatcher = await outsideDispatcher(host, environment);
  try {
    const listed = (environment["PLIMSOLL_PLAIN_HTTP"] ?? "").split(",").map((name) => name.trim());
    const origin = await originOf(host, listed.includes(host), dispatcher, signal);
    const scopes = [`repository:${repository}:pull,push`, ...(mountFrom ? [`repository:${mountFrom}:pull`] : [])];
    const access = new RegistryAccess({
      host,
      plain: origin.protocol === "http:",
      scope: scopes.join(" "),
      found,
      dispatcher,
      signal,
    });
    return new RepositoryUpload({ name: `${host}/${repository}`, repository, origin, access, dispatcher, signal });
  } catch (error) {
    await dispatcher.close();
    throw error;
  }
}

interface Connection {
  readonly name: string;
  readonly repository: string;
  readonly origin: URL;
  readonly access: RegistryAccess;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal | undefined;
}

interface Message {
  readonly method: "HEAD" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Whose failure it is, in errors. */
  readonly what: string;
  /** Statuses that answer the question; everything else is an error. */
  readonly expected: readonly number[];
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
}

/** One repository of a registry, to write to. Errors: `AUTH_FAILED`, `UNREACHABLE`. */
export class RepositoryUpload {
  readonly #connection: Connection;
  /** As in references, without tag: `registry.example/shop/cart`. */
  readonly name: string;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.name = connection.name;
  }

  /** Whether the repository holds a blob. */
  async has(digest: string): Promise<boolean> {
    const what = `${this.name}: blob ${digest}`;
    const url = this.#url(`blobs/${digest}`);
    // A registry that keeps its blobs elsewhere redirects there for those that it has.
    const { status } = await this.#send({ method: "HEAD", url, what, expected: [200, 404, 302, 303, 307, 308] });
    return status !== 404;
  }

  /** Takes over a blob of another repository of the same registry; false where that cannot be done and it has to be sent. */
  async mount(digest: string, from: string): Promise<boolean> {
    const url = this.#url(`blobs/uploads/?mount=${digest}&from=${encodeURIComponent(from)}`);
    const { status } = await this.#send({
      method: "POST",
      url,
      what: `${this.name}: blob ${digest}`,
      expected: [201, 202, 400, 404, 405],
    });
    return status === 201;
  }

  /** Sends a blob whole (distribution-spec, "POST then PUT"). */
  async send(digest: string, bytes: Uint8Array): Promise<void> {
    const what = `${this.name}: blob ${digest}`;
    const begun = await this.#send({ method: "POST", url: this.#url("blobs/uploads/"), what, expected: [202] });
    const url = this.#uploadUrl(begun.location, what);
    url.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    await this.#send({ method: "PUT", url, headers, body: bytes, what, expected: [201] });
  }

  /** Puts a manifest under a tag. */
  async tag(tag: string, mediaType: string, bytes: Uint8Array): Promise<void> {
    const headers = { "content-type": mediaType };
    const what = `${this.name}: manifest ${tag}`;
    await this.#send({
      method: "PUT",
      url: this.#url(`manifests/${tag}`),
      headers,
      body: bytes,
      what,
      expected: [201],
    });
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#connection.dispatcher.close();
  }

  #url(path: string): URL {
    const { origin, repository } = this.#connection;
    return new URL(`/v2/${repository}/${path}`, origin);
  }

  /** Where the registry wants the bytes: on its own origin, or on another over TLS. */
  #uploadUrl(location: string | undefined, what: string): URL {
    const { origin } = this.#connection;
    const url =
      location !== undefined && URL.canParse(location, origin.href) ? new URL(location, origin.href) : undefined;
    if (url !== undefined && (url.origin === origin.origin || url.protocol === "https:")) return url;
    throw new AppError("UNREACHABLE", `${what}: the registry names no address to send it to`, {
      hint: "the registry or a proxy before it is set up wrongly",
    });
  }

  /** Sends a message, meets what the registry asks for and waits where it is busy. */
  async #send(message: Message): Promise<Answer> {
    const { access } = this.#connection;
    let isMet = false;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(message, attempt);
      if (answer !== undefined) {
        const { statusCode: status, headers } = answer;
        const said = await errorOf(answer);
        if (message.expected.includes(status)) return { status, location: firstOf(headers["location"]) };
        if (status === 401 && !isMet && (await access.meet(firstOf(headers["www-authenticate"]) ?? ""))) {
          isMet = true;
          attempt -= 1;
          continue;
        }
        if (status === 401 || status === 403) throw access.refused(message.what, said);
        if (!isPassing(status) || attempt >= attempts)
          throw new AppError("UNREACHABLE", `${message.what}: the registry answered ${said}`, {
            hint: hintFor(status),
          });
      }
      await this.#pause(attempt, firstOf(answer?.headers["retry-after"]));
    }
  }

  /** Undefined where the connection failed and another attempt is worth while. */
  async #attempt(message: Message, attempt: number): Promise<Dispatcher.ResponseData | undefined> {
    const { access, origin, dispatcher, signal } = this.#connection;
    const { method, url, headers = {}, body, what } = message;
    const authorization = url.origin === origin.origin ? access.authorization : undefined;
    try {
      return await request(url, {
        method,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
        // Without this a connection would be closed after each HEAD, of which there are hundreds.
        reset: false,
        dispatcher,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (attempt >= attempts || signal?.aborted || ["ENOTFOUND", "ECONNREFUSED"].includes(codeOf(error)))
        throw unreachable(what, error);
      return undefined;
    }
  }

  async #pause(attempt: number, retryAfter: string | undefined): Promise<void> {
    const asked = Math.min(Number(retryAfter ?? Number.NaN), longestPause) * 1_000;
    const { signal } = this.#connection;
    await wait(asked >= 0 ? asked : firstPause * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
  }
}

/** A host that only speaks TLS never gets a request in clear, except on this machine or where it is listed. */
async function originOf(
  host: string,
  isPlain: boolean,
  dispatcher: Dispatcher,
  signal: AbortSignal | undefined,
): Promise<URL> {
  const server = host === "docker.io" ? "registry-1.docker.io" : host;
  if (isPlain) return answering(new URL(`http://${server}`), dispatcher, signal);
  try {
    return await answering(new URL(`https://${server}`), dispatcher, signal);
  } catch (error) {
    const code = error instanceof AppError ? codeOf(error.cause) : "";
    const speaksNoTls = code.startsWith("ERR_SSL") || ["EPROTO", "ECONNRESET", "UND_ERR_SOCKET"].includes(code);
    const isThisMachine = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(server);
    if (!isThisMachine || !speaksNoTls) throw error;
    return answering(new URL(`http://${server}`), dispatcher, signal);
  }
}

async function answering(origin: URL, dispatcher: Dispatcher, signal: AbortSignal | undefined): Promise<URL> {
  const what = `registry ${origin.host}`;
  const url = new URL("/v2/", origin);
  const answer = await request(url, { dispatcher, ...(signal === undefined ? {} : { signal }) }).catch(
    (error: unknown) => {
      throw unreachable(what, error);
    },
  );
  await answer.body.dump();
  if ([200, 401, 403, 429].includes(answer.statusCode) || answer.statusCode >= 500) return origin;
  throw new AppError("UNREACHABLE", `${what}: /v2/ answered ${answer.statusCode}, which is no registry's answer`, {
    hint: "check host and port: registry.example:5000/shop/cart:1.4",
  });
}

function unreachable(what: string, error: unknown): AppError {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return new AppError("UNREACHABLE", `${what}: ${messageOf(first) || codeOf(error)}`, {
    hint: "check the name, that the registry runs, its certificate, and HTTPS_PROXY and NO_PROXY where a proxy leads outside",
    cause: error,
  });
}

function codeOf(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && "code" in first ? String(first.code) : "";
}

/** The status and, where it is told in the form of the specification, the reason. */
async function errorOf(answer: Dispatcher.ResponseData): Promise<string> {
  const text = await answer.body.text().catch(() => "");
  const [, reason] = /"message"\s*:\s*"([^"\\]{1,200})"/.exec(text.slice(0, errorText)) ?? [];
  return reason === undefined ? String(answer.statusCode) : `${answer.statusCode}, ${reason}`;
}

function isPassing(status: number): boolean {
  return status === 429 || status === 408 || status >= 500;
}

function hintFor(status: number): string {
  if (status === 429) return "the registry limits how often it may be asked: log in, or try again later";
  return status >= 500 ? "the registry is in trouble: try again later" : "check the reference and your right to push";
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
