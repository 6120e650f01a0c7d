import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson, compareText } from "../../core/canonical-json.ts";
import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** Media type of a host's tamper baseline inside its envelope. */
export const baselinePayloadType = "application/vnd.plimsoll.host-baseline.v1+json";

const Entry = z.strictObject({
  path: z.string(),
  kind: z.enum(["file", "folder", "link", "other"]),
  /** Octal rights, four digits or more. */
  mode: z.string(),
  owner: z.number(),
  group: z.number(),
  /** SHA-256 of a file's content, in hexadecimal. */
  digest: z.string().optional(),
  /** Where a link leads, as written. */
  target: z.string().optional(),
  /** File capabilities in the form of cap_to_text(3); absent where there are none or they were not read. */
  capabilities: z.string().optional(),
});
const Baseline = z.strictObject({
  version: z.literal(1),
  host: z.string(),
  /** When it was taken (RFC 3339). */
  created: z.string(),
  /** The files and folders that it covers; what was signed decides what is compared. */
  paths: z.array(z.string()).min(1),
  /** Whether file capabilities could be read. */
  capabilitiesRead: z.boolean(),
  /** What could not be read when it was taken. */
  unread: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  entries: z.array(Entry),
});

/** One file, folder or link as a baseline holds it. */
export type BaselineEntry = z.output<typeof Entry>;
/** The state of chosen paths of a host at one moment. */
export type HostBaseline = z.output<typeof Baseline>;

/** What became of a baseline's signature. Only a trusted one is worth comparing with. */
export type BaselineReading =
  | { readonly state: "trusted"; readonly baseline: HostBaseline; readonly key: string }
  | { readonly state: "unsigned" }
  /** It names keys, none of which was given. */
  | { readonly state: "unchecked"; readonly signers: readonly string[] }
  /** None of the given keys made any of its signatures: it was changed, or somebody else signed it. */
  | { readonly state: "wrong-signature"; readonly signers: readonly string[] };

/** The text of a baseline in a DSSE envelope (github.com/secure-systems-lab/dsse, "Protocol"), signed by an Ed25519 key (RFC 8032) where one is given. */
export function storedBaseline(baseline: HostBaseline, key?: KeyObject): string {
  const payload = Buffer.from(canonicalJson(baseline));
  const signatures =
    key === undefined
      ? []
      : [{ keyid: keyDigest(createPublicKey(key)), sig: sign(null, signedBytes(payload), key).toString("base64") }];
  return `${JSON.stringify({ payloadType: baselinePayloadType, payload: payload.toString("base64"), signatures })}\n`;
}

const Envelope = z.object({
  payloadType: z.literal(baselinePayloadType),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).max(64),
});

/** Reads a stored baseline; its content is parsed only once a given key is found to have signed it. Throws `CORRUPT_INPUT`, `LIMIT_EXCEEDED`. */
export function readBaseline(text: string, name: string, keys: readonly KeyObject[]): BaselineReading {
  if (text.length > limits.document) throw limitExceeded(name, `${limits.document} bytes`);
  const envelope = Envelope.safeParse(json(text, name));
  if (!envelope.success) throw corrupt(name, "is no baseline of a host");
  const payload = Buffer.from(envelope.data.payload, "base64");
  const { signatures } = envelope.data;
  if (signatures.length === 0) return { state: "unsigned" };
  const signers = signatures.map(({ keyid }) => keyid);
  if (keys.length === 0) return { state: "unchecked", signers };
  const message = signedBytes(payload);
  const signer = keys.find((key) =>
    signatures.some(({ sig }) => verify(null, message, key, Buffer.from(sig, "base64"))),
  );
  if (signer === undefined) return { state: "wrong-signature", signers };
  const baseline = Baseline.safeParse(json(payload.toString("utf8"), name));
  if (!baseline.success) throw corrupt(name, "its signed content is no baseline of this version");
  return { state: "trusted", baseline: baseline.data, key: keyDigest(signer) };
}

function json(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(name, "is no JSON document: it is damaged or cut off");
  }
}

/** DSSE's pre-authentication encoding. */
function signedBytes(payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${baselinePayloadType.length} ${baselinePayloadType} ${payload.length} `),
    payload,
  ]);
}

/** SHA-256 of a public key's SubjectPublicKeyInfo, in hexadecimal. */
function keyDigest(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** What of one path differs. */
export interface BaselineChange {
  readonly path: string;
  readonly changes: readonly { readonly what: string; readonly before: string; readonly after: string }[];
}

/** What differs between two baselines of the same paths; each list is sorted by path. */
export interface BaselineDifference {
  readonly added: readonly BaselineEntry[];
  readonly removed: readonly BaselineEntry[];
  readonly changed: readonly BaselineChange[];
}

/** What was added, removed and changed since `before`. What could not be read on either side is not compared, nor are capabilities where one side could not read them. */
export function compareBaselines(before: HostBaseline, after: HostBaseline): BaselineDifference {
  const earlier = new Map(before.entries.map((entry) => [entry.path, entry]));
  const later = new Map(after.entries.map((entry) => [entry.path, entry]));
  const hidden = [...before.unread, ...after.unread].map(({ path }) => path);
  const isHidden = (path: string) => hidden.some((folder) => path === folder || path.startsWith(`${folder}/`));
  const withCapabilities = before.capabilitiesRead && after.capabilitiesRead;
  const byPath = (a: { path: string }, b: { path: string }) => compareText(a.path, b.path);
  const changed: BaselineChange[] = [];
  for (const [path, entry] of earlier) {
    const now = later.get(path);
    if (now === undefined || isHidden(path)) continue;
    const changes = changesOf(entry, now, withCapabilities);
    if (changes.length > 0) changed.push({ path, changes });
  }
  return {
    added: [...later.values()].filter(({ path }) => !earlier.has(path) && !isHidden(path)).sort(byPath),
    removed: [...earlier.values()].filter(({ path }) => !later.has(path) && !isHidden(path)).sort(byPath),
    changed: changed.sort(byPath),
  };
}

function changesOf(before: BaselineEntry, after: BaselineEntry, withCapabilities: boolean): BaselineChange["changes"] {
  const pairs: [what: string, before: string, after: string][] = [
    ["kind", before.kind, after.kind],
    ["content", before.digest ?? "", after.digest ?? ""],
    ["target", before.target ?? "", after.target ?? ""],
    ["rights", before.mode, after.mode],
    ["owner", `${before.owner}:${before.group}`, `${after.owner}:${after.group}`],
  ];
  if (withCapabilities) pairs.push(["capabilities", before.capabilities ?? "", after.capabilities ?? ""]);
  return pairs.filter(([, a, b]) => a !== b).map(([what, a, b]) => ({ what, before: a, after: b }));
}
