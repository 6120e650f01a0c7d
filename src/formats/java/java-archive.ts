import { AppError, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { PackageRecord } from "../package-record.ts";
import { type ZipBudget, type ZipEntry, ZipFile } from "../zip.ts";
import { identifyByManifest, identifyByPom, type JavaIdentity, partsOfFileName } from "./java-identity.ts";
import { parseManifest, parseProperties } from "./properties.ts";

/** What a Java archive holds. Plain JSON. */
export interface JavaArchive {
  readonly packages: readonly PackageRecord[];
  /** Nested archives and metadata that could not be read. */
  readonly problems: readonly string[];
}

const archiveName = /\.(jar|war|ear|par|sar|kar|jpi|hpi|nar)$/i;
const pomProperties = /(^|\/)META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;
const manifestPath = "META-INF/MANIFEST.MF";
/** Bytes of one metadata file. */
const largestMetadata = 4 * 1024 ** 2;

/** Whether a path is named as a Java archive. */
export function isJavaArchive(path: string): boolean {
  return archiveName.test(path);
}

/**
 * The Maven artifacts of a jar, war or ear and of the archives in it to any depth up to `limits.archiveDepth`. An archive is known by the
 * `pom.properties` files in it, several where others were shaded into it, else by its manifest and its file's name.
 * Throws `CORRUPT_INPUT` where the outer archive is none; what is wrong within is told as problems.
 */
export function parseJavaArchive(bytes: Uint8Array, path: string): JavaArchive {
  const budget = { remaining: decompressedOf(bytes.length) };
  const reading: Reading = { packages: [], problems: [], budget, entries: 0 };
  readArchive(bytes, path, undefined, 1, reading);
  return { packages: reading.packages, problems: reading.problems };
}

/** How much may be decompressed out of a file of so many bytes. */
function decompressedOf(size: number): number {
  return Math.min(limits.nestedArchiveBytes, limits.nestedArchiveFloor + limits.nestedArchiveRatio * size);
}

interface Reading {
  readonly packages: PackageRecord[];
  readonly problems: string[];
  readonly budget: ZipBudget;
  entries: number;
}

function readArchive(
  bytes: Uint8Array,
  path: string,
  within: string | undefined,
  depth: number,
  reading: Reading,
): void {
  const zip = new ZipFile(bytes, within === undefined ? path : `${path}!/${within}`);
  reading.entries += zip.entries.length;
  if (reading.entries > limits.zipEntries) throw limitExceeded(path, `${limits.zipEntries} entries`);
  const metadata = new Metadata(zip, reading);
  for (const identity of identities(zip, metadata, within ?? path)) reading.packages.push(recordOf(identity, within));
  for (const entry of zip.entries) if (isJavaArchive(entry.path)) readNested(zip, entry, path, within, depth, reading);
}

function readNested(
  zip: ZipFile,
  entry: ZipEntry,
  path: string,
  within: string | undefined,
  depth: number,
  reading: Reading,
): void {
  const place = within === undefined ? entry.path : `${within}!/${entry.path}`;
  if (depth >= limits.archiveDepth) {
    reading.problems.push(`${place}: lies more than ${limits.archiveDepth} archives deep`);
    return;
  }
  try {
    readArchive(zip.read(entry, reading.budget), path, place, depth + 1, reading);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    reading.problems.push(`${place}: ${error.message}`);
  }
}

/** Reads small text entries; what cannot be read is a problem, not the end. */
class Metadata {
  readonly #zip: ZipFile;
  readonly #reading: Reading;

  constructor(zip: ZipFile, reading: Reading) {
    this.#zip = zip;
    this.#reading = reading;
  }

  text(entry: ZipEntry): string | undefined {
    try {
      if (entry.size > largestMetadata) throw limitExceeded(entry.path, `${largestMetadata} bytes`);
      return Buffer.from(this.#zip.read(entry, this.#reading.budget)).toString("utf8");
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#reading.problems.push(error.message);
      return undefined;
    }
  }
}

function identities(zip: ZipFile, metadata: Metadata, path: string): JavaIdentity[] {
  const file = partsOfFileName(path);
  const poms = zip.entries
    .filter((entry) => pomProperties.test(entry.path))
    .map((entry) => parseProperties(metadata.text(entry) ?? ""));
  const stated = poms.flatMap((pom) => identifyByPom(pom, file) ?? []);
  if (stated.some(({ isOwn }) => isOwn)) return stated;
  const manifest = zip.entries.find((entry) => entry.path === manifestPath);
  const text = manifest === undefined ? undefined : metadata.text(manifest);
  // An archive that only collects others is known by nothing of its own.
  const own =
    stated.length === 1 && file.version === undefined ? undefined : identifyByManifest(parseManifest(text ?? ""), file);
  return own === undefined || stated.some(({ artifact }) => artifact === own.artifact) ? stated : [own, ...stated];
}

function recordOf(
  { group, artifact, version, vendor, license, confidence }: JavaIdentity,
  within: string | undefined,
): PackageRecord {
  return {
    name: group === undefined ? artifact : `${group}:${artifact}`,
    version,
    type: "maven",
    vendor,
    licenses: license === undefined ? [] : [license],
    within,
    confidence,
  };
}
