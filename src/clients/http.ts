import type { Agent, Dispatcher } from "undici";
import { AppError, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** An answer whose body was read whole, within bounds. Header names are in lower case; the first value counts. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How one request is sent. */
export interface HttpOptions {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly dispatcher?: Dispatcher;
  readonly signal?: AbortSignal;
  /** Largest body that is read, in bytes. */
  readonly maxBytes?: number;
}

/** Milliseconds within which a server must begin to answer, and within which each next part of the answer must come. */
const patience = 15_000;

/** Sends a request and reads the answer. Follows no redirects. Throws `UNREACHABLE` where nothing answers, `LIMIT_EXCEEDED` beyond the largest body. */
export async function http(url: string | URL, options: HttpOptions = {}): Promise<HttpAnswer> {
  const { maxBytes = limits.document, ...rest } = options;
  try {
    const { request } = await undici();
    const answer = await request(url, { ...rest, headersTimeout: patience, bodyTimeout: patience });
    return {
      status: answer.statusCode,
      headers: firstValues(answer.headers),
      body: await readBody(answer.body, maxBytes, String(url)),
    };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("UNREACHABLE", `${shownUrl(url)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The answer's body as JSON. Throws `CORRUPT_INPUT` where it is none. */
export function jsonOf(answer: HttpAnswer, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(answer.body).toString("utf8"));
  } catch (error) {
    throw new AppError("CORRUPT_INPUT", `${what}: the answer is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** A dispatcher that accepts any certificate, to look at a server whose certificate has been found wanting. Nothing confidential may be sent through it. */
export async function unverifiedDispatcher(): Promise<Agent> {
  const { Agent } = await undici();
  return new Agent({ connect: { rejectUnauthorized: false, timeout: patience } });
}

/** Loaded when something is sent: it takes 15 MB, and most runs send nothing. */
function undici() {
  return import("undici");
}

async function readBody(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  maxBytes: number,
  url: string,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw limitExceeded(shownUrl(url), `${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function firstValues(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name.toLowerCase(), first] as const];
  });
  return Object.fromEntries(entries);
}

/** A URL without what may be secret in it. */
function shownUrl(url: string | URL): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const inner =
    error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0].message : messageOf(error);
  return inner || code || "no answer";
}
