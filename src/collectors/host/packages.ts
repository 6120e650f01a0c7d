import { AppError } from "../../core/errors.ts";
import { matchesGlob } from "../../core/glob.ts";
import { limits } from "../../core/limits.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { identifyDistribution } from "../../formats/os-release.ts";
import { defineHostCollector } from "../host-collector.ts";
import { giveBack, type HostRoot, ReadBuffer } from "../host-root.ts";
import { assembleInventory, type ReaderFindings } from "../package-inventory.ts";
import type { FoundEvidence, PackageReader } from "../package-reader.ts";
import { packageReaders } from "../package-readers/index.generated.ts";
import { hostDistributionTexts } from "./os-release.ts";
import { programWithoutCode } from "./program-file.ts";

const smallFile = 1024 ** 2;

interface Unread {
  readonly path: string;
  readonly reason: string;
}

/** The packages of a host by all package readers, each at its known places. */
export default defineHostCollector<typeof hostPackages.schema>({
  reads: "host",
  provides: hostPackages,
  async *collect(root) {
    const unread: Unread[] = [];
    const place = new ReadBuffer();
    const folders = new Folders(root);
    const found = new Map<PackageReader, FoundEvidence[]>();
    // Programs, the largest files, while little else is in memory; the thousands of small ones after them.
    for (const reader of [...packageReaders.values()].sort((a, b) => rank(a) - rank(b))) {
      found.set(reader, await readPlaces(root, reader, unread, place, folders));
      place.release();
    }
    const findings: ReaderFindings[] = [...packageReaders.values()].map((reader) => ({
      reader,
      found: found.get(reader) ?? [],
    }));
    const texts = await hostDistributionTexts(root);
    const distribution = identifyDistribution((path) => texts.get(path));
    const inventory = assembleInventory({ findings, unread, distribution });
    if (inventory.databases.length === 0 && inventory.packages.length === 0 && unread.length === 0) {
      const reason = "no package database of a known kind lies on the host";
      yield {
        subject: root.subject,
        source: root.path,
        unavailable: reason,
        remedy: "give the root of the host's file system, not a folder in it",
      };
      return;
    }
    yield { subject: root.subject, source: inventory.databases.join(", ") || root.path, value: inventory };
  },
});

function rank({ role }: PackageReader): number {
  return ["trace", "metadata", "database"].indexOf(role);
}

/** What lies in folders that readers ask for hundreds of programs by name: one listing costs less than as many questions. */
class Folders {
  readonly #root: HostRoot;
  readonly #names = new Map<string, Promise<ReadonlySet<string> | undefined>>();

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** False where nothing is at the path. True where something is, or where its folder may not be listed. */
  async mayHold(path: string): Promise<boolean> {
    const end = path.lastIndexOf("/");
    const folder = path.slice(0, Math.max(0, end));
    const names = this.#names.get(folder) ?? this.#list(folder);
    this.#names.set(folder, names);
    return (await names)?.has(path.slice(end + 1)) ?? true;
  }

  async #list(folder: string): Promise<ReadonlySet<string> | undefined> {
    const listed = await this.#root.list(folder);
    if ("names" in listed) return new Set(listed.names);
    return listed.missing === "absent" ? new Set() : undefined;
  }
}

async function readPlaces(
  root: HostRoot,
  reader: PackageReader,
  unread: Unread[],
  place: ReadBuffer,
  folders: Folders,
): Promise<FoundEvidence[]> {
  const found: FoundEvidence[] = [];
  const seen = new Set<string>();
  for (const pattern of reader.paths) {
    if (!pattern.includes("*") && !(await folders.mayHold(pattern))) continue;
    for (const path of await pathsLike(root, pattern, unread)) {
      const real = await root.locate(path);
      if (seen.has(real)) continue;
      seen.add(real);
      const evidence = await readOne(root, reader, path, unread, place);
      if (evidence) found.push({ path, evidence });
    }
  }
  return found;
}

async function readOne(root: HostRoot, reader: PackageReader, path: string, unread: Unread[], place: ReadBuffer) {
  const seen = await root.glance(path, smallFile, ({ size, mode }) => reader.wants(path, size, mode));
  if (seen === undefined) return undefined;
  const content = seen.bytes === undefined ? await largeFile(root, path, place) : { bytes: seen.bytes };
  if (!("bytes" in content)) {
    if (content.missing !== "absent") unread.push({ path: `/${path}`, reason: `${reader.id}: ${content.reason}` });
    return undefined;
  }
  try {
    // Copied, as a name cut out of a text keeps the whole text in memory.
    return structuredClone(reader.read(path, content.bytes));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    unread.push({ path: `/${path}`, reason: `${reader.id}: ${error.message}` });
    return undefined;
  } finally {
    if ("lean" in content && content.lean !== undefined) {
      giveBack(content.lean.buffer);
      // A closed channel is gone at the next turn of the event loop: before the next program is read.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function largeFile(
  root: HostRoot,
  path: string,
  place: ReadBuffer,
): Promise<Awaited<ReturnType<HostRoot["readBytes"]>> & { readonly lean?: Uint8Array<ArrayBuffer> }> {
  const lean = programWithoutCode(await root.locate(path), limits.analysedFile);
  return lean ? { bytes: lean, lean } : root.readBytes(path, limits.analysedFile, place);
}

/** The paths that a pattern of a reader stands for: each `*` is one name or a part of it. */
async function pathsLike(root: HostRoot, pattern: string, unread: Unread[]): Promise<string[]> {
  let paths = [""];
  for (const step of pattern.split("/")) {
    const next: string[] = [];
    for (const folder of paths) next.push(...(await stepInto(root, folder, step, unread)));
    paths = next;
  }
  return paths;
}

async function stepInto(root: HostRoot, folder: string, step: string, unread: Unread[]): Promise<string[]> {
  const under = (name: string) => (folder === "" ? name : `${folder}/${name}`);
  if (!step.includes("*")) return [under(step)];
  const listing = await root.list(folder);
  if ("names" in listing) return listing.names.filter((name) => matchesGlob(step, name)).map(under);
  if (listing.missing === "denied") unread.push({ path: `/${folder}`, reason: listing.reason });
  return [];
}
