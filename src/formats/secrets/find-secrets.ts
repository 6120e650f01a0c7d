import { sha256 } from "../../core/digest.ts";
import { limits } from "../../core/limits.ts";
import { credentialFileSecrets } from "./credential-file.ts";
import { fileClassOf } from "./file-class.ts";
import { LineCounter } from "./line-counter.ts";
import { masked } from "./masking.ts";
import { ranks, type SecretCandidate, weighed, withoutOverlaps } from "./secret-candidate.ts";
import type { SecretSeverity } from "./secret-rule.ts";
import { SecretScan } from "./secret-scan.ts";
import { looksBinary, plainText } from "./text-bytes.ts";

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

function candidatesIn(bytes: Uint8Array, path: string, isBinary: boolean): SecretCandidate[] {
  const place = fileClassOf(path);
  const candidates = new SecretScan(bytes, place, isBinary).candidates();
  for (const { offset, ...found } of credentialFileSecrets(bytes, path)) {
    candidates.push({
      ...found,
      severity: weighed(found.severity, place, isBinary),
      start: offset,
      end: offset + found.secret.length,
      rank: ranks.structure,
    });
  }
  return withoutOverlaps(candidates);
}

function reported(bytes: Uint8Array, candidates: readonly SecretCandidate[], isBinary: boolean): Secret[] {
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
