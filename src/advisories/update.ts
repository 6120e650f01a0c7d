import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError, messageOf } from "../core/errors.ts";
import { shardFolder } from "./file/container.ts";
import { applyDelta, deltaName } from "./file/delta.ts";
import { type Envelope, readEnvelope, requireSignature } from "./file/envelope.ts";
import { type IndexDocument, readIndex, rootsOf, snapshotId } from "./file/index-document.ts";
import type { Publication } from "./file/publication.ts";
import { requireSound } from "./file/shard.ts";
import { type Disk, realDisk, shardsIn, storedIndex, writeFolder } from "./file/write.ts";

/** Share of a feed's records that may be gone in newer data; more is taken for a damaged feed. */
const tolerableLoss = 0.05;

/** Shards that are fetched at the same time. */
const fetchedAtOnce = 6;

/** How an update is done. */
export interface UpdateOptions {
  /** Public keys, one of which must have signed the new index; none accepts what is not signed. */
  readonly keys?: readonly KeyObject[];
  /** Take data that is older, or has lost many records, all the same. */
  readonly force?: boolean | undefined;
  readonly disk?: Disk;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** What an update did. */
export interface UpdateReport {
  /** `repaired` where the data was this already, and some of it was damaged or missing. */
  readonly status: "unchanged" | "updated" | "repaired";
  readonly id: string;
  readonly date: string;
  /** Bytes that were read from the publication. */
  readonly transferred: number;
  /** Shards that were fetched whole, and that a delta made. */
  readonly fetched: number;
  readonly patched: number;
}

/**
 * Brings a folder to what is published: fetches the index, checks its signature, gets what is missing (by a delta where there is one) and puts the new
 * index in place in one step. Whatever fails leaves the old data usable. Errors: `CORRUPT_INPUT` where the publication is damaged, wrongly signed, older or
 * shrunken; `UNREACHABLE`; `CONFIG_INVALID` where the folder cannot be written.
 */
export async function updateFolder(
  publication: Publication,
  folder: string,
  options: UpdateOptions = {},
): Promise<UpdateReport> {
  try {
    return await updated(publication, folder, options);
  } catch (error) {
    throw await reassuring(error, folder);
  }
}

/** The error with the news that what was there is still there. */
async function reassuring(error: unknown, folder: string): Promise<unknown> {
  const local = await localIndex(folder);
  if (!(error instanceof AppError) || local === undefined || error.hint?.includes("old data")) return error;
  const news = `the old data of ${local.index.date.slice(0, 10)} in ${folder} is unchanged and in use`;
  const hint = error.hint === undefined ? news : `${error.hint}; ${news}`;
  return new AppError(error.code, error.message, { hint, cause: error });
}

async function updated(publication: Publication, folder: string, options: UpdateOptions): Promise<UpdateReport> {
  const envelopeText = await publication.index();
  const envelope = readEnvelope(envelopeText, publication.name);
  if (options.keys?.length) requireSignature(envelope, options.keys, publication.name);
  const index = readIndex(envelope.payload, publication.name);
  const id = snapshotId(envelope.payload);
  const local = await localIndex(folder);
  const isSame = local?.text === envelopeText;
  if (local && !options.force) {
    requireSameSigner(local.signers, envelope, publication.name);
    requireProgress(local.index, index, publication.name);
  }
  const roots = rootsOf(index);
  const present = await soundShards(folder, roots);
  const shards = new Map<string, Buffer>();
  const missing = () => [...roots].filter((root) => !present.has(root) && !shards.has(root));
  if (isSame && missing().length === 0)
    return { status: "unchanged", id, date: index.date, transferred: publication.transferred, fetched: 0, patched: 0 };
  if (local && missing().length > 0)
    for (const [root, bytes] of await patched(publication, folder, local, { id, index }))
      if (!present.has(root)) shards.set(root, bytes);
  const patchedCount = shards.size;
  const whole = missing();
  await fetchAll(publication, whole, shards, options.onProgress);
  const earlierRoots = local ? rootsOf(local.index) : new Set<string>();
  await writeFolder(folder, { envelope: envelopeText, roots, shards, earlierRoots }, options.disk ?? realDisk);
  return {
    status: isSame ? "repaired" : "updated",
    id,
    date: index.date,
    transferred: publication.transferred,
    fetched: whole.length,
    patched: patchedCount,
  };
}

interface LocalIndex {
  readonly text: string;
  /** Ids of the keys that it names. */
  readonly signers: readonly string[];
  readonly id: string;
  readonly index: IndexDocument;
}

/** The index in the folder; a damaged one is as good as none, since all of it is fetched again. */
async function localIndex(folder: string): Promise<LocalIndex | undefined> {
  const text = await storedIndex(folder);
  if (text === undefined) return undefined;
  try {
    const { payload, signatures } = readEnvelope(text, folder);
    const signers = signatures.map(({ keyid }) => keyid);
    return { text, signers, id: snapshotId(payload), index: readIndex(payload, folder) };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Refuses what does not even claim to be of those who signed the data that is there. Whether the claim is true only a key can tell. */
function requireSameSigner(signers: readonly string[], { signatures }: Envelope, name: string): void {
  if (signers.length === 0 || signatures.some(({ keyid }) => signers.includes(keyid))) return;
  throw new AppError(
    "CORRUPT_INPUT",
    `${name}: is not signed by key ${signers[0]!.slice(0, 16)}, by which the data that is there is signed`,
    {
      hint: "the old data stays in use; if another publisher is meant, repeat with --force, and with --key to check it",
    },
  );
}

/** Refuses data that is older or has lost what a feed does not lose by itself. */
export function requireProgress(
  before: Pick<IndexDocument, "date" | "feeds">,
  after: Pick<IndexDocument, "date" | "feeds">,
  name: string,
): void {
  const hint = "the old data stays in use; if the loss is meant, repeat with --force";
  if (after.date < before.date)
    throw new AppError(
      "CORRUPT_INPUT",
      `${name}: is of ${after.date.slice(0, 10)}, older than what is there (${before.date.slice(0, 10)})`,
      { hint },
    );
  for (const feed of before.feeds) {
    const records = after.feeds.find(({ id }) => id === feed.id)?.records ?? 0;
    if (records < feed.records * (1 - tolerableLoss))
      throw new AppError("CORRUPT_INPUT", `${name}: feed ${feed.id} has ${records} records, and had ${feed.records}`, {
        hint,
      });
  }
}

async function patched(
  publication: Publication,
  folder: string,
  from: LocalIndex,
  to: { id: string; index: IndexDocument },
): Promise<Map<string, Buffer>> {
  const name = deltaName(from.id, to.id);
  try {
    const delta = await publication.delta(name);
    if (delta === undefined) return new Map();
    return applyDelta(delta, from.index, to.index, (root) => readFileSync(join(folder, shardFolder, root)), name);
  } catch (error) {
    // A delta only saves bytes: without it, or with a damaged one, the shards are fetched whole.
    void messageOf(error);
    return new Map();
  }
}

/** Those of the shards that are in the folder and undamaged: nothing that was on a disk for long is trusted. */
async function soundShards(folder: string, roots: ReadonlySet<string>): Promise<Set<string>> {
  return new Set(
    [...(await shardsIn(folder))].filter((root) => {
      if (!roots.has(root)) return false;
      try {
        requireSound(readFileSync(join(folder, shardFolder, root)), root, root);
        return true;
      } catch {
        // A damaged shard is fetched again.
        return false;
      }
    }),
  );
}

/** Fetches shards into a map; the first failure ends it. */
async function fetchAll(
  publication: Publication,
  roots: readonly string[],
  shards: Map<string, Buffer>,
  onProgress: UpdateOptions["onProgress"],
): Promise<void> {
  const waiting = [...roots];
  const fetch = async () => {
    for (let root = waiting.shift(); root !== undefined; root = waiting.shift()) {
      onProgress?.(`${roots.length - waiting.length} of ${roots.length} shards`);
      shards.set(root, await checkedShard(publication, root));
    }
  };
  const fetching = Array.from({ length: fetchedAtOnce }, () =>
    fetch().catch((error: unknown) => {
      // The others end what they are at and begin nothing new.
      waiting.length = 0;
      throw error;
    }),
  );
  await Promise.allSettled(fetching);
  await Promise.all(fetching);
}

/** A shard as it is published, whole and undamaged; otherwise `CORRUPT_INPUT`. */
export async function checkedShard(publication: Publication, root: string): Promise<Buffer> {
  const bytes = await publication.shard(root);
  requireSound(bytes, root, `${publication.name}: shard ${root.slice(0, 12)}`);
  return bytes;
}
