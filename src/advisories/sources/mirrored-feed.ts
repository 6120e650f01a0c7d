import type { Dispatcher } from "undici";
import type { FileValidators } from "../../clients/feed-fetch.ts";
import { AppError } from "../../core/errors.ts";
import type { Feed, FeedContent } from "../feeds/feed.ts";
import type { Disk } from "../file/write.ts";
import { readFeed } from "./feed-source.ts";

/** What is kept of a feed between updates, in `feeds.json` beside the feeds. */
export interface FeedNote {
  /** ISO 8601: when it was fetched, or what the server says it is of. */
  readonly date: string;
  readonly records: number;
  /** With a CSAF provider: how many documents there were, and the archive that they came from. */
  readonly documents?: number | undefined;
  readonly archive?: string | undefined;
  /** By address. */
  readonly files: Readonly<Record<string, FileValidators & { readonly sha256: string }>>;
}

/** How feeds are refreshed. */
export interface RefreshOptions {
  readonly only?: readonly string[] | undefined;
  /** Addresses that stand for scheme and host of a feed's own. */
  readonly bases?: ReadonlyMap<string, string> | undefined;
  readonly dispatcher?: Dispatcher | undefined;
  readonly patience?: number | undefined;
  readonly force?: boolean | undefined;
  readonly disk?: Disk | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Bytes that one file of a feed may have. */
export const largestFile = 4 * 1024 ** 3;
/** Share of records that a feed may lose from one fetch to the next. */
export const tolerableLoss = 0.05;

/** How many records and files there are; too few against the last time, or a feed that cannot be read, is `CORRUPT_INPUT`. */
export async function trustedCount(
  feed: Feed,
  path: string,
  note: FeedNote | undefined,
  options: RefreshOptions,
  folder: string,
): Promise<{ records: number; files: number }> {
  const { records, files } = await readFeed({ feed, path, date: "" }, { add: countOf });
  if (note && !options.force && records < note.records * (1 - tolerableLoss)) {
    throw new AppError("CORRUPT_INPUT", `feed ${feed.id} has ${records} records, and had ${note.records}`, {
      hint: `the old feed in ${folder} stays; if the loss is meant, repeat with --force`,
    });
  }
  return { records, files };
}

function countOf(content: FeedContent): number {
  return [content.records, content.facts, content.products, content.statements, content.repositories].reduce(
    (sum, list) => sum + (list?.length ?? 0),
    0,
  );
}

/** An address of a feed, at the scheme and host that stand for its own where a mirror is named. */
export function rebased(url: URL, base: string | undefined): string {
  return base === undefined ? url.href : `${base.replace(/\/$/, "")}${url.pathname}${url.search}`;
}
