import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Feed, FeedMirror } from "./feed.ts";
import { feeds } from "./feeds.ts";

const path = fileURLToPath(new URL("../../../docs/feeds.md", import.meta.url));

/** A row of the table of feeds: what people wrote, and what the code says. */
interface Row {
  readonly id: string;
  readonly knows: string;
  readonly publisher: string;
  readonly generated: readonly string[];
}

const rowPattern = /^\| ([a-z][a-z0-9-]*) \|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm;

function rowsIn(page: string): Row[] {
  return [...page.matchAll(rowPattern)]
    .map((match) => match.slice(1).map((cell) => cell.trim()) as [string, string, string, string, string, string])
    .filter(([id]) => id !== "feed")
    .map(([id, knows, publisher, ...generated]) => ({ id, knows, publisher, generated }));
}

const ways: Readonly<Record<FeedMirror["kind"], string>> = {
  files: "whole",
  osv: "changes",
  csaf: "changes, deletions",
  rpm: "repositories",
};

function generatedOf({ ecosystems, names, mirror }: Feed): string[] {
  const hosts = new Set(mirror?.urls.map((url) => new URL(url.replaceAll("{}", "x")).host));
  return [
    ecosystems.length === 0 ? "–" : ecosystems.map((name) => (name === "*" ? "any" : name)).join(", "),
    [...new Set(names)].map((name) => `\`${name}\``).join(", "),
    mirror === undefined ? "–" : `${ways[mirror.kind]}, from ${[...hosts].join(", ")}`,
  ];
}

function rowText(feed: Feed, known: Row | undefined): string {
  const cells = [feed.id, known?.knows ?? feed.title, known?.publisher ?? "not stated", ...generatedOf(feed)];
  return `| ${cells.join(" | ")} |`;
}

/** The page with the table as the code has it; what people wrote of a feed stays. */
function written(page: string): string {
  const known = new Map(rowsIn(page).map((row) => [row.id, row]));
  const [start, end] = [page.indexOf("| alpine-secdb "), page.indexOf("\n\n*Licence*")];
  return page.slice(0, start) + feeds.map((feed) => rowText(feed, known.get(feed.id))).join("\n") + page.slice(end);
}

it("docs/feeds.md has a row for every feed, in order, that says what the code says (UPDATE_DOCS=1 writes it)", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(path, written(readFileSync(path, "utf8")));
  const page = readFileSync(path, "utf8");
  expect(rowsIn(page).map(({ id }) => id)).toEqual(feeds.map(({ id }) => id));
  expect(Object.fromEntries(rowsIn(page).map(({ id, generated }) => [id, generated]))).toEqual(
    Object.fromEntries(feeds.map((feed) => [feed.id, generatedOf(feed)])),
  );
  for (const { id, knows, publisher } of rowsIn(page)) {
    expect(knows, `${id}: what it knows`).not.toBe("");
    expect(publisher, `${id}: publisher and licence`).not.toBe("");
  }
});

it("docs/feeds.md explains every way in which a feed is fetched", () => {
  const page = readFileSync(path, "utf8");
  for (const way of Object.values(ways)) expect(page).toContain(`\n| ${way} |`);
});
