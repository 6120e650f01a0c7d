import { type FetchOptions, fetchBytes } from "../../clients/feed-fetch.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { xmlChild, xmlChildText, xmlElements } from "../../formats/xml.ts";
import { type FeedMirror, listOf, member, readJson, textOf } from "../feeds/feed.ts";
import { rootOf } from "../feeds/xml-document.ts";

/** A file of a feed on its publisher's server. */
export interface RemoteFile {
  readonly url: string;
  /** Where it goes below the feed's folder. */
  readonly path: string;
  /** Its digest in hexadecimal, where the publisher says it elsewhere. */
  readonly sha256?: string | undefined;
}

/** How small files about repositories are fetched. */
export interface RepositoryAccess {
  readonly options: Omit<FetchOptions, "maxBytes" | "etag" | "lastModified">;
  /** The address at which an address of the publisher is asked. */
  located(url: string): string;
}

/**
 * The `updateinfo.xml` of each repository of a feed: its list of mirrors names folders, of which the first that answers has a `repomd.xml` with place and digest
 * (createrepo_c(8)). A repository of a catalogue may have none. Errors: those of {@link fetchBytes}; `CORRUPT_INPUT` where an answer is none.
 */
export async function repositoryFiles(mirror: FeedMirror, access: RepositoryAccess): Promise<RemoteFile[]> {
  const found: RemoteFile[] = [];
  for (const [index, list] of mirror.urls.entries()) {
    const file = await updateinfoOf(list, mirror.folders?.[index] ?? String(index), access);
    if (file === undefined) throw corrupt(list, "leads to a repository without updateinfo");
    found.push(file);
  }
  const { topics } = mirror;
  if (topics === undefined) return found;
  for (const topic of await topicsIn(topics.catalog, access)) {
    const file = await updateinfoOf(topics.url.replace("{}", topic), topics.folder.replace("{}", topic), access);
    if (file) found.push(file);
  }
  return found;
}

/** Repositories that a catalogue may name. */
const mostTopics = 2_000;

/** `{"topics": [{"n": "docker", …}]}` (extras-catalog.json of Amazon Linux 2). */
async function topicsIn(url: string, access: RepositoryAccess): Promise<string[]> {
  const topics = listOf(member(readJson({ path: url, text: await textAt(url, access) }), "topics"));
  const names = topics.map((topic) => textOf(member(topic, "n")) ?? "");
  if (names.length === 0 || names.length > mostTopics || !names.every((name) => /^\w[\w.+-]*$/.test(name)))
    throw corrupt(url, "is no catalogue of repositories");
  return names;
}

async function updateinfoOf(list: string, folder: string, access: RepositoryAccess): Promise<RemoteFile | undefined> {
  const mirrors = (await textAt(list, access)).split(/\s+/).filter((line) => line !== "");
  if (mirrors.length === 0 || !mirrors.every((line) => URL.canParse(line)))
    throw corrupt(list, "is no list of mirrors");
  let failure: unknown;
  for (const mirror of mirrors) {
    const base = new URL(`${mirror.replace(/\/$/, "")}/`);
    if (new URL(list).protocol === "https:" && base.protocol !== "https:") {
      failure ??= corrupt(list, `leads away from HTTPS to ${base.host}`);
      continue;
    }
    try {
      const index = new URL("repodata/repomd.xml", base).href;
      const file = updateinfoIn(await textAt(index, access), base, index);
      return file && { url: access.located(file.url), path: `${folder}/${file.name}`, sha256: file.sha256 };
    } catch (error) {
      // The next mirror may be in better health.
      if (!(error instanceof AppError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Where a `repomd.xml` says that the updateinfo is; undefined where the repository has none. */
function updateinfoIn(
  text: string,
  base: URL,
  name: string,
): { url: string; name: string; sha256: string | undefined } | undefined {
  if (rootOf(text) !== "repomd") throw corrupt(name, "is no repomd.xml");
  for (const data of xmlElements(text, { names: new Set(["data"]) }, name)) {
    if (data.attributes.get("type") !== "updateinfo") continue;
    const href = xmlChild(data, "location")?.attributes.get("href") ?? "";
    const url = URL.canParse(href, base.href) ? new URL(href, base) : undefined;
    const file = /(?:^|[/-])(updateinfo\.xml(?:\.(?:gz|xz|zst))?)$/.exec(href)?.[1];
    if (url === undefined || file === undefined || !url.href.startsWith(base.href))
      throw corrupt(name, `names no updateinfo of its repository: ${href.slice(0, 100)}`);
    const isSha256 = xmlChild(data, "checksum")?.attributes.get("type") === "sha256";
    return { url: url.href, name: file, sha256: isSha256 ? xmlChildText(data, "checksum")?.toLowerCase() : undefined };
  }
  return undefined;
}

async function textAt(url: string, { options, located }: RepositoryAccess): Promise<string> {
  const at = located(url);
  const answer = await fetchBytes(at, { ...options, maxBytes: limits.document });
  if (answer === undefined)
    throw new AppError("TARGET_NOT_FOUND", `${at}: the server has no such file`, {
      hint: "check the address given by --base",
    });
  return answer.bytes.toString("utf8");
}
