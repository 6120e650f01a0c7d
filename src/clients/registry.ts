import { connect as connectTcp } from "node:net";
import { connect, type PeerCertificate } from "node:tls";
import type { Dispatcher } from "undici";
import { AppError, messageOf } from "../core/errors.ts";
import { type HttpAnswer, type HttpOptions, http, jsonOf, unverifiedDispatcher } from "./http.ts";

/** What a registry showed to someone who gave no name. */
export interface RegistryProbe {
  readonly host: string;
  readonly tls?:
    | {
        readonly protocol: string;
        readonly trusted: boolean;
        readonly problem?: string | undefined;
        readonly expires?: string | undefined;
      }
    | undefined;
  readonly plainHttp: boolean;
  readonly authentication: "none" | "basic" | "bearer" | "other";
  readonly anonymousCatalog?: boolean | undefined;
  readonly anonymousPull?: boolean | undefined;
  readonly anonymousPush?: boolean | undefined;
  readonly apiVersion?: string | undefined;
}

/** What the probe may do beyond looking. */
export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** A repository of the registry on which reading and writing are tried; without it the first of the catalogue is read, where that is open. */
  readonly repository?: string;
  /** Whether to begin an upload, which is cancelled at once. */
  readonly tryPush?: boolean;
}

/** Bytes of an answer that a probe reads at most. */
const answerBytes = 4 * 1024 ** 2;

/**
 * Looks at a registry (`HOST`, `HOST:PORT`) as a stranger: over which protocols it answers, with what certificate, and what it gives or takes without a name.
 * No credentials are sent. Throws `USAGE` for what is no host, `UNREACHABLE` where nothing speaks the distribution API. Source: OCI distribution specification.
 */
export async function probeRegistry(host: string, options: ProbeOptions = {}): Promise<RegistryProbe> {
  const { name, port } = splitHost(host);
  const tls = await probeTls(name, port ?? 443, options.signal);
  const plain = await answersInClear(`${hostInUrl(name)}:${port ?? 80}`, options.signal);
  const base =
    tls === undefined ? `http://${hostInUrl(name)}:${port ?? 80}` : `https://${hostInUrl(name)}:${port ?? 443}`;
  const dispatcher = tls !== undefined && !tls.trusted ? await unverifiedDispatcher() : undefined;
  try {
    if (tls === undefined && !plain)
      throw new AppError(
        "UNREACHABLE",
        `registry ${host}: nothing that speaks the distribution API answers over TLS or in clear`,
        { hint: "name host and port as image references do: registry.example:5000" },
      );
    const visitor = new Visitor(base, dispatcher, options.signal);
    const root = await visitor.send("/v2/");
    if (!isRegistry(root))
      throw new AppError(
        "UNREACHABLE",
        `registry ${host}: /v2/ answered ${root.status}, which is no registry's answer`,
      );
    const catalog = await visitor.send("/v2/_catalog?n=100", { scope: "registry:catalog:*" });
    const repository = options.repository ?? repositoriesIn(catalog)[0];
    return {
      host,
      tls,
      plainHttp: plain,
      authentication: schemeOf(root),
      anonymousCatalog: allowed(catalog),
      anonymousPull:
        repository === undefined
          ? undefined
          : allowed(await visitor.send(`/v2/${repository}/tags/list`, { scope: `repository:${repository}:pull` })),
      anonymousPush: options.tryPush
        ? await tryPush(visitor, options.repository ?? repository ?? "plimsoll-probe")
        : undefined,
      apiVersion: root.headers["docker-distribution-api-version"],
    };
  } finally {
    await dispatcher?.close();
  }
}

function splitHost(host: string): { name: string; port: number | undefined } {
  const match = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?$/.exec(host);
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (match === null || (port !== undefined && (port < 1 || port > 65_535)))
    throw new AppError("USAGE", `${host}: not a registry`, {
      hint: "name host and port as image references do: registry.example:5000",
    });
  return { name: match[1]!.replace(/^\[|\]$/g, ""), port };
}

function hostInUrl(name: string): string {
  return name.includes(":") ? `[${name}]` : name;
}

/** Milliseconds that a connection may take. */
const connectTime = 10_000;

/** Shakes hands without demanding trust, to tell what is wrong with a certificate; undefined where TLS is not spoken. Throws `UNREACHABLE` where the host does not exist. */
function probeTls(host: string, port: number, signal: AbortSignal | undefined): Promise<RegistryProbe["tls"]> {
  return new Promise((resolve, reject) => {
    const serverName = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      minVersion: "TLSv1",
      timeout: connectTime,
      ...serverName,
    });
    const abort = () => socket.destroy(new Error("interrupted"));
    signal?.addEventListener("abort", abort, { once: true });
    socket.once("secureConnect", () => {
      const problem = socket.authorized ? undefined : certificateProblem(socket.authorizationError);
      resolve({
        protocol: socket.getProtocol() ?? "unknown",
        trusted: socket.authorized,
        problem,
        expires: expiryOf(socket.getPeerCertificate()),
      });
      socket.destroy();
    });
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("error", (error) => {
      if ("code" in error && error.code === "ENOTFOUND")
        reject(new AppError("UNREACHABLE", `registry ${host}: no such host`, { cause: error }));
      else resolve(undefined);
    });
    socket.once("close", () => signal?.removeEventListener("abort", abort));
  });
}

const certificateProblems: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate in its chain: an authority that this machine does not know",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "issued by an authority that this machine does not know",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "issued by an authority that this machine does not know",
  CERT_HAS_EXPIRED: "expired certificate",
  CERT_NOT_YET_VALID: "certificate not yet valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate for another name",
};

function certificateProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return certificateProblems[code] ?? (error instanceof Error ? error.message : code);
}

function expiryOf(certificate: PeerCertificate): string | undefined {
  const date = new Date(certificate.valid_to);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** Whether a registry answers without TLS. A redirect, and a TLS server's complaint, do not count. */
async function answersInClear(hostAndPort: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (!(await accepts(hostAndPort))) return false;
  try {
    return isRegistry(
      await http(`http://${hostAndPort}/v2/`, { maxBytes: answerBytes, ...(signal === undefined ? {} : { signal }) }),
    );
  } catch (error) {
    if (error instanceof AppError) return false;
    throw new AppError("UNREACHABLE", `registry ${hostAndPort}: ${messageOf(error)}`, { cause: error });
  }
}

function accepts(hostAndPort: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${hostAndPort}`);
  return new Promise((resolve) => {
    const socket = connectTcp({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || 80),
      timeout: connectTime,
    });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
}

function isRegistry(answer: HttpAnswer): boolean {
  if (answer.status === 401) return answer.headers["www-authenticate"] !== undefined;
  return (
    answer.status === 200 &&
    (answer.headers["docker-distribution-api-version"] !== undefined ||
      /json/.test(answer.headers["content-type"] ?? ""))
  );
}

function schemeOf(answer: HttpAnswer): RegistryProbe["authentication"] {
  if (answer.status === 200) return "none";
  const scheme = (answer.headers["www-authenticate"] ?? "").split(" ")[0]!.toLowerCase();
  return scheme === "basic" || scheme === "bearer" ? scheme : "other";
}

function allowed(answer: HttpAnswer): boolean | undefined {
  if (answer.status === 200) return true;
  return answer.status === 401 || answer.status === 403 ? false : undefined;
}

function repositoriesIn(answer: HttpAnswer): string[] {
  if (answer.status !== 200) return [];
  const listed = jsonOf(answer, "/v2/_catalog");
  const names =
    typeof listed === "object" && listed !== null && "repositories" in listed && Array.isArray(listed.repositories)
      ? (listed.repositories as unknown[])
      : [];
  return names.filter((name): name is string => typeof name === "string" && /^[a-z0-9][a-z0-9._/-]{0,254}$/.test(name));
}

async function tryPush(visitor: Visitor, repository: string): Promise<boolean | undefined> {
  const begun = await visitor.send(`/v2/${repository}/blobs/uploads/`, {
    method: "POST",
    scope: `repository:${repository}:pull,push`,
  });
  if (begun.status !== 202)
    return begun.status === 401 || begun.status === 403 || begun.status === 405 ? false : undefined;
  const location = begun.headers["location"];
  if (location !== undefined)
    await visitor.send(location, { method: "DELETE", scope: `repository:${repository}:pull,push` });
  return true;
}

/** Someone without a name, who takes the tokens that are given to anyone. */
class Visitor {
  readonly #base: string;
  readonly #options: HttpOptions;

  constructor(base: string, dispatcher: Dispatcher | undefined, signal: AbortSignal | undefined) {
    this.#base = base;
    this.#options = {
      maxBytes: answerBytes,
      ...(dispatcher === undefined ? {} : { dispatcher }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** Sends a request; where a token is asked for and given to strangers, sends it again with that. Stays on the registry's own origin. */
  async send(
    path: string,
    { method = "GET", scope }: { method?: "GET" | "POST" | "DELETE"; scope?: string } = {},
  ): Promise<HttpAnswer> {
    const url = new URL(path, this.#base);
    if (url.origin !== new URL(this.#base).origin)
      throw new AppError("UNREACHABLE", `registry: it sends strangers on to ${url.origin}`);
    const answer = await http(url, { ...this.#options, method });
    if (answer.status !== 401 || scope === undefined) return answer;
    const token = await this.#token(answer.headers["www-authenticate"] ?? "", scope);
    return token === undefined
      ? answer
      : http(url, { ...this.#options, method, headers: { authorization: `Bearer ${token}` } });
  }

  async #token(challenge: string, scope: string): Promise<string | undefined> {
    if (!/^bearer /i.test(challenge)) return undefined;
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    const realm = URL.canParse(parameters["realm"] ?? "") ? new URL(parameters["realm"]!) : undefined;
    if (realm === undefined || !/^https?:$/.test(realm.protocol)) return undefined;
    realm.searchParams.set("scope", scope);
    if (parameters["service"] !== undefined) realm.searchParams.set("service", parameters["service"]);
    const answer = await http(realm, this.#options);
    if (answer.status !== 200) return undefined;
    const body = jsonOf(answer, `token server ${realm.host}`);
    const token =
      typeof body !== "object" || body === null
        ? undefined
        : "token" in body
          ? body.token
          : "access_token" in body
            ? body.access_token
            : undefined;
    return typeof token === "string" && /^[\x21-\x7e]{1,16384}$/.test(token) ? token : undefined;
  }
}
