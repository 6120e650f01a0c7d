import { setTimeout as wait } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { outsideDispatcher } from "./outside.ts";
import { RegistryAccess } from "./registry-access.ts";
import { type Environment, findCredentials } from "./registry-credentials.ts";

/** Media types of all manifests that an image may have (OCI image-spec media-types.md; Docker image manifest v2). */
const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const indexType = "application/vnd.oci.image.index.v1+json";
/** How registries of before OCI 1.1 answer what they do not know. */
const withoutReferrers = [400, 404, 405, 501];

/** Times that a request is sent before a server that is busy or breaks off is given up. */
const attempts = 5;
/** Milliseconds before the second attempt; each further one waits twice as long. */
const firstPause = 200;
/** Seconds that a server may ask us to wait. */
const longestPause = 30;
const redirects = 5;
/** Bytes of an error's answer that are read. */
const errorBytes = 4_096;

/** How a registry is spoken to. */
export interface RepositoryOptions {
  readonly environment?: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** A document as the registry answered it. */
export interface FetchedManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string | undefined;
  /** What the registry says its digest is; to be verified. */
  readonly statedDigest: string | undefined;
}

/**
 * Connects to a repository of a registry (OCI distribution specification): over TLS, or in clear where the host is this machine or
 * PLIMSOLL_PLAIN_HTTP lists it. Throws `UNREACHABLE` where no registry answers, `CONFIG_INVALID` for damaged credential files. Close it when done.
 */
export async function openRepository(
  host: string,
  repository: string,
  options: RepositoryOptions = {},
): Promise<Repository> {
  const { environment = process.env, signal } = options;
  const found = await findCredentials(host, repository, environment);
  const dispatcher = await outsideDispatcher(host, environment);
  try {
    const origin = await originOf(host, environment, dispatcher, signal);
    const plain = origin.protocol === "http:";
    const access = new RegistryAccess({
      host,
      plain,
      scope: `repository:${repository}:pull`,
      found,
      dispatcher,
      signal,
    });
    return new Repository({ host, repository, origin, access, dispatcher, signal });
  } catch (error) {
    await dispatcher.close();
    throw error;
  }
}

interface Connection {
  readonly host: string;
  readonly repository: string;
  readonly origin: URL;
  readonly access: RegistryAccess;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal | undefined;
}

/** One repository of a registry, read only. */
export class Repository {
  readonly #connection: Connection;
  /** As in references, without tag: `registry.example/shop/cart`. */
  readonly name: string;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.name = `${connection.host}/${connection.repository}`;
  }

  /** The manifest or index of a tag or digest; undefined where there is none. Its digest is not verified here. */
  async manifest(reference: string): Promise<FetchedManifest | undefined> {
    const what = `${this.name}: manifest ${reference}`;
    const answer = await this.#get(`manifests/${reference}`, { accept: manifestTypes }, what);
    if (answer.statusCode === 404) return this.#absent(answer);
    return {
      bytes: await bodyWithin(answer, limits.imageDocument, what),
      mediaType: firstOf(answer.headers["content-type"]),
      statedDigest: firstOf(answer.headers["docker-content-digest"]),
    };
  }

  /**
   * The manifests that say they are about another one, as the pages of an index (distribution-spec, "Listing Referrers"); undefined where the
   * registry keeps no such list, as of before OCI 1.1: then the tag `sha256-HEX` may have it. Throws `LIMIT_EXCEEDED` for a list without end.
   */
  async referrers(digest: string): Promise<readonly Uint8Array[] | undefined> {
    const what = `${this.name}: referrers of ${digest}`;
    const pages: Uint8Array[] = [];
    let path: string | undefined = `referrers/${digest}`;
    while (path !== undefined) {
      const answer: Dispatcher.ResponseData = await this.#get(path, { accept: indexType }, what, withoutReferrers);
      if (withoutReferrers.includes(answer.statusCode)) return pages.length > 0 ? pages : this.#absent(answer);
      // A registry that does not know the path may answer with its own page.
      if (!/json/i.test(firstOf(answer.headers["content-type"]) ?? "json")) return this.#absent(answer);
      if (pages.length >= limits.referrerPages) throw limitExceeded(what, `${limits.referrerPages} pages`);
      pages.push(await bodyWithin(answer, limits.imageDocument, what));
      path = this.#nextPage(firstOf(answer.headers["link"]));
    }
    return pages;
  }

  /** `<…>; rel="next"`: a page of the same repository; another address is not followed. */
  #nextPage(link: string | undefined): string | undefined {
    const [, target] = /<([^<>]+)>\s*;\s*rel="?next"?/.exec(link ?? "") ?? [];
    const { origin, repository } = this.#connection;
    if (target === undefined || !URL.canParse(target, origin.href)) return undefined;
    const url = new URL(target, origin);
    const base = `/v2/${repository}/`;
    if (url.origin !== origin.origin || !url.pathname.startsWith(base)) return undefined;
    return `${url.pathname.slice(base.length)}${url.search}`;
  }

  /**
   * The bytes of a blob. Where the connection breaks, the rest is asked for. Its digest is not verified here. A blob that is not there is
   * `TARGET_NOT_FOUND`, a connection that breaks again and again `UNREACHABLE`.
   */
  async *blob(digest: string): AsyncGenerator<Uint8Array, void, undefined> {
    const what = `${this.name}: blob ${digest}`;
    let at = 0;
    for (let failures = 0; ; ) {
      const answer = await this.#get(`blobs/${digest}`, at === 0 ? {} : { range: `bytes=${at}-` }, what);
      if (answer.statusCode === 404) {
        await answer.body.dump();
        throw new AppError("TARGET_NOT_FOUND", `${what}: the registry does not hold it`, {
          hint: "the image is incomplete in the registry: push it again",
        });
      }
      try {
        for await (const piece of restOf(answer, at, what)) {
          at += piece.length;
          failures = 0;
          yield piece;
        }
        return;
      } catch (error) {
        if (error instanceof AppError) throw error;
        failures += 1;
        if (failures >= attempts) throw this.#unreachable(what, error);
        await this.#pause(failures, undefined);
      }
    }
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#connection.dispatcher.close();
  }

  async #absent(answer: Dispatcher.ResponseData): Promise<undefined> {
    await answer.body.dump();
    return undefined;
  }

  /** Sends a request, meets what the registry asks for and waits where it is busy. Answers 200, 206 or what means that it is not there. */
  async #get(
    path: string,
    headers: Record<string, string>,
    what: string,
    absent: readonly number[] = [404],
  ): Promise<Dispatcher.ResponseData> {
    const { origin, repository, access } = this.#connection;
    const url = new URL(`/v2/${repository}/${path}`, origin);
    let isMet = false;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(url, headers, what, attempt);
      if (answer !== undefined) {
        const { statusCode } = answer;
        if (statusCode === 200 || statusCode === 206 || absent.includes(statusCode)) return answer;
        const said = await errorOf(answer);
        if (statusCode === 401 && !isMet && (await access.meet(firstOf(answer.headers["www-authenticate"]) ?? ""))) {
          isMet = true;
          attempt -= 1;
          continue;
        }
        if (statusCode === 401 || statusCode === 403) throw access.refused(what, said);
        if (!isPassing(statusCode) || attempt >= attempts)
          throw new AppError("UNREACHABLE", `${what}: the registry answered ${said}`, { hint: hintFor(statusCode) });
      }
      await this.#pause(attempt, firstOf(answer?.headers["retry-after"]));
    }
  }

  /** One attempt; undefined where the connection failed and another attempt is worth while. */
  async #send(
    url: URL,
    headers: Record<string, string>,
    what: string,
    attempt: number,
  ): Promise<Dispatcher.ResponseData | undefined> {
    try {
      return await this.#follow(url, headers, what);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (attempt >= attempts || this.#connection.signal?.aborted || !isBrokenOff(error))
        throw this.#unreachable(what, error);
      return undefined;
    }
  }

  /** Follows redirects. Once one leaves the registry's origin, the authorization stays behind for good. */
  async #follow(from: URL, headers: Record<string, string>, what: string): Promise<Dispatcher.ResponseData> {
    const { dispatcher, access, signal, origin } = this.#connection;
    let url = from;
    let isHome = true;
    for (let step = 0; step <= redirects; step++) {
      isHome &&= url.origin === origin.origin;
      const { authorization } = access;
      const answer = await request(url, {
        headers: { ...headers, ...(isHome && authorization !== undefined ? { authorization } : {}) },
        dispatcher,
        ...(signal === undefined ? {} : { signal }),
      });
      const location = isRedirect(answer.statusCode) ? firstOf(answer.headers["location"]) : undefined;
      if (location === undefined) return answer;
      await answer.body.dump();
      url = nextUrl(location, url, what);
    }
    throw new AppError("UNREACHABLE", `${what}: more than ${redirects} redirects`, {
      hint: "the registry or a proxy before it is set up wrongly",
    });
  }

  async #pause(attempt: number, retryAfter: string | undefined): Promise<void> {
    const asked = Math.min(Number(retryAfter ?? Number.NaN), longestPause) * 1_000;
    const signal = this.#connection.signal;
    await wait(asked >= 0 ? asked : firstPause * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
  }

  #unreachable(what: string, error: unknown): AppError {
    return unreachable(what, error);
  }
}

/** Over which protocol the registry answers. A host that only speaks TLS never gets a request in clear, except on this machine. */
async function originOf(
  host: string,
  environment: Environment,
  dispatcher: Dispatcher,
  signal: AbortSignal | undefined,
): Promise<URL> {
  const server = host === "docker.io" ? "registry-1.docker.io" : host;
  const listed = (environment["PLIMSOLL_PLAIN_HTTP"] ?? "").split(",").map((name) => name.trim());
  if (listed.includes(host)) return await answering(new URL(`http://${server}`), dispatcher, signal);
  try {
    return await answering(new URL(`https://${server}`), dispatcher, signal);
  } catch (error) {
    if (!isThisMachine(server) || !(error instanceof AppError) || !speaksNoTls(error.cause)) throw error;
    return await answering(new URL(`http://${server}`), dispatcher, signal);
  }
}

async function answering(origin: URL, dispatcher: Dispatcher, signal: AbortSignal | undefined): Promise<URL> {
  const what = `registry ${origin.host}`;
  const answer = await request(new URL("/v2/", origin), {
    dispatcher,
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw unreachable(what, error);
  });
  await answer.body.dump();
  if ([200, 401, 403, 429].includes(answer.statusCode) || answer.statusCode >= 500) return origin;
  throw new AppError("UNREACHABLE", `${what}: /v2/ answered ${answer.statusCode}, which is no registry's answer`, {
    hint: "check host and port: registry.example:5000/shop/cart:1.4",
  });
}

function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}

function speaksNoTls(error: unknown): boolean {
  const code = codeOf(error);
  return code.startsWith("ERR_SSL") || ["EPROTO", "ECONNRESET", "UND_ERR_SOCKET"].includes(code);
}

const untrusted = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_|ALTNAME|UNABLE_TO_GET_CRL/;

/** Whether sending the request again may help: a host that does not exist or has the wrong certificate will not change. */
function isBrokenOff(error: unknown): boolean {
  return !["ENOTFOUND", "ECONNREFUSED"].includes(codeOf(error)) && !untrusted.test(codeOf(error));
}

function unreachable(what: string, error: unknown): AppError {
  const code = codeOf(error);
  const reason = (error instanceof AggregateError ? messageOf(error.errors[0]) : messageOf(error)) || code;
  const hint = untrusted.test(code)
    ? "if the certificate authority is your own, name its PEM file in SSL_CERT_FILE"
    : code.startsWith("ERR_SSL")
      ? "it does not speak TLS: list a registry that you trust in clear in PLIMSOLL_PLAIN_HTTP"
      : "check the name, that the registry runs, and HTTPS_PROXY and NO_PROXY where a proxy leads outside";
  return new AppError("UNREACHABLE", `${what}: ${reason}`, { hint, cause: error });
}

function codeOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error && "code" in first ? String(first.code) : "";
}

/** The part of a blob from an offset on, whether or not the server took up the range that was asked for (RFC 9110 §14.2). */
async function* restOf(
  answer: Dispatcher.ResponseData,
  from: number,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const range = firstOf(answer.headers["content-range"]);
  if (answer.statusCode === 206 && !range?.startsWith(`bytes ${from}-`)) {
    await answer.body.dump();
    throw corrupt(
      what,
      `the registry answered the range ${range ?? "unknown"} where bytes from ${from} were asked for`,
    );
  }
  let skip = answer.statusCode === 206 ? 0 : from;
  for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
    if (piece.length > skip) yield skip === 0 ? piece : piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
}

async function bodyWithin(answer: Dispatcher.ResponseData, maxBytes: number, what: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > maxBytes) throw limitExceeded(what, `${maxBytes} bytes in one document`);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof AppError ? error : unreachable(what, error);
  }
  return Buffer.concat(pieces, size);
}

/** The status and, where it is told in the form of the specification, the reason. */
async function errorOf(answer: Dispatcher.ResponseData): Promise<string> {
  let text = "";
  try {
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(piece).toString("utf8");
      if (text.length > errorBytes) break;
    }
  } catch {
    return String(answer.statusCode);
  }
  const [, reason] = /"message"\s*:\s*"([^"\\]{1,200})"/.exec(text) ?? [];
  return reason === undefined ? String(answer.statusCode) : `${answer.statusCode}, ${reason}`;
}

function isPassing(status: number): boolean {
  return status === 429 || status === 408 || status >= 500;
}

function hintFor(status: number): string {
  if (status === 429) return "the registry limits how often it may be asked: log in, or try again later";
  return status >= 500 ? "the registry is in trouble: try again later" : "check the reference";
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

function nextUrl(location: string, from: URL, what: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next?.protocol === "https:" || (next?.protocol === "http:" && from.protocol === "http:")) return next;
  throw new AppError("UNREACHABLE", `${what}: the registry redirects to an address that is not followed`, {
    hint: "redirects must stay on https",
  });
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
