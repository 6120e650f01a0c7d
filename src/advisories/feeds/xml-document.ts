import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type XmlElement, type XmlWanted, xmlElements, xmlElementsInPieces } from "../../formats/xml.ts";
import type { FeedContent, FeedFile } from "./feed.ts";

/** Gathers the elements of one XML document and answers what they say when the document has ended. */
export interface XmlGathering {
  take(element: XmlElement): void;
  end(): FeedContent;
}

/** One form of XML documents. */
export interface XmlForm {
  /** Local name of the outermost element. */
  readonly root: string;
  readonly wanted: XmlWanted;
}

/** Characters at a document's beginning within which its outermost element begins. */
const headLength = 65_536;

/** Reads a document that is there as text. What is no whole document of the form is `CORRUPT_INPUT`, what goes beyond the bounds `LIMIT_EXCEEDED`. */
export function readXml(file: FeedFile, { root, wanted }: XmlForm, gathering: XmlGathering): FeedContent {
  requireRoot(file.text.slice(0, headLength), root, file.path);
  let count = 0;
  for (const element of xmlElements(file.text, wanted, file.path)) {
    count = counted(count, file.path);
    gathering.take(element);
  }
  return gathering.end();
}

/** The same for a document in UTF-8 that comes in pieces and may be longer than a text can be. */
export async function readXmlPieces(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  { root, wanted }: XmlForm,
  gathering: XmlGathering,
): Promise<FeedContent> {
  let count = 0;
  for await (const element of xmlElementsInPieces(checked(pieces, root, path), wanted, path)) {
    count = counted(count, path);
    gathering.take(element);
  }
  return gathering.end();
}

/** The local name of a document's outermost element, told by its beginning (XML 1.0 §2.8); undefined where there is none, and where it declares a document type. */
export function rootOf(head: string): string | undefined {
  const prolog = /^\uFEFF?\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->)[\s\S])*-->\s*)*/.exec(head)?.[0] ?? "";
  return /^<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(head.slice(prolog.length))?.[1];
}

function requireRoot(head: string, root: string, path: string): void {
  const found = rootOf(head);
  if (found === root) return;
  if (found === undefined && /<!DOCTYPE\b/i.test(head))
    throw corrupt(path, "declares a document type, which no feed does");
  throw corrupt(
    path,
    `is no XML document with the outermost element ${root}${found === undefined ? "" : ` but ${found}`}`,
  );
}

async function* checked(
  pieces: AsyncIterable<Uint8Array>,
  root: string,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < headLength) continue;
    requireRoot(head.toString("utf8", 0, headLength), root, path);
    yield head;
    head = undefined;
  }
  if (head === undefined) return;
  requireRoot(head.toString("utf8"), root, path);
  yield head;
}

function counted(count: number, path: string): number {
  if (count >= limits.records) throw limitExceeded(path, `${limits.records} records`);
  return count + 1;
}

/** The children of an element that have a name. */
export function childrenNamed(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Keeps one copy of each text, apart from the piece of the document that it was cut out of. */
export class TextPool {
  readonly #texts = new Map<string, string>();

  /** The same text, kept once. */
  of(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const copy = Buffer.from(text, "utf16le").toString("utf16le");
    this.#texts.set(copy, copy);
    return copy;
  }
}
