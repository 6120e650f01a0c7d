import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { AppError, messageOf } from "../core/errors.ts";
import type { Environment } from "./registry-credentials.ts";

/** Milliseconds that a connection may take. */
const connectTime = 15_000;
/** Milliseconds within which an answer must begin, and within which each next part of it must come. */
const patience = 60_000;

/**
 * A dispatcher for servers out on the network: through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, trusting besides the usual roots
 * the certificates of SSL_CERT_FILE, NODE_EXTRA_CA_CERTS and, for a registry, its `ca.crt` in certs.d (containers-certs.d(5)). Close it when done.
 */
export async function outsideDispatcher(host: string, environment: Environment = process.env): Promise<Dispatcher> {
  const extra = await extraCertificates(host, environment);
  const trust = extra.length === 0 ? {} : { ca: [...rootCertificates, ...extra] };
  const proxy = (name: string) => environment[name] ?? environment[name.toUpperCase()] ?? "";
  return new EnvHttpProxyAgent({
    httpProxy: proxy("http_proxy"),
    httpsProxy: proxy("https_proxy"),
    noProxy: proxy("no_proxy"),
    connect: { timeout: connectTime, ...trust },
    requestTls: { timeout: connectTime, ...trust },
    proxyTls: { timeout: connectTime, ...trust },
    headersTimeout: patience,
    bodyTimeout: patience,
    connections: 8,
  });
}

async function extraCertificates(host: string, environment: Environment): Promise<string[]> {
  const named = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"].flatMap((name) => {
    const path = environment[name];
    return path ? [readNamed(name, path)] : [];
  });
  const usual = ["/etc/docker/certs.d", "/etc/containers/certs.d"].map((folder) =>
    readFile(`${folder}/${host}/ca.crt`, "utf8").catch(() => ""),
  );
  const all = await Promise.all([...named, ...usual]);
  return all.filter((text) => text !== "");
}

async function readNamed(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `cannot read ${name} ${path}: ${messageOf(error)}`, {
      hint: "it must name a file of certificates in PEM form",
      cause: error,
    });
  }
}
