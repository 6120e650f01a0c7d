import { expect } from "vitest";
import type { AdvisoryRecord } from "../record.ts";
import type { FeedContent } from "./feed.ts";
import { feeds } from "./feeds.ts";

/** What a feed reads out of one file that it wants. */
export function read(id: string, path: string, content: string | object): FeedContent {
  const feed = feeds.find((candidate) => candidate.id === id);
  if (feed === undefined) throw new Error(`no feed ${id}`);
  expect(feed.wants(path), `${id} reads ${path}`).toBe(true);
  return feed.read({ path, text: typeof content === "string" ? content : JSON.stringify(content) });
}

/** The records among it. */
export function records(id: string, path: string, content: string | object): readonly AdvisoryRecord[] {
  return read(id, path, content).records ?? [];
}
