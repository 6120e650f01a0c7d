import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
  type Scalar,
  type ScalarTag,
  visit,
  type YAMLMap,
} from "yaml";
import { AppError, corrupt, limitExceeded, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** A step into a document: a key of a mapping or an index of a sequence. */
export type Step = string | number;

/** A place in a text, 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One document of a YAML or JSON text that could be read. */
export interface YamlDocument {
  /** The content as plain data: mappings are objects, shared nodes are shared objects. */
  readonly value: unknown;
  /** Where the document begins. */
  readonly line: number;
  /** Where the key or item at the path is written; merged and aliased content is followed. Undefined where nothing is there. */
  position(path: readonly Step[]): Position | undefined;
}

/** One document that could not be read: where and why. */
export interface BrokenDocument {
  readonly line: number;
  readonly reason: string;
  readonly hint?: string | undefined;
}

/** What a text holds, in order. A text that is empty, or holds comments only, has no documents. */
export interface YamlStream {
  readonly documents: readonly YamlDocument[];
  readonly broken: readonly BrokenDocument[];
}

/**
 * Reads a stream of YAML 1.2 or JSON documents as Kubernetes' tools read it: with the booleans and octal numbers of YAML 1.1, merge keys, and an error for
 * a key given twice. A broken document does not hide the others. Throws `LIMIT_EXCEEDED` beyond the bounds on size, documents, depth and aliases.
 */
export function readYamlDocuments(text: string, name: string): YamlStream {
  if (text.length > limits.document) throw limitExceeded(name, `${limits.document} bytes`);
  if (text.includes("\0")) throw corrupt(name, "a text file holds the character NUL");
  const json = largeJson(text, name);
  if (json) return { documents: [json], broken: [] };
  const lines = new LineCounter();
  const documents: YamlDocument[] = [];
  const broken: BrokenDocument[] = [];
  const composer = new Composer({
    merge: true,
    customTags: (tags) => [...kubernetesScalars, ...tags],
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  });
  const tokens = parseWithin(text, name, lines);
  let count = 0;
  for (const document of composer.compose(tokens, true, text.length)) {
    if (++count > limits.yamlDocuments) throw limitExceeded(name, `${limits.yamlDocuments} documents`);
    const read = readDocument(document, text, lines, name);
    if (read === undefined) continue;
    if ("reason" in read) broken.push(read);
    else documents.push(read);
  }
  return { documents, broken };
}

/** Lexes and parses, which needs no recursion, and measures depth before anything recursive sees the tokens. */
function* parseWithin(text: string, name: string, lines: LineCounter): Generator<CST.Token> {
  for (const token of new Parser(lines.addNewLine).parse(text)) {
    if (depthExceeds(token, limits.depth)) throw limitExceeded(name, `${limits.depth} levels of nesting`);
    yield token;
  }
}

function depthExceeds(root: CST.Token, allowed: number): boolean {
  const pending: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { token, depth } = next;
    if (depth > allowed) return true;
    if (token.type === "document") {
      if (token.value) pending.push({ token: token.value, depth });
    } else if ("items" in token) {
      for (const item of token.items) {
        if (item.key) pending.push({ token: item.key, depth: depth + 1 });
        if (item.value) pending.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
  return false;
}

function readDocument(
  document: Document.Parsed<ParsedNode>,
  text: string,
  lines: LineCounter,
  name: string,
): YamlDocument | BrokenDocument | undefined {
  const start = lineAt(document.contents?.range?.[0] ?? document.range[0], lines);
  const template = templateIn(document, text);
  if (template !== undefined) {
    return {
      line: lineAt(template, lines),
      reason: "it is a template, not yet YAML: it holds {{ … }}",
      hint: "render it first: helm template CHART > rendered.yaml",
    };
  }
  const [error] = document.errors;
  if (error) return { line: lineAt(error.pos[0], lines), reason: reasonOf(error.message, error.code) };
  const cycle = cycleIn(document);
  if (cycle !== undefined)
    return { line: lineAt(cycle, lines), reason: "an alias stands inside of what it stands for" };
  try {
    const value: unknown = document.toJS({ maxAliasCount: limits.yamlAliases });
    return value === null || value === undefined
      ? undefined
      : { value, line: start, position: (path) => positionOf(document, path, lines) };
  } catch (thrown) {
    if (/alias count/i.test(messageOf(thrown))) throw limitExceeded(name, `${limits.yamlAliases} uses of anchors`);
    if (thrown instanceof AppError) throw thrown;
    return { line: start, reason: messageOf(thrown) };
  }
}

function cycleIn(document: Document.Parsed<ParsedNode>): number | undefined {
  let found: number | undefined;
  visit(document, {
    Alias(_, alias) {
      const target = alias.resolve(document)?.range;
      const at = alias.range?.[0] ?? 0;
      if (target && at >= target[0] && at < target[1]) found = at;
      return found === undefined ? undefined : visit.BREAK;
    },
  });
  return found;
}

/** JSON above this size, as dumps of whole clusters are, is read without positions: a hundred times as fast. */
const jsonWithPositions = 512 * 1024;

function largeJson(text: string, name: string): YamlDocument | undefined {
  if (text.length <= jsonWithPositions || !/^\s*[[{]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON, perhaps a flow mapping of YAML: the YAML reader decides and names the error.
    return undefined;
  }
  if (valueDepthExceeds(value, limits.depth)) throw limitExceeded(name, `${limits.depth} levels of nesting`);
  return { value, line: 1, position: () => undefined };
}

function valueDepthExceeds(root: unknown, allowed: number): boolean {
  const pending: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.depth > allowed) return true;
    if (typeof next.value !== "object" || next.value === null) continue;
    for (const value of Object.values(next.value)) pending.push({ value, depth: next.depth + 1 });
  }
  return false;
}

function reasonOf(message: string, code: string): string {
  return code === "DUPLICATE_KEY"
    ? "a key is given twice in one mapping"
    : message.split("\n")[0]!.replace(/[:.]?\s*$/, "");
}

/** Where Helm's or another template language's braces stand, as opposed to braces inside a text that only a program reads later. */
function templateIn(document: Document.Parsed<ParsedNode>, text: string): number | undefined {
  let found: number | undefined;
  visit(document, {
    Pair(_, pair) {
      if (isMap(pair.key) || isSeq(pair.key)) found = (pair.key as Node).range?.[0] ?? 0;
      return found === undefined ? undefined : visit.BREAK;
    },
    Scalar(_, scalar) {
      if (isTemplated(scalar)) found = scalar.range?.[0] ?? 0;
      return found === undefined ? undefined : visit.BREAK;
    },
  });
  if (found !== undefined) return found;
  const [error] = document.errors;
  return error && text.slice(document.range[0], document.range[2]).includes("{{") ? error.pos[0] : undefined;
}

function isTemplated(scalar: Scalar): boolean {
  if (typeof scalar.value !== "string" || scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED")
    return false;
  return /\{\{-?\s*(\.(Values|Release|Chart|Capabilities|Files|Template)\b|include\s|template\s|tpl\s|if\s|range\s|with\s|end\b|toYaml\s)/.test(
    scalar.value,
  );
}

function lineAt(offset: number, lines: LineCounter): number {
  return lines.linePos(offset).line || 1;
}

function positionOf(
  document: Document.Parsed<ParsedNode>,
  path: readonly Step[],
  lines: LineCounter,
): Position | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined = document.contents?.range?.[0];
  for (const step of path) {
    node = isAlias(node) ? node.resolve(document) : node;
    const next = entryOf(node, step, document, 0);
    if (next === undefined) return undefined;
    node = next.value;
    offset = next.offset ?? offset;
  }
  if (offset === undefined) return undefined;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function entryOf(
  node: unknown,
  step: Step,
  document: Document.Parsed<ParsedNode>,
  merges: number,
): { value: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined || item === null ? undefined : { value: item, offset: (item as Node).range?.[0] };
  }
  if (!isMap(node)) return undefined;
  for (const pair of node.items) {
    if (isScalar(pair.key) && String(pair.key.value) === String(step))
      return { value: pair.value, offset: pair.key.range?.[0] };
  }
  if (merges > limits.linkDepth) return undefined;
  for (const source of mergedInto(node, document)) {
    const found = entryOf(source, step, document, merges + 1);
    if (found) return found;
  }
  return undefined;
}

function mergedInto(node: YAMLMap, document: Document.Parsed<ParsedNode>): unknown[] {
  const merged = node.items.find(
    (pair) => isScalar(pair.key) && (pair.key.source === "<<" || pair.key.value === "<<"),
  )?.value;
  const sources = isSeq(merged) ? merged.items : [merged];
  return sources.map((source) => (isAlias(source) ? source.resolve(document) : source));
}

/** Scalars that Kubernetes' YAML reader resolves by YAML 1.1 rules. */
const kubernetesScalars: ScalarTag[] = [
  {
    tag: "tag:yaml.org,2002:bool",
    default: true,
    identify: (value) => typeof value === "boolean",
    test: /^(?:[Yy]es|YES|[Oo]n|ON|[Nn]o|NO|[Oo]ff|OFF)$/,
    resolve: (text) => /^(?:yes|on)$/i.test(text),
  },
  {
    tag: "tag:yaml.org,2002:int",
    default: true,
    identify: (value) => typeof value === "number" && Number.isInteger(value),
    test: /^[-+]?0[0-7]+$/,
    resolve: (text) => Number.parseInt(text, 8),
  },
];
