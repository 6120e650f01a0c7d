import { covers } from "../feeds/feed.ts";
import { feeds } from "../feeds/feeds.ts";
import { maliciousPackages } from "../feeds/osv-feeds.ts";
import { repositoryToCpe } from "../feeds/programs.ts";
import type { AdvisoryStore } from "../store.ts";

/** Feeds that tell of an ecosystem without telling of its vulnerabilities. */
const besides: ReadonlySet<string> = new Set([maliciousPackages.id, repositoryToCpe.id]);

/**
 * ISO 8601 date of the newest feed in the data that tells of vulnerabilities in an ecosystem (`debian:12`); undefined where none is known to. The date of
 * the data as a whole is that of its newest feed, which may be about something else.
 */
export function dateOfData(held: AdvisoryStore["feeds"], ecosystem: string): string | undefined {
  const telling = new Set(feeds.filter((feed) => covers(feed, ecosystem) && !besides.has(feed.id)).map(({ id }) => id));
  return held
    .filter(({ id }) => telling.has(id))
    .map(({ date }) => date)
    .sort()
    .at(-1);
}
