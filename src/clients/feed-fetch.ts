import { createHash } from "node:crypto";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";

/** What a server said about a file, so that it can be asked for changes only. */
export interface FileValidators {
  readonly etag?: string | undefined;
  /** As the server wrote it (RFC 9110 §8.8.2). */
  readonly lastModified?: string | undefined;
}

/** What came of asking for a file. */
export type FetchResult =
  | { readonly status: "unchanged" }
  | ({
      readonly status: "fetched";
      readonly size: number;
      readonly sha256: string /** Bytes that came over the network. */;
      readonly transferred: number;
    } & FileValidators);

/** How a file is fetched. */
export interface FetchOptions extends FileValidators {
  readonly dispatcher?: Dispatcher | undefined;
  /** Milliseconds within which the server must begin to answer, and each next part must come. */
  readonly patience?: number | undefined;
  /** Bytes that the file may have. */
  readonly maxBytes: number;
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
}

const usualPatience = 30_000;
const mostRedirects = 5;

/** A dispatcher that honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Close it when done. */
export function proxyDispatcher(): Dispatcher {
  return new EnvHttpProxyAgent();
}

/**
 * Fetches a file to a path: nothing where the validators still hold, the rest where an earlier attempt was cut off (RFC 9110 §14, If-Range). The file
 * appears only when it is complete. Errors: `UNREACHABLE` where the server does not answer or fails, `TARGET_NOT_FOUND` where it has no such file,
 * `AUTH_FAILED`, `CORRUPT_INPUT` where what came is empty or cut off, `LIMIT_EXCEEDED`.
 */
export async function fetchFile(url: string, path: string, options: FetchOptions): Promise<FetchResult> {
  const part = `${path}.part`;
  const begun = await begunPart(part);
  const answer = await ask(
    url,
    { ...validatorHeaders(options), ...(begun && { range: `bytes=${begun.size}-`, "if-range": begun.validator }) },
    options,
  );
  if (answer.statusCode === 304) {
    await answer.body.dump();
    return { status: "unchanged" };
  }
  if (answer.statusCode === 416 && begun) {
    await answer.body.dump();
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
    return fetchFile(url, path, options);
  }
  await requireSuccess(answer, url);
  try {
    return await stored(answer, url, path, answer.statusCode === 206 ? begun?.size : undefined, options);
  } catch (error) {
    // A body that nobody reads on keeps its connection, and whoever closes the dispatcher waits for it.
    answer.body.on("error", () => undefined).destroy();
    throw error instanceof AppError ? error : unwritable(path, error);
  }
}

/** Puts the body in its place, behind what is there of it already. */
async function stored(
  answer: Answer,
  url: string,
  path: string,
  begunSize: number | undefined,
  options: FetchOptions,
): Promise<FetchResult> {
  const part = `${path}.part`;
  const validators = validatorsOf(answer);
  await notePart(part, validators);
  const transferred = await receive(answer, url, part, begunSize ?? 0, options);
  const bytes = await stat(part);
  if (bytes.size === 0) {
    await forget(part);
    throw corrupt(url, "the answer is empty");
  }
  const sha256 = await digest(part);
  await rename(part, path);
  await rm(`${part}.json`, { force: true });
  return { status: "fetched", size: bytes.size, sha256, transferred, ...validators };
}

/** A small file in memory; undefined where the server has none, or where the validator still holds. Errors as with {@link fetchFile}. */
export async function fetchBytes(
  url: string,
  options: FetchOptions,
): Promise<({ readonly bytes: Buffer } & FileValidators) | undefined> {
  const answer = await ask(url, validatorHeaders(options), options);
  if (answer.statusCode === 304 || answer.statusCode === 404) {
    await answer.body.dump();
    return undefined;
  }
  await requireSuccess(answer, url);
  const pieces: Buffer[] = [];
  let size = 0;
  await eachPiece(answer, url, (piece) => {
    size += piece.length;
    if (size > options.maxBytes) throw limitExceeded(url, `${options.maxBytes} bytes`);
    pieces.push(piece);
  });
  requireLength(answer, size, url);
  return { bytes: Buffer.concat(pieces), ...validatorsOf(answer) };
}

type Answer = Dispatcher.ResponseData;

async function ask(url: string, headers: Record<string, string>, options: FetchOptions): Promise<Answer> {
  let current = new URL(url);
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const answer = await send(current, headers, options);
    const location = answer.headers["location"];
    if (
      answer.statusCode < 300 ||
      answer.statusCode >= 400 ||
      answer.statusCode === 304 ||
      typeof location !== "string"
    )
      return answer;
    await answer.body.dump();
    const next = new URL(location, current);
    if (current.protocol === "https:" && next.protocol !== "https:")
      throw new AppError("UNREACHABLE", `${url}: leads away from HTTPS to ${next.host}`, {
        hint: "the server or a proxy on the way is not to be trusted with this",
      });
    current = next;
  }
  throw new AppError("UNREACHABLE", `${url}: more than ${mostRedirects} redirects`, { hint: "check the address" });
}

async function send(
  url: URL,
  headers: Record<string, string>,
  { dispatcher, patience = usualPatience }: FetchOptions,
): Promise<Answer> {
  try {
    return await request(url, {
      headers: { "user-agent": "plimsoll", ...headers },
      headersTimeout: patience,
      bodyTimeout: patience,
      ...(dispatcher && { dispatcher }),
    });
  } catch (error) {
    throw unreachable(url.href, error);
  }
}

function unreachable(url: string, error: unknown): AppError {
  return new AppError("UNREACHABLE", `${url}: ${messageOf(error)}`, {
    hint: "the data that is already there stays in use; check the network and HTTPS_PROXY, or name a mirror with --base",
    cause: error,
  });
}

function unwritable(what: string, error: unknown): AppError {
  const isFull = error instanceof Error && "code" in error && error.code === "ENOSPC";
  return new AppError("CONFIG_INVALID", `cannot write ${what}: ${messageOf(error)}`, {
    hint: isFull
      ? "the disk is full: free some space and run it again; the old data is unchanged"
      : "name a folder that you may write to; the old data is unchanged",
    cause: error,
  });
}

async function requireSuccess(answer: Answer, url: string): Promise<void> {
  const { statusCode } = answer;
  if (statusCode === 200 || statusCode === 206) return;
  await answer.body.dump();
  const message = `${url}: the server answers ${statusCode}`;
  if (statusCode === 401 || statusCode === 403)
    throw new AppError("AUTH_FAILED", message, { hint: "the mirror wants credentials, or a proxy refuses" });
  if (statusCode === 404 || statusCode === 410)
    throw new AppError("TARGET_NOT_FOUND", message, { hint: "check the address given by --from or --base" });
  throw new AppError("UNREACHABLE", message, { hint: "the data that is already there stays in use; try again later" });
}

function validatorHeaders({ etag, lastModified }: FileValidators): Record<string, string> {
  return {
    ...(etag !== undefined && { "if-none-match": etag }),
    ...(lastModified !== undefined && { "if-modified-since": lastModified }),
  };
}

function validatorsOf(answer: Answer): FileValidators {
  const etag = answer.headers["etag"];
  const lastModified = answer.headers["last-modified"];
  return { ...(typeof etag === "string" && { etag }), ...(typeof lastModified === "string" && { lastModified }) };
}

/** What an earlier attempt left; only with a strong validator can the rest be joined to it (RFC 9110 §13.1.5). */
async function begunPart(part: string): Promise<{ size: number; validator: string } | undefined> {
  try {
    const noted = JSON.parse(await readFile(`${part}.json`, "utf8")) as FileValidators;
    const validator = noted.etag?.startsWith("W/") ? undefined : (noted.etag ?? noted.lastModified);
    const { size } = await stat(part);
    return validator === undefined || size === 0 ? undefined : { size, validator };
  } catch {
    // There was no earlier attempt, or nothing that can be used.
    return undefined;
  }
}

async function notePart(part: string, validators: FileValidators): Promise<void> {
  await writeFile(`${part}.json`, JSON.stringify(validators));
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.json`, { force: true });
}

/** Writes the body behind the bytes that are there already; a body that is cut off leaves them for the next attempt. */
async function receive(
  answer: Answer,
  url: string,
  part: string,
  from: number,
  options: FetchOptions,
): Promise<number> {
  const total = lengthOf(answer);
  const file = await open(part, from > 0 ? "r+" : "w");
  let received = 0;
  try {
    await eachPiece(answer, url, async (piece) => {
      if (from + received + piece.length > options.maxBytes) throw limitExceeded(url, `${options.maxBytes} bytes`);
      await file.write(piece, 0, piece.length, from + received);
      received += piece.length;
      options.onProgress?.(from + received, total === undefined ? undefined : from + total);
    });
    await file.truncate(from + received);
    await file.sync();
  } finally {
    await file.close();
  }
  requireLength(answer, received, url);
  return received;
}

async function eachPiece(answer: Answer, url: string, take: (piece: Buffer) => void | Promise<void>): Promise<void> {
  try {
    for await (const piece of answer.body) await take(piece as Buffer);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") throw unwritable(url, error);
    throw unreachable(url, error);
  }
}

function lengthOf(answer: Answer): number | undefined {
  const length = answer.headers["content-length"];
  return typeof length === "string" && answer.headers["content-encoding"] === undefined ? Number(length) : undefined;
}

function requireLength(answer: Answer, received: number, url: string): void {
  const stated = lengthOf(answer);
  if (stated !== undefined && stated !== received) throw corrupt(url, `ends after ${received} of ${stated} bytes`);
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "r");
  for await (const piece of file.createReadStream({ highWaterMark: 1024 ** 2 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
