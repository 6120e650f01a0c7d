import { sha256 } from "../../core/digest.ts";
import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { assignmentAt } from "./assignment.ts";
import { commandPassword, commandReach } from "./command-password.ts";
import { credentialFileSecrets } from "./credential-file.ts";
import { decodedRun, type Encoding, encodedRuns } from "./encoded.ts";
import { type FileClass, fileClassOf } from "./file-class.ts";
import { masked, maskedKey } from "./masking.ts";
import { isPlaceholder, isRandom } from "./placeholder.ts";
import { isPlainSecret } from "./plain-password.ts";
import { derPrivateKey, type FoundPrivateKey, longestArmour, privateKeyAt, puttyKeyAt } from "./private-key.ts";
import { assignedRules } from "./rules.ts";
import { searchPlan } from "./search-plan.ts";
import type { AssignedRule, SecretSeverity, TokenRule } from "./secret-rule.ts";

/** A secret in a file or text, masked. */
export interface Secret {
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  /** From 1; absent in binary files. */
  readonly line?: number;
  readonly masked: string;
  /** First 16 hex digits of the secret's SHA-256. */
  readonly hash: string;
}

/** What a search is told of the bytes. */
export interface SecretSearch {
  /** Without leading slash; what stands in documentation, tests and libraries is judged more strictly. */
  readonly path: string;
}

interface Candidate {
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  readonly secret: string;
  readonly start: number;
  readonly end: number;
  /** Of two that overlap the one of lower rank stays: a form says more than a name, a name more than a guess. */
  readonly rank: number;
  readonly shown?: string;
}

const deepest = 2;
const longestAddress = 512;
const sniffed = 8_192;

/**
 * The secrets in a file's bytes: tokens by their form, private keys by their structure, passwords by the name they are assigned to and in
 * addresses, plain or in base64 or hex up to two layers deep. Each is reported once for a file, where it stands first. More candidates than
 * `limits.secretCandidates` are `LIMIT_EXCEEDED`. Time is linear in the length.
 */
export function findSecrets(stored: Uint8Array, { path }: SecretSearch): Secret[] {
  const bytes = plainText(stored);
  const isBinary = looksBinary(bytes);
  return reported(bytes, candidatesIn(bytes, path, isBinary), isBinary);
}

/** UTF-16 that says so by its byte order mark (Unicode §23.8), as scripts and settings of Windows have it, in UTF-8; everything else as it is. */
function plainText(bytes: Uint8Array): Uint8Array {
  const mark = bytes.length % 2 === 0 && bytes.length >= 2 ? (bytes[0]! << 8) | bytes[1]! : 0;
  if (mark !== 0xfffe && mark !== 0xfeff) return bytes;
  const copy = Buffer.from(bytes);
  return Buffer.from((mark === 0xfeff ? copy.swap16() : copy).toString("utf16le"), "utf8");
}

/** Where secrets stand in a text, as {@link findSecrets} finds them: offsets in bytes, in order and apart from each other, with what may be shown instead. */
export function secretSpans(
  bytes: Uint8Array,
  { path }: SecretSearch,
): { readonly start: number; readonly end: number; readonly shown: string }[] {
  const spans: { start: number; end: number; shown: string }[] = [];
  for (const { start, end, shown, secret } of candidatesIn(bytes, path, false))
    if (start >= (spans.at(-1)?.end ?? 0)) spans.push({ start, end, shown: shown ?? masked(secret) });
  return spans;
}

function candidatesIn(bytes: Uint8Array, path: string, isBinary: boolean): Candidate[] {
  const place = fileClassOf(path);
  const candidates = new Scan(bytes, place, isBinary, 0, { count: 0 }).candidates();
  for (const { offset, ...found } of credentialFileSecrets(bytes, path)) {
    candidates.push({
      ...found,
      severity: weighed(found.severity, place, isBinary),
      start: offset,
      end: offset + found.secret.length,
      rank: 0,
    });
  }
  return withoutOverlaps(candidates);
}

class Scan {
  readonly #bytes: Uint8Array;
  readonly #place: FileClass;
  readonly #isBinary: boolean;
  readonly #depth: number;
  readonly #budget: { count: number };
  readonly #found: Candidate[] = [];
  /** End of the encoded text decoded last, and of the key read last: hits before it are parts of it. */
  #decodedTo: Record<Encoding, number> = { base64: 0, hex: 0 };

  constructor(bytes: Uint8Array, place: FileClass, isBinary: boolean, depth: number, budget: { count: number }) {
    this.#bytes = bytes;
    this.#place = place;
    this.#isBinary = isBinary;
    this.#depth = depth;
    this.#budget = budget;
  }

  candidates(): Candidate[] {
    const { search, signs } = searchPlan();
    search.scan(this.#bytes, (at, index) => {
      const sign = signs[index]!;
      switch (sign.sign) {
        case "token":
          if (isWordStart(this.#bytes, at) || sign.rules.some((rule) => rule.before[0] !== 0))
            this.#tokens(at, sign.rules);
          return;
        case "private-key":
          return this.#privateKey(at);
        case "putty-key":
          return this.#add(puttyKeyAt(this.#text(at, longestArmour)), at);
        case "assignment":
          return this.#isBinary ? undefined : this.#assignment(at, at + sign.length);
        case "address":
          return this.#isBinary ? undefined : this.#address(at);
        case "command":
          return this.#isBinary ? undefined : this.#command(at, sign.program);
        case "encoded":
          return this.#encoded(at, sign.encoding);
      }
    });
    if (this.#decodesAll()) this.#everyEncoded();
    return this.#found;
  }

  /** Settings and own code hold values; in libraries, tests and programs only what looks like an encoded secret is decoded. */
  #decodesAll(): boolean {
    return !this.#isBinary && this.#depth < deepest && (this.#place === "settings" || this.#place === "source");
  }

  #everyEncoded(): void {
    for (const { start, end, encoding, content, isText } of encodedRuns(this.#bytes)) {
      this.#count();
      if (isText) this.#inside(content, start, end, encoding);
      else this.#encodedKey(content, start, end, encoding);
    }
  }

  /** A key in DER whose text has lost its armour. */
  #encodedKey(content: Uint8Array, start: number, end: number, encoding: Encoding): void {
    const key = derPrivateKey(content);
    if (key === undefined) return;
    this.#found.push({
      kind: key.kind,
      title: `${key.title}, in ${encoding}`,
      severity: this.#weighed(key.severity),
      secret: Buffer.from(content).toString("base64"),
      start,
      end,
      rank: 0,
    });
  }

  #count(): void {
    if (++this.#budget.count > limits.secretCandidates)
      throw limitExceeded("search for secrets", `${limits.secretCandidates} candidates`);
  }

  #text(at: number, length: number): string {
    const end = Math.min(this.#bytes.length, at + length);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + at, end - at).toString("latin1");
  }

  #tokens(at: number, rules: readonly TokenRule[]): void {
    for (const rule of rules) {
      for (const before of rule.before) {
        const start = at - before;
        if (start < 0 || !isWordStart(this.#bytes, start)) continue;
        this.#count();
        if (this.#token(start, rule)) break;
      }
    }
  }

  #token(start: number, rule: TokenRule): boolean {
    rule.pattern.lastIndex = 0;
    const match = rule.pattern.exec(this.#text(start, rule.reach));
    if (match === null) return false;
    const secret = match.groups?.["secret"] ?? match[0];
    if (isPlaceholder(secret) || !isRandom(secret, rule.entropy) || rule.isSound?.(match[0]) === false) return false;
    this.#found.push({
      ...described(rule),
      secret,
      start,
      end: start + match[0].length,
      rank: 1,
      severity: this.#weighed(rule.severity),
    });
    return true;
  }

  #privateKey(at: number): void {
    this.#count();
    if (!/PRIVATE KEY/.test(this.#text(at, 64))) return;
    const end = this.#endOfArmour(at);
    this.#add(privateKeyAt(this.#text(at, end - at)), at);
  }

  /** The end of the next line of dashes after the header's: what lies behind it cannot belong to the key. */
  #endOfArmour(at: number): number {
    const limit = Math.min(this.#bytes.length, at + longestArmour);
    const part = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength).subarray(at, limit);
    const header = part.indexOf("-----", 11, "latin1");
    const next = header < 0 ? -1 : part.indexOf("-----", header + 5, "latin1");
    return next < 0 ? limit : Math.min(limit, at + next + 64);
  }

  #add(key: FoundPrivateKey | undefined, at: number): void {
    if (key === undefined) return;
    const { kind, title, secret, header, length } = key;
    this.#found.push({
      kind,
      title,
      secret,
      severity: this.#weighed(key.severity),
      start: at,
      end: at + length,
      rank: 0,
      shown: maskedKey(header, secret),
    });
  }

  #assignment(from: number, to: number): void {
    this.#count();
    const assignment = assignmentAt(this.#bytes, from, to);
    if (assignment === undefined || assignment.value.length < 4) return;
    const { name, value, start, end } = assignment;
    const rule = this.#place === "documentation" || this.#place === "test" ? undefined : assignedRule(name, value);
    if (rule)
      this.#found.push({
        ...described(rule),
        severity: this.#weighed(rule.severity),
        secret: value,
        start,
        end,
        rank: 2,
      });
    else if (isPlainSecret(assignment, this.#place)) {
      this.#found.push({
        kind: "assigned-secret",
        title: "Password or key assigned to a name",
        severity: "medium",
        secret: value,
        start,
        end,
        rank: 4,
      });
    }
  }

  /** scheme://user:password@host (RFC 3986 §3.2.1). */
  #address(at: number): void {
    this.#count();
    if (this.#place !== "settings" && this.#place !== "source") return;
    const start = at + 4;
    const limit = Math.min(this.#bytes.length, start + longestAddress);
    let colon = -1;
    for (let index = start; index < limit; index++) {
      const byte = this.#bytes[index]!;
      if (byte === 0x40) {
        if (colon > start) this.#password(colon + 1, index);
        return;
      }
      if (byte === 0x3a && colon < 0) colon = index;
      if (
        byte <= 0x20 ||
        byte >= 0x7f ||
        byte === 0x2f ||
        byte === 0x22 ||
        byte === 0x27 ||
        byte === 0x3c ||
        byte === 0x3e ||
        byte === 0x60
      )
        return;
    }
  }

  #password(start: number, end: number): void {
    const secret = this.#text(start, end - start);
    if (
      secret.length < 3 ||
      isPlaceholder(secret) ||
      /[{}$()[\]\\|]/.test(secret) ||
      /^(?:pass(?:word|wd)?|pwd?|secret|token|user(?:name)?|admin|root|test|guest|[A-Z_]+|[xX]+)$/.test(secret)
    )
      return;
    this.#found.push({
      kind: "address-password",
      title: "Password in an address",
      severity: "high",
      secret,
      start,
      end,
      rank: 3,
    });
  }

  /** A password among the words of a command line; scripts of packages have none of their own. */
  #command(at: number, program: string): void {
    if ((this.#place !== "settings" && this.#place !== "source") || !isWordStart(this.#bytes, at)) return;
    this.#count();
    const from = Math.max(0, at - commandReach);
    const found = commandPassword(this.#text(from, commandReach * 2), at - from, program);
    if (found === undefined) return;
    const start = from + found.offset;
    this.#found.push({
      kind: "command-password",
      title: "Password on a command line",
      severity: "high",
      secret: found.secret,
      start,
      end: start + found.secret.length,
      rank: 3,
    });
  }

  #encoded(at: number, encoding: Encoding): void {
    if (this.#depth >= deepest || at < this.#decodedTo[encoding] || this.#decodesAll()) return;
    this.#count();
    const run = decodedRun(this.#bytes, at, encoding);
    if (run === undefined) return;
    this.#decodedTo[encoding] = run.end;
    this.#inside(run.content, run.start, run.end, encoding);
  }

  #inside(content: Uint8Array, start: number, end: number, encoding: Encoding): void {
    // What was encoded is data, whatever the file around it is.
    const place = this.#place === "source" ? "settings" : this.#place;
    for (const inner of new Scan(content, place, false, this.#depth + 1, this.#budget).candidates()) {
      this.#found.push({
        ...inner,
        title: inner.title.includes(", in ") ? inner.title : `${inner.title}, in ${encoding}`,
        start,
        end,
      });
    }
  }

  #weighed(severity: SecretSeverity): SecretSeverity {
    return weighed(severity, this.#place, this.#isBinary);
  }
}

/** Examples, test data and what a library carries are known to everyone who has them; a self-test's key inside a program opens nothing. */
function weighed(severity: SecretSeverity, place: FileClass, isBinary: boolean): SecretSeverity {
  if (place === "documentation" || place === "test" || (place === "library" && isBinary)) return "low";
  return place === "library" && severity !== "low" ? "medium" : severity;
}

function described({ kind, title, severity }: { kind: string; title: string; severity: SecretSeverity }) {
  return { kind, title, severity };
}

/** The most telling rule for a value under a name. */
function assignedRule(name: string, value: string): AssignedRule | undefined {
  if (value.length < 12 || value.length > 2_048) return undefined;
  const plain = name.toLowerCase().replace(/[_.-]/g, "");
  return assignedRules.find(
    (rule) =>
      rule.names.some((part) => plain.includes(part)) &&
      rule.roles.some((part) => plain.includes(part)) &&
      rule.value.test(value) &&
      !isPlaceholder(value) &&
      isRandom(value, rule.entropy),
  );
}

/** Whether no letter or digit stands before; one that ends an escape such as `\n` or `%20` is none. */
function isWordStart(bytes: Uint8Array, at: number): boolean {
  if (at === 0) return true;
  const byte = bytes[at - 1]!;
  const isWord = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39);
  if (!isWord) return true;
  if (at >= 2 && bytes[at - 2] === 0x5c) return byte === 0x6e || byte === 0x72 || byte === 0x74;
  return at >= 3 && bytes[at - 3] === 0x25;
}

/** Whether bytes are no text: a NUL near the start, as git and grep judge it. */
export function looksBinary(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, sniffed);
  for (let index = 0; index < end; index++) if (bytes[index] === 0) return true;
  return false;
}

function withoutOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort((a, b) => a.start - b.start || a.rank - b.rank || b.end - a.end);
  const kept: Candidate[] = [];
  for (const candidate of sorted) {
    const last = kept.at(-1);
    const isInside = last !== undefined && candidate.start < last.end;
    if (!isInside) kept.push(candidate);
    else if (candidate.rank < last.rank) kept[kept.length - 1] = candidate;
    else if (
      candidate.rank === last.rank &&
      candidate.start === last.start &&
      candidate.secret !== last.secret &&
      candidate.end === last.end
    )
      kept.push(candidate);
  }
  return kept;
}

function reported(bytes: Uint8Array, candidates: readonly Candidate[], isBinary: boolean): Secret[] {
  const seen = new Set<string>();
  const lines = new LineCounter(bytes);
  const secrets: Secret[] = [];
  for (const { kind, title, severity, secret, start, shown } of candidates) {
    const hash = sha256(Buffer.from(secret, "latin1")).slice(0, 16);
    if (seen.has(`${kind} ${hash}`)) continue;
    seen.add(`${kind} ${hash}`);
    secrets.push({
      kind,
      title,
      severity,
      ...(isBinary ? {} : { line: lines.at(start) }),
      masked: shown ?? masked(secret),
      hash,
    });
    if (secrets.length === limits.secretsPerFile) break;
  }
  return secrets;
}

/** Counts line ends up to ascending offsets, each byte once. */
class LineCounter {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #line = 1;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  at(offset: number): number {
    for (; this.#offset < offset; this.#offset++) if (this.#bytes[this.#offset] === 0x0a) this.#line++;
    return this.#line;
  }
}
