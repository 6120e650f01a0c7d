import { SaxesParser } from "saxes";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** An element of an XML document with everything in it. Names are local ones: `rpm:entry` is `entry`. */
export interface XmlElement {
  readonly name: string;
  /** Values by local name; of two that share one, that without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The character data directly in it, entities resolved, without white space at its ends. */
  readonly text: string;
}

/** Which elements of a document are read. */
export interface XmlWanted {
  /** Local names of the elements that are handed out whole, each as it closes; of nested ones the outermost. */
  readonly names: ReadonlySet<string>;
  /** Local names of elements within them that are passed over with all they hold. */
  readonly without?: ReadonlySet<string> | undefined;
}

/** Characters of a document that are parsed between two looks at what came out. */
const sliceLength = 65_536;

/**
 * The wanted elements of an XML document (Extensible Markup Language 1.0) in a text, one at a time. Entities of a document type are not resolved and nothing
 * outside the text is ever read. Throws `CORRUPT_INPUT` where the document is not well-formed, `LIMIT_EXCEEDED` for nesting and size.
 */
export function* xmlElements(text: string, wanted: XmlWanted, what: string): Generator<XmlElement> {
  const reader = new ElementReader(wanted, what);
  for (let at = 0; at < text.length; at += sliceLength) yield* reader.read(text.slice(at, at + sliceLength));
  yield* reader.end();
}

/** The same over bytes in UTF-8 that come in pieces, so that a document of any size takes the memory of its largest element. */
export async function* xmlElementsInPieces(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  wanted: XmlWanted,
  what: string,
): AsyncGenerator<XmlElement, void, undefined> {
  const reader = new ElementReader(wanted, what);
  const decoder = new TextDecoder("utf-8");
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += sliceLength)
      yield* reader.read(decoder.decode(piece.subarray(at, at + sliceLength), { stream: true }));
  yield* reader.read(decoder.decode());
  yield* reader.end();
}

/** The first child of a name; undefined where there is none. */
export function xmlChild(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** The text of the first child of a name; undefined where there is none or it is empty. */
export function xmlChildText(element: XmlElement, name: string): string | undefined {
  const text = xmlChild(element, name)?.text;
  return text === "" ? undefined : text;
}

/** Every element of a name below this one, in the order of the document. */
export function* xmlDescendants(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of element.children) {
    if (child.name === name) yield child;
    yield* xmlDescendants(child, name);
  }
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

class ElementReader {
  readonly #parser = new SaxesParser();
  readonly #wanted: XmlWanted;
  readonly #what: string;
  /** The wanted element that is open and those open in it. */
  readonly #open: OpenElement[] = [];
  #done: XmlElement[] = [];
  #depth = 0;
  /** Depth of the element that is passed over; 0 where none is. */
  #passedOver = 0;
  /** Characters and elements of the wanted element that is open, each element counted as forty characters. */
  #size = 0;
  /** Characters since the last tag, whoever they belong to. */
  #sinceTag = 0;

  constructor(wanted: XmlWanted, what: string) {
    this.#wanted = wanted;
    this.#what = what;
    this.#parser.on("error", (error) => {
      throw corrupt(what, error.message.replace(/^\d+:\d+: /, ""), this.#parser.position);
    });
    this.#parser.on("opentag", (tag) => this.#opened(tag.name, tag.attributes));
    this.#parser.on("closetag", () => this.#closed());
    this.#parser.on("text", (text) => this.#addText(text));
    this.#parser.on("cdata", (text) => this.#addText(text));
  }

  *read(text: string): Generator<XmlElement> {
    this.#sinceTag += text.length;
    if (this.#sinceTag > limits.document + sliceLength)
      throw limitExceeded(this.#what, `${limits.document} characters without a tag`);
    this.#parse(text);
    yield* this.#handOut();
  }

  *end(): Generator<XmlElement> {
    this.#parse(null);
    yield* this.#handOut();
  }

  #parse(text: string | null): void {
    try {
      if (text === null) this.#parser.close();
      else this.#parser.write(text);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw corrupt(this.#what, `is no XML document: ${messageOf(error)}`);
    }
  }

  #handOut(): XmlElement[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #opened(qualified: string, values: Readonly<Record<string, string>>): void {
    this.#sinceTag = 0;
    if (++this.#depth > limits.depth) throw limitExceeded(this.#what, `${limits.depth} levels of elements`);
    if (this.#passedOver > 0) return;
    const name = localName(qualified);
    if (this.#open.length === 0 && !this.#wanted.names.has(name)) return;
    if (this.#open.length > 0 && this.#wanted.without?.has(name)) {
      this.#passedOver = this.#depth;
      return;
    }
    this.#grow(40);
    this.#open.push({ name, attributes: this.#attributesOf(values), children: [], text: "" });
  }

  #attributesOf(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    for (const [qualified, value] of Object.entries(values)) {
      const name = localName(qualified);
      this.#grow(name.length + value.length);
      if (qualified === name || !attributes.has(name)) attributes.set(name, value);
    }
    return attributes;
  }

  #closed(): void {
    this.#sinceTag = 0;
    const depth = this.#depth--;
    if (this.#passedOver > 0) {
      if (this.#passedOver === depth) this.#passedOver = 0;
      return;
    }
    const closed = this.#open.pop();
    if (closed === undefined) return;
    const element: XmlElement = { ...closed, text: closed.text.trim() };
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else {
      this.#done.push(element);
      this.#size = 0;
    }
  }

  #addText(text: string): void {
    const current = this.#open.at(-1);
    if (current === undefined || this.#passedOver > 0) return;
    this.#grow(text.length);
    current.text += text;
  }

  #grow(by: number): void {
    this.#size += by;
    if (this.#size > limits.document) throw limitExceeded(this.#what, `${limits.document} characters in one element`);
  }
}

function localName(qualified: string): string {
  return qualified.slice(qualified.indexOf(":") + 1);
}
