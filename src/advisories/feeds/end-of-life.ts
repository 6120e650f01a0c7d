import { corrupt } from "../../core/errors.ts";
import type { ReleaseLife } from "../record.ts";
import { readYaml } from "./document.ts";
import { type Feed, type FeedContent, type FeedFile, listOf, member, readJson, textOf } from "./feed.ts";

/** End-of-life dates: the product pages of endoflife.date (front matter), or its API's answer `products/full`. */
export const endOfLife: Feed = {
  id: "eol",
  title: "End of life of products (endoflife.date)",
  names: ["eol", "endoflife", "end-of-life"],
  ecosystems: [],
  core: true,
  eager: true,
  mirror: { kind: "files", urls: ["https://endoflife.date/api/v1/products/full"] },
  wants: (path) =>
    (path.endsWith(".md") && !/(^|\/)(README|CONTRIBUTING|LICENSE|SECURITY)/i.test(path)) ||
    path.endsWith(".json") ||
    path.endsWith("full"),
  recognises: ({ path, text }) =>
    (path.endsWith(".md") && /^---\r?\n[\s\S]*?^releases:/m.test(text)) ||
    (text.includes('"eolFrom"') && text.includes('"releases"')),
  read: (file) => (file.path.endsWith(".md") ? readPage(file) : readAnswer(file)),
};

function readPage(file: FeedFile): FeedContent {
  const header = /^---\r?\n([\s\S]*?)\r?\n---\s*(\r?\n|$)/.exec(file.text)?.[1];
  if (header === undefined) throw corrupt(file.path, "has no front matter");
  const product = /^permalink:\s*["']?\/([\w.+-]+)/m.exec(header)?.[1] ?? nameOf(file.path);
  return {
    products: [
      {
        product,
        releases: () =>
          listOf(member(readYaml(header, file.path), "releases")).flatMap(
            (release) => pageRelease(product, release) ?? [],
          ),
      },
    ],
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.\w+$/, "");
}

function pageRelease(product: string, release: unknown): ReleaseLife | undefined {
  const name = textOf(member(release, "releaseCycle"));
  if (name === undefined) return undefined;
  const extended = dateOrFlag(member(release, "eoes")) ?? dateOrFlag(member(release, "extendedSupport"));
  return {
    product,
    release: name,
    endOfLife: dateOrFlag(member(release, "eol")) ?? dateOrFlag(member(release, "discontinued")) ?? false,
    ...(extended !== undefined && { extendedSupport: extended }),
    ...optional("latest", textOf(member(release, "latest"))),
    ...optional("releaseDate", dateText(member(release, "releaseDate"))),
  };
}

/** API v1 of endoflife.date, `products/full`, and its answer for one product. */
function readAnswer(file: FeedFile): FeedContent {
  const result = member(readJson(file), "result");
  const products = Array.isArray(result) ? result : [result];
  const date = textOf(member(readJson(file), "last_modified"));
  if (products.length === 0) throw corrupt(file.path, "lists no products");
  return {
    products: products.map((entry) => {
      const product = textOf(member(entry, "name"));
      if (product === undefined) throw corrupt(file.path, "has a product without name");
      const releases = listOf(member(entry, "releases")).flatMap((release) => answerRelease(product, release) ?? []);
      return { product, releases: () => releases };
    }),
    ...(date !== undefined && { date }),
  };
}

function answerRelease(product: string, release: unknown): ReleaseLife | undefined {
  const name = textOf(member(release, "name"));
  if (name === undefined) return undefined;
  const extended = dateOrFlag(member(release, "eoesFrom")) ?? dateOrFlag(member(release, "isEoes"));
  return {
    product,
    release: name,
    endOfLife: dateOrFlag(member(release, "eolFrom")) ?? dateOrFlag(member(release, "isEol")) ?? false,
    ...(extended !== undefined && { extendedSupport: extended }),
    ...optional("latest", textOf(member(member(release, "latest"), "name"))),
    ...optional("releaseDate", dateText(member(release, "releaseDate"))),
  };
}

function optional<K extends "latest" | "releaseDate">(name: K, value: string | undefined): Partial<Record<K, string>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<K, string>>;
}

function dateOrFlag(value: unknown): string | boolean | undefined {
  return typeof value === "boolean" ? value : dateText(value);
}

function dateText(value: unknown): string | undefined {
  return typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : undefined;
}
