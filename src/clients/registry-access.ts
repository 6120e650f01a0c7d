import { type Dispatcher, request } from "undici";
import { z } from "zod";
import { AppError, corrupt, messageOf } from "../core/errors.ts";
import { type Challenge, parseChallenges } from "./registry-challenge.ts";
import type { FoundCredentials, RegistryCredentials } from "./registry-credentials.ts";

/** Bytes of a token server's answer that are read at most. */
const tokenAnswer = 1024 ** 2;

const Token = z.object({ token: z.string().nullish(), access_token: z.string().nullish() });

/** What access is asked for. */
export interface AccessRequest {
  /** As in image references: `registry.example:5000`. */
  readonly host: string;
  /** Whether the registry itself is spoken to in clear, so that its token server may be too. */
  readonly plain: boolean;
  /** Right to ask a token server for: `repository:shop/cart:pull`. */
  readonly scope: string;
  readonly found: FoundCredentials;
  readonly dispatcher: Dispatcher;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gets into a registry by what it asks for: a password (RFC 7617) or a token of the token server that it names (Distribution token
 * authentication). The value of `authorization` may be sent to the registry's own origin and to nobody else.
 */
export class RegistryAccess {
  readonly #request: AccessRequest;
  #authorization: string | undefined;

  constructor(accessRequest: AccessRequest) {
    this.#request = accessRequest;
  }

  /** What to send as Authorization header; undefined before the registry asked for anything. */
  get authorization(): string | undefined {
    return this.#authorization;
  }

  /** Meets a WWW-Authenticate header. False where that cannot be done: no scheme that we know, or no credentials where they are needed. */
  async meet(header: string): Promise<boolean> {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer) {
      this.#authorization = `Bearer ${await this.#token(bearer)}`;
      return true;
    }
    const { credentials } = this.#request.found;
    if (!credentials?.password || !challenges.some(({ scheme }) => scheme === "basic")) return false;
    this.#authorization = basic(credentials);
    return true;
  }

  /** The error for a door that stays shut. */
  refused(what: string, answer: string): AppError {
    return new AppError("AUTH_FAILED", `${what}: the registry refuses access: ${answer}`, { hint: this.#hint() });
  }

  #hint(): string {
    const { host, found } = this.#request;
    const { credentials, helper, files } = found;
    if (credentials)
      return `the credentials of ${credentials.from} were used: check that they are valid for ${host} and that the image exists`;
    const otherwise =
      "set PLIMSOLL_REGISTRY_USER and PLIMSOLL_REGISTRY_PASSWORD, or name a file with REGISTRY_AUTH_FILE";
    if (helper)
      return `the credentials are kept by the program docker-credential-${helper}, and Plimsoll starts no programs: ${otherwise}`;
    const looked = files.length === 0 ? "no credentials were found" : `no credentials for it in ${files.join(", ")}`;
    return `${looked}: run "docker login ${host}" or "podman login ${host}", or ${otherwise}`;
  }

  async #token(challenge: Challenge): Promise<string> {
    const { found, scope } = this.#request;
    const url = this.#realm(challenge);
    const { service } = challenge.parameters;
    const parameters = { ...(service === undefined ? {} : { service }), scope };
    const refresh = found.credentials?.identityToken;
    const text =
      refresh === undefined
        ? await this.#ask(withParameters(url, parameters), { headers: this.#ownHeaders() })
        : await this.#ask(url, {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams({
              ...parameters,
              grant_type: "refresh_token",
              client_id: "plimsoll",
              refresh_token: refresh,
            }).toString(),
          });
    return tokenIn(text, url.host);
  }

  /** The registry says where its tokens are to be had. A password is not sent there in clear, unless the registry itself is spoken to so. */
  #realm({ parameters }: Challenge): URL {
    const { host, plain } = this.#request;
    const { realm } = parameters;
    const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
    if (url?.protocol === "https:" || (url?.protocol === "http:" && plain)) return url;
    throw new AppError("AUTH_FAILED", `registry ${host}: names no usable token server: ${realm ?? "none"}`, {
      hint: "the registry's token realm must be an https address: its operator must correct that",
    });
  }

  #ownHeaders(): Record<string, string> {
    const { credentials } = this.#request.found;
    return credentials === undefined ? {} : { authorization: basic(credentials) };
  }

  async #ask(url: URL, how: { method?: "POST"; headers: Record<string, string>; body?: string }): Promise<string> {
    const { host, dispatcher, signal } = this.#request;
    try {
      const answer = await request(url, { ...how, dispatcher, ...(signal === undefined ? {} : { signal }) });
      const text = await answer.body.text();
      if (answer.statusCode === 200 && text.length <= tokenAnswer) return text;
      const said = `its token server ${url.host} answered ${answer.statusCode}`;
      if (answer.statusCode < 500 && answer.statusCode !== 429) throw this.refused(`registry ${host}`, said);
      throw new AppError("UNREACHABLE", `registry ${host}: ${said}`, { hint: "try again later" });
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError("UNREACHABLE", `registry ${host}: its token server ${url.host}: ${messageOf(error)}`, {
        hint: "the token server must be reachable from here too",
        cause: error,
      });
    }
  }
}

function tokenIn(text: string, server: string): string {
  const parsed = Token.safeParse(jsonOf(text));
  const token = parsed.data?.token || parsed.data?.access_token;
  if (token && /^[\x21-\x7e]+$/.test(token)) return token;
  throw corrupt(`token server ${server}`, "the answer holds no token");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withParameters(url: URL, parameters: Readonly<Record<string, string>>): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(parameters)) whole.searchParams.set(name, value);
  return whole;
}

function basic({ username, password }: RegistryCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
