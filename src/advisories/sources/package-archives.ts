import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import { type FileValidators, fetchFile } from "../../clients/feed-fetch.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { decompress } from "../../formats/compression.ts";
import { type OfferedPackage, offeredInPieces, parseRelease } from "../../formats/host/apt.ts";
import { parseReleaseContents, type ReleaseContents, signedText } from "../../formats/host/apt-release.ts";
import { type SigningKey, verifyCleartext } from "../../formats/openpgp.ts";

/** A part of an archive of Debian packages: one suite of it for one architecture. */
export interface ArchiveSuite {
  /** As a source of packages names it: `http://deb.debian.org/debian-security`. */
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** As Debian names it: `amd64`. */
  readonly architecture: string;
}

/** What a suite offers. */
export interface ArchiveOffers {
  /** Address of the release that it was read by. */
  readonly address: string;
  readonly origin: string;
  /** ISO 8601 times that the release states. */
  readonly date: string | undefined;
  readonly validUntil: string | undefined;
  /** Fingerprint of the key whose signature of the release was verified; undefined where none of the keys made it. */
  readonly signedBy: string | undefined;
  readonly offers: readonly OfferedPackage[];
}

/** Where suites are asked. */
export interface PackageArchives {
  /**
   * What a suite offers of the wanted packages. Errors: `UNREACHABLE` and the others of fetching, `TARGET_NOT_FOUND` where it has no such suite,
   * `CORRUPT_INPUT` where what came is not what its release lists, or the release is not what one of the keys signed.
   */
  offers(suite: ArchiveSuite, wanted: ReadonlySet<string>, keys: readonly SigningKey[]): Promise<ArchiveOffers>;
}

/** How archives are asked. */
export interface ArchiveOptions {
  /** Folder that keeps releases and lists between runs. */
  readonly folder: string;
  /** Addresses of mirrors by the address that they stand for, as `http://deb.debian.org/debian-security`, or by its host. */
  readonly mirrors?: ReadonlyMap<string, string> | undefined;
  readonly dispatcher?: Dispatcher | undefined;
  readonly patience?: number | undefined;
  /** True: only what the folder has is used. */
  readonly offline?: boolean | undefined;
}

const largestRelease = 32 * 1024 ** 2;
const largestList = 512 * 1024 ** 2;
/** Hosts that answer HTTPS although sources name them with http. */
const secureHosts = new Set(["deb.debian.org", "security.debian.org"]);

/**
 * Archives of Debian packages over HTTP. A list is taken only where its bytes have the hash and size that the suite's release lists, and a release whose signature
 * by a key at hand is wrong not at all. Where no key at hand made it, the connection (HTTPS) is all that vouches for it.
 */
export class AptArchives implements PackageArchives {
  readonly #options: ArchiveOptions;
  readonly #releases = new Map<string, Promise<string>>();

  constructor(options: ArchiveOptions) {
    this.#options = options;
  }

  async offers(suite: ArchiveSuite, wanted: ReadonlySet<string>, keys: readonly SigningKey[]): Promise<ArchiveOffers> {
    if (suite.suite.endsWith("/"))
      throw new AppError("UNSUPPORTED", `${suite.uri} ${suite.suite}: is no suite with components`, {
        hint: "only archives with dists/ are asked",
      });
    const base = `${this.#base(suite.uri)}/dists/${suite.suite}`;
    const address = `${base}/InRelease`;
    const known = this.#releases.get(address) ?? this.#release(address);
    this.#releases.set(address, known);
    const text = await known;
    const signedBy = signerOf(text, keys, address);
    const contents = parseReleaseContents(text, address);
    const { origin, label, date, validUntil } = parseRelease(signedText(text, address));
    const offers: OfferedPackage[] = [];
    for (const component of suite.components) {
      const listed = listOf(contents, component, suite.architecture);
      if (listed !== undefined) offers.push(...(await this.#list(base, listed, contents.byHash, wanted)));
    }
    return { address, origin: label || origin, date, validUntil, signedBy, offers };
  }

  #base(uri: string): string {
    const plain = uri.replace(/\/+$/, "");
    const url = addressOf(plain);
    const mirror = this.#options.mirrors?.get(plain) ?? this.#options.mirrors?.get(url.host);
    if (mirror !== undefined) {
      const whole = mirror.replace(/\/+$/, "");
      return this.#options.mirrors?.has(plain) ? whole : `${whole}${url.pathname.replace(/\/+$/, "")}`;
    }
    if (url.protocol === "http:" && secureHosts.has(url.host)) return plain.replace(/^http:/, "https:");
    return plain;
  }

  /** The release as it is now; where the archive does not answer, as it was last time. */
  async #release(address: string): Promise<string> {
    const { folder, offline } = this.#options;
    await mkdir(folder, { recursive: true });
    const file = join(folder, `${nameFor(address)}.release`);
    if (offline !== true) await this.#refresh(address, file);
    try {
      return await readFile(file, "utf8");
    } catch (error) {
      throw new AppError("UNREACHABLE", `${address}: is not kept from an earlier run`, {
        hint: "run it once with the network, or leave out --offline",
        cause: error,
      });
    }
  }

  async #refresh(address: string, file: string): Promise<void> {
    const isKept = (await stat(file).catch(() => undefined)) !== undefined;
    const validators = isKept ? await validatorsIn(`${file}.json`) : {};
    try {
      const result = await fetchFile(address, file, { ...validators, ...this.#fetching(largestRelease) });
      if (result.status === "fetched")
        await writeFile(`${file}.json`, JSON.stringify({ etag: result.etag, lastModified: result.lastModified }));
    } catch (error) {
      // The release says how old it is, so that an old one is never taken for news.
      if (isKept && error instanceof AppError && error.code === "UNREACHABLE") return;
      throw error;
    }
  }

  #fetching(maxBytes: number) {
    return { maxBytes, dispatcher: this.#options.dispatcher, patience: this.#options.patience };
  }

  async #list(
    base: string,
    { path, sha256, size }: ListedFile,
    byHash: boolean,
    wanted: ReadonlySet<string>,
  ): Promise<OfferedPackage[]> {
    const file = join(this.#options.folder, `${sha256}.packages`);
    const folder = path.slice(0, path.lastIndexOf("/"));
    const address = `${base}/${byHash ? `${folder}/by-hash/SHA256/${sha256}` : path}`;
    if ((await digestOf(file)) !== sha256) {
      if (this.#options.offline)
        throw new AppError("UNREACHABLE", `${address}: is not kept from an earlier run`, {
          hint: "run it once with the network, or leave out --offline",
        });
      await this.#fetchList(address, file, sha256, size);
    }
    const bytes = await readFile(file);
    return offeredInPieces(decompress(once(bytes), { what: address, maxBytes: largestList }), wanted);
  }

  async #fetchList(address: string, file: string, sha256: string, size: number): Promise<void> {
    if (size > limits.analysedFile)
      throw new AppError("LIMIT_EXCEEDED", `${address}: more than ${limits.analysedFile} bytes`);
    const part = `${file}.new`;
    const result = await fetchFile(address, part, this.#fetching(Math.max(size, 1)));
    if (result.status !== "fetched" || result.sha256 !== sha256 || result.size !== size) {
      await rm(part, { force: true });
      throw corrupt(
        address,
        "is not what the release of its suite lists; the archive may be changing, or somebody on the way changes it",
      );
    }
    await rename(part, file);
  }
}

function signerOf(text: string, keys: readonly SigningKey[], address: string): string | undefined {
  if (keys.length === 0 || !text.startsWith("-----BEGIN PGP SIGNED MESSAGE-----")) return undefined;
  const verification = verifyCleartext(text, keys, address);
  if (verification.status === "wrong")
    throw corrupt(address, "its signature is wrong: it is not what the archive's key signed");
  return verification.status === "verified" ? verification.by : undefined;
}

interface ListedFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** The smallest form in which a component's list for an architecture is offered; undefined where there is none. */
function listOf({ files }: ReleaseContents, component: string, architecture: string): ListedFile | undefined {
  for (const ending of [".xz", ".gz", ""]) {
    const path = `${component}/binary-${architecture}/Packages${ending}`;
    const entry = files.get(path);
    if (entry !== undefined) return { path, ...entry };
  }
  return undefined;
}

function addressOf(uri: string): URL {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    throw new AppError("UNSUPPORTED", `${uri}: is no web address`, { hint: "archives are asked over HTTP and HTTPS" });
  }
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  throw new AppError("UNSUPPORTED", `${uri}: is not reached over HTTP`, {
    hint: "name a mirror of it with --archive-mirror",
  });
}

function nameFor(address: string): string {
  return createHash("sha256").update(address).digest("hex").slice(0, 32);
}

async function validatorsIn(file: string): Promise<FileValidators> {
  try {
    const { etag, lastModified } = JSON.parse(await readFile(file, "utf8")) as FileValidators;
    return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
  } catch {
    // Without validators the release is fetched whole.
    return {};
  }
}

async function digestOf(file: string): Promise<string | undefined> {
  try {
    return createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  } catch {
    // What is not kept has no digest.
    return undefined;
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
