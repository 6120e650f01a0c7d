import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { AppError, messageOf } from "../core/errors.ts";

/** Who to be at a registry, and where that was read. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
  /** A refresh token for the token server, in place of a password (Docker config.json, `identitytoken`). */
  readonly identityToken?: string | undefined;
  /** Path of the file or name of the variables. */
  readonly from: string;
}

/** What was found for a registry: credentials, or the name of a helper program that keeps them and is not run. */
export interface FoundCredentials {
  readonly credentials?: RegistryCredentials | undefined;
  readonly helper?: string | undefined;
  /** Files that were there and were looked into. */
  readonly files: readonly string[];
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A name under which Docker keeps its own registry's credentials. */
const dockerHubKey = "https://index.docker.io/v1/";

const Entry = z.object({
  auth: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  identitytoken: z.string().nullish(),
});
const AuthFile = z.object({
  auths: z.record(z.string(), Entry).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});
type AuthFile = z.output<typeof AuthFile>;

/**
 * The credentials for a repository of a registry: PLIMSOLL_REGISTRY_USER and _PASSWORD (for PLIMSOLL_REGISTRY_HOST alone where that is set), then
 * REGISTRY_AUTH_FILE, containers-auth.json(5) and Docker's config.json. Helper programs are not run. A file that is no JSON is `CONFIG_INVALID`.
 */
export async function findCredentials(
  host: string,
  repository: string,
  environment: Environment = process.env,
): Promise<FoundCredentials> {
  const given = fromEnvironment(host, environment);
  if (given) return { credentials: given, files: [] };
  const files: string[] = [];
  let helper: string | undefined;
  for (const path of authFiles(environment)) {
    const file = await readAuthFile(path, path === environment["REGISTRY_AUTH_FILE"]);
    if (file === undefined) continue;
    files.push(path);
    const credentials = credentialsIn(file, host, repository, path);
    if (credentials) return { credentials, files };
    helper ??= helperIn(file, host);
  }
  return { helper, files };
}

function fromEnvironment(host: string, environment: Environment): RegistryCredentials | undefined {
  const { PLIMSOLL_REGISTRY_USER: username, PLIMSOLL_REGISTRY_PASSWORD: password } = environment;
  const only = environment["PLIMSOLL_REGISTRY_HOST"];
  if (!username || password === undefined || (only && only !== host)) return undefined;
  return { username, password, from: "PLIMSOLL_REGISTRY_USER and PLIMSOLL_REGISTRY_PASSWORD" };
}

function authFiles(environment: Environment): string[] {
  const named = environment["REGISTRY_AUTH_FILE"];
  if (named) return [named];
  const home = environment["HOME"] ?? homedir();
  const runtime = environment["XDG_RUNTIME_DIR"];
  return [
    ...(runtime ? [join(runtime, "containers/auth.json")] : []),
    join(environment["XDG_CONFIG_HOME"] || join(home, ".config"), "containers/auth.json"),
    join(environment["DOCKER_CONFIG"] || join(home, ".docker"), "config.json"),
  ];
}

async function readAuthFile(path: string, isNamed: boolean): Promise<AuthFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (!isNamed) return undefined;
    throw new AppError("CONFIG_INVALID", `cannot read registry credentials ${path}: ${messageOf(error)}`, {
      hint: "check the path in REGISTRY_AUTH_FILE",
      cause: error,
    });
  }
  const parsed = AuthFile.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  // The text is not quoted: it may hold passwords.
  throw new AppError("CONFIG_INVALID", `${path}: is no file of registry credentials`, {
    hint: 'it must be JSON with "auths", as "docker login" or "podman login" write it',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function credentialsIn(
  file: AuthFile,
  host: string,
  repository: string,
  from: string,
): RegistryCredentials | undefined {
  for (const key of keysFor(host, repository)) {
    const entry = Object.entries(file.auths ?? {}).find(([name]) => normalKey(name) === key)?.[1];
    const credentials = entry && credentialsOf(entry, from);
    if (credentials) return credentials;
  }
  return undefined;
}

/** The names that an entry may have, most particular first: containers-auth.json(5) allows a name space behind the host. */
function keysFor(host: string, repository: string): string[] {
  const steps = repository.split("/");
  const spaces = steps.map((_, index) => [host, ...steps.slice(0, steps.length - index)].join("/"));
  return [...spaces, host, ...(host === "docker.io" ? [normalKey(dockerHubKey)] : [])];
}

function normalKey(name: string): string {
  return name.replace(/^https?:\/\//, "").replace(/\/(v[12]\/?)?$/, "");
}

function credentialsOf(entry: z.output<typeof Entry>, from: string): RegistryCredentials | undefined {
  const decoded = Buffer.from(entry.auth ?? "", "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  const username = entry.username || (colon < 0 ? "" : decoded.slice(0, colon));
  const password = entry.password || (colon < 0 ? "" : decoded.slice(colon + 1).replace(/\0+$/, ""));
  const identityToken = entry.identitytoken || undefined;
  if (identityToken === undefined && (username === "" || password === "")) return undefined;
  return { username, password, identityToken, from };
}

function helperIn(file: AuthFile, host: string): string | undefined {
  const keys = keysFor(host, "");
  const own = Object.entries(file.credHelpers ?? {}).find(([name]) => keys.includes(normalKey(name)))?.[1];
  return own || file.credsStore || undefined;
}
