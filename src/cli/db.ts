import { readFile, writeFile } from "node:fs/promises";
import { feeds } from "../advisories/feeds/feeds.ts";
import { registryPrefix, registryReference } from "../advisories/file/artifact.ts";
import { type Build, buildAdvisories } from "../advisories/file/build.ts";
import { isBuilt, openContainer } from "../advisories/file/container.ts";
import { keyId, newKeyPair, readKey, requireSignature } from "../advisories/file/envelope.ts";
import { openPublication } from "../advisories/file/publication.ts";
import { FileStore } from "../advisories/file-store.ts";
import { keyVariable, openAdvisories, publicKey } from "../advisories/open.ts";
import { exportFile, type Published, publishFile, publishFolder } from "../advisories/publish.ts";
import { copyToRegistry, publishRegistry, type RegistryPublished } from "../advisories/publish-registry.ts";
import { findFeeds } from "../advisories/sources/feed-source.ts";
import { refreshFeeds } from "../advisories/sources/refresh.ts";
import { updateFolder } from "../advisories/update.ts";
import { proxyDispatcher } from "../clients/feed-fetch.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";

interface CommonOptions {
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly key?: string;
  readonly force?: boolean;
  readonly offline?: boolean;
}

/** `plimsoll db build --from FOLDER -o FILE|FOLDER|registry:REFERENCE`. */
export async function build(given: readonly unknown[]): Promise<void> {
  const [options] = given as [CommonOptions & { from: string; output: string; only?: string[]; core?: boolean }];
  requireNetwork(options.output, "-o", options);
  const progress = new Progress(options);
  const key = options.key === undefined ? undefined : readKey(await keyText(options.key), "private", options.key);
  const found = await findFeeds(options.from);
  const absent = options.only?.find((id) => !found.some(({ feed }) => feed.id === id));
  if (absent !== undefined)
    throw new AppError("USAGE", `feed ${absent} is not in ${options.from}`, {
      hint: `there are ${found.map(({ feed }) => feed.id).join(", ")}`,
    });
  const sources = found.filter(
    ({ feed }) => (options.core ? feed.core : true) && (options.only?.includes(feed.id) ?? true),
  );
  if (sources.length === 0)
    throw new AppError("USAGE", `none of the feeds in ${options.from} is asked for`, {
      hint: `there are ${found.map(({ feed }) => feed.id).join(", ")}`,
    });
  const built = await progress.step(
    "feeds",
    options.from,
    (update) => buildAdvisories(sources, update),
    ({ index }) => `${counted(index.feeds.length, "feed")}, ${counted(total(index.feeds), "record")}`,
  );
  for (const { feed, reason } of built.broken) process.stderr.write(`plimsoll: ${feed}: left out: ${reason}\n`);
  const published = await progress.step(
    "write",
    options.output,
    (onProgress) => publish(built, options.output, { key, force: options.force, onProgress }),
    (result) => `${options.output}, ${megabytes(result.bytes)}`,
  );
  await write(
    `${published.id}\n${counted(built.index.feeds.length, "feed")}, ${counted(total(built.index.feeds), "record")}, ${megabytes(published.bytes)}, ${key ? "signed" : "not signed"}: ${options.output}${sentText(published)}\n`,
    undefined,
  );
}

function publish(
  built: Build,
  output: string,
  options: NonNullable<Parameters<typeof publishRegistry>[2]>,
): Promise<Published | RegistryPublished> {
  const reference = registryReference(output);
  if (reference !== undefined) return publishRegistry(built, reference, options);
  return /\.\w+$/.test(output) ? publishFile(built, output, options.key) : publishFolder(built, output, options);
}

/** What went to a registry. */
function sentText(published: Published | RegistryPublished): string {
  if (!("sent" in published)) return "";
  const { sent, sentBytes, mounted } = published;
  const taken = mounted === 0 ? "" : `, ${mounted} mounted`;
  return `; ${sent} ${sent === 1 ? "blob" : "blobs"} sent (${megabytes(sentBytes)})${taken}`;
}

function requireNetwork(location: string, option: string, { offline }: CommonOptions): void {
  const isRemote = location.startsWith(registryPrefix) || /^https?:/i.test(location);
  if (isRemote && (offline || process.env["PLIMSOLL_OFFLINE"]))
    throw new AppError("USAGE", `--offline and ${option} ${location} exclude each other`, {
      hint: "carry a file over with `db export` and `db import`",
    });
}

function total(feeds: readonly { readonly records?: number | undefined }[]): number {
  return feeds.reduce((sum, { records }) => sum + (records ?? 0), 0);
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

async function keyText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `cannot read key ${path}: ${messageOf(error)}`, {
      hint: "make one with `plimsoll db keygen`",
      cause: error,
    });
  }
}

/** `plimsoll db update [FOLDER] --from ADDRESS|FOLDER|FILE|registry:REFERENCE` or `--feeds`. */
export async function update(given: readonly unknown[]): Promise<void> {
  const [folder, options] = given as [
    string,
    CommonOptions & { from?: string; feeds?: boolean; only?: string[]; base?: string[] },
  ];
  if (options.feeds) return updateFeeds(folder, options);
  if (options.from === undefined)
    throw new AppError("USAGE", "db update needs --from, or --feeds to fetch raw feeds", {
      hint: "--from names a published folder, its web address, registry:HOST/REPOSITORY:TAG or a file",
    });
  requireNetwork(options.from, "--from", options);
  await takeOver(folder, options.from, options);
}

async function takeOver(folder: string, from: string, options: CommonOptions): Promise<void> {
  const progress = new Progress(options);
  const dispatcher = proxyDispatcher();
  const publication = openPublication(from, { dispatcher });
  try {
    const keys = options.key === undefined ? [] : [await publicKey(options.key)];
    const report = await progress.step(
      "advisories",
      from,
      (text) => updateFolder(publication, folder, { keys, force: options.force, onProgress: text }),
      (done) => `${done.status}, ${megabytes(done.transferred)}`,
    );
    const how =
      report.status === "unchanged"
        ? "unchanged"
        : `${report.status}: ${counted(report.fetched, "shard")} fetched, ${report.patched} made from a delta`;
    await write(
      `${report.id}\n${folder} of ${report.date.slice(0, 10)}, ${how}, ${megabytes(report.transferred)} read\n`,
      undefined,
    );
  } finally {
    publication.close();
    await dispatcher.close();
  }
}

async function updateFeeds(
  folder: string,
  options: CommonOptions & { only?: string[]; base?: string[] },
): Promise<void> {
  if (options.offline)
    throw new AppError("USAGE", "--offline and --feeds exclude each other", {
      hint: "fetch feeds where there is a network, and carry them over",
    });
  const progress = new Progress(options);
  const dispatcher = proxyDispatcher();
  try {
    const bases = new Map((options.base ?? []).map(baseOf));
    const reports = await progress.step(
      "feeds",
      folder,
      (text) => refreshFeeds(folder, { only: options.only, bases, dispatcher, force: options.force, onProgress: text }),
      (list) => `${list.filter(({ status }) => status === "fetched").length} new`,
    );
    await write(
      reports
        .map(({ feed, status, reason }) => `${feed.padEnd(22)} ${status}${reason === undefined ? "" : `: ${reason}`}\n`)
        .join(""),
      undefined,
    );
    if (reports.some(({ status }) => status === "kept" || status === "failed")) process.exitCode = 3;
  } finally {
    await dispatcher.close();
  }
}

function baseOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at <= 0)
    throw new AppError("USAGE", `--base ${text}: is no FEED=ADDRESS`, {
      hint: "as in --base alpine-secdb=https://mirror.example/alpine",
    });
  const [feed, address] = [text.slice(0, at), text.slice(at + 1)];
  if (!feeds.some(({ id, mirror }) => id === feed && mirror !== undefined))
    throw new AppError("USAGE", `--base ${text}: no feed ${feed} can be fetched`, {
      hint: "docs/feeds.md lists the feeds, and which are fetched",
    });
  if (!/^https?:/i.test(address) || !URL.canParse(address))
    throw new AppError("USAGE", `--base ${text}: ${address} is no address of a web server`, {
      hint: "as in --base alpine-secdb=https://mirror.example/alpine",
    });
  return [feed, address];
}

/** `plimsoll db import FILE FOLDER`: everything is checked before anything is replaced. */
export async function importFile(given: readonly unknown[]): Promise<void> {
  const [file, folder, options] = given as [string, string, CommonOptions];
  await takeOver(folder, file, options);
}

/** `plimsoll db export LOCATION -o FILE|registry:REFERENCE`. */
export async function exportTo(given: readonly unknown[]): Promise<void> {
  const [from, options] = given as [string, CommonOptions & { output: string }];
  requireNetwork(from, "export", options);
  requireNetwork(options.output, "-o", options);
  const progress = new Progress(options);
  const reference = registryReference(options.output);
  const dispatcher = proxyDispatcher();
  const publication = openPublication(from, { dispatcher });
  try {
    const published = await progress.step(
      "export",
      from,
      (onProgress) =>
        reference === undefined
          ? exportFile(publication, options.output)
          : copyToRegistry(publication, reference, { force: options.force, onProgress }),
      () => options.output,
    );
    await write(`${published.id}\n${options.output}, ${megabytes(published.bytes)}${sentText(published)}\n`, undefined);
  } finally {
    publication.close();
    await dispatcher.close();
  }
}

/** `plimsoll db status [PATH]`: what the data is, how old, and whether it is signed. */
export async function status(given: readonly unknown[]): Promise<void> {
  const [path, options] = given as [string | undefined, CommonOptions & { advisories?: string; format: string }];
  const place = path ?? options.advisories;
  if (place === undefined)
    throw new AppError("USAGE", "db status needs a path, or --advisories or PLIMSOLL_ADVISORIES", {
      hint: "name a file or folder of advisory data",
    });
  const store = await openAdvisories(place, undefined, options.key);
  const report = {
    ...store.stamp,
    form: isBuilt(place) ? "built" : "raw feeds",
    signature: await signatureOf(place, options.key),
    feeds: store.feeds,
    ecosystems: store.ecosystems(),
  };
  await write(options.format === "json" ? `${JSON.stringify(report, undefined, 2)}\n` : statusText(report), undefined);
}

interface Status {
  readonly id: string;
  readonly date: string;
  readonly source: string;
  readonly form: string;
  readonly signature: string;
  readonly feeds: FileStore["feeds"];
  readonly ecosystems: readonly string[];
}

function statusText(report: Status): string {
  const age = Math.max(0, Math.floor((Date.now() - Date.parse(report.date)) / 86_400_000));
  const width = Math.max(...report.feeds.map(({ id }) => id.length));
  return [
    `${report.source} (${report.form})`,
    `  id         ${report.id}`,
    `  date       ${report.date.slice(0, 10)}, ${age} ${age === 1 ? "day" : "days"} ago`,
    `  signature  ${report.signature}`,
    "  ecosystems",
    ...ecosystemLines(report.ecosystems),
    "  feeds",
    ...report.feeds.map(
      ({ id, date, records }) =>
        `    ${id.padEnd(width)}  ${date.slice(0, 10)}  ${records === undefined ? "not read yet" : counted(records, "record")}`,
    ),
    "",
  ].join("\n");
}

/** The releases of each distribution on one line, in their own order; ecosystems without releases together. */
function ecosystemLines(ecosystems: readonly string[]): string[] {
  const families = new Map<string, string[]>();
  for (const ecosystem of ecosystems) {
    const at = ecosystem.indexOf(":");
    const [family, name] = at < 0 ? ["", ecosystem] : [ecosystem.slice(0, at), ecosystem.slice(at + 1)];
    families.set(family, [...(families.get(family) ?? []), name]);
  }
  const inOrder = new Intl.Collator("en", { numeric: true });
  return [...families]
    .sort(([a], [b]) => inOrder.compare(a, b))
    .map(([family, names]) => `    ${family === "" ? "" : `${family}: `}${names.sort(inOrder.compare).join(" ")}`);
}

async function signatureOf(path: string, keyFile: string | undefined): Promise<string> {
  if (!isBuilt(path)) return "none: raw feeds are not signed";
  const container = openContainer(path);
  container.close();
  const { envelope } = container;
  const [signature] = envelope.signatures;
  if (signature === undefined) return "none: a build of your own, not to be passed on";
  const given = keyFile ?? process.env[keyVariable];
  if (given === undefined)
    return `by key ${signature.keyid.slice(0, 16)}, not checked: no key was given (--key or ${keyVariable})`;
  const key = await publicKey(given);
  requireSignature(envelope, [key], path);
  return `good, by key ${keyId(key).slice(0, 16)}`;
}

/** `plimsoll db verify PATH`: the signature where a key is given, then every hash. */
export async function verify(given: readonly unknown[]): Promise<void> {
  const [path, options] = given as [string, CommonOptions];
  const progress = new Progress(options);
  const keyFile = options.key ?? process.env[keyVariable];
  const store = FileStore.open(path, keyFile === undefined ? [] : [await publicKey(keyFile)]);
  const lines = await progress.step(
    "verify",
    path,
    async (text) => store.verify(text),
    (count) => counted(count, "line"),
  );
  await write(
    `${store.stamp.id}\n${path}: every hash is good (${counted(lines, "line")}); signature: ${await signatureOf(path, options.key)}\n`,
    undefined,
  );
}

/** `plimsoll db keygen PREFIX`: a key pair for signing; the private key is readable by its owner alone. */
export async function keygen(given: readonly unknown[]): Promise<void> {
  const [prefix] = given as [string];
  const { privateKey, publicKey: publicPem } = newKeyPair();
  try {
    await writeFile(`${prefix}.key`, privateKey, { mode: 0o600, flag: "wx" });
    await writeFile(`${prefix}.pub`, publicPem, { flag: "wx" });
  } catch (error) {
    const hint = "an existing key is never overwritten: choose another name, in a folder that you may write to";
    throw new AppError("CONFIG_INVALID", `cannot write ${prefix}.key: ${messageOf(error)}`, { hint, cause: error });
  }
  await write(
    `${prefix}.key (keep it secret) and ${prefix}.pub: key ${keyId(readKey(publicPem, "public", prefix)).slice(0, 16)}\n`,
    undefined,
  );
}
