import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { JsonObject } from "../json-document.ts";

/** Kinds of statements that are SBOMs (in-toto attestation framework, predicate types `spdx` and `cyclonedx`). */
const sbomPredicate = /^https:\/\/(?:spdx\.dev\/Document|cyclonedx\.org\/(?:bom|schema|specification))/;

/** An in-toto statement: what is said, and of which artifacts. */
export interface Statement {
  readonly predicateType: string;
  /** Digests of its subjects as `sha256:…`, in the order of the statement. */
  readonly subjects: readonly string[];
  readonly predicate: JsonObject;
}

/** A document as it is, or the statement that it holds. */
export type Unwrapped =
  | { readonly document: JsonObject; readonly statement?: undefined }
  | { readonly statement: Statement; readonly document?: undefined };

/** Whether statements of this type are SBOMs. */
export function isSbomPredicate(predicateType: string): boolean {
  return sbomPredicate.test(predicateType);
}

/**
 * Takes a document out of what may be around it: a Sigstore bundle (`dsseEnvelope`), a DSSE envelope (`payload`), an in-toto statement (`predicate`).
 * Signatures are not verified here. Throws `CORRUPT_INPUT` for what is no JSON object, `LIMIT_EXCEEDED` for too much of it.
 */
export function unwrap(bytes: Uint8Array, what: string): Unwrapped {
  const outer = jsonObject(bytes, what);
  const envelope = outer.object("dsseEnvelope") ?? outer;
  const payload = envelope.text("payload");
  const isEnvelope = payload !== undefined && envelope.text("payloadType") !== undefined;
  const document = isEnvelope ? jsonObject(Buffer.from(payload, "base64"), `${what}: payload`) : outer;
  const predicateType = document.text("predicateType");
  const predicate = predicateType === undefined ? undefined : document.object("predicate");
  if (predicateType === undefined || predicate === undefined) return { document };
  return { statement: { predicateType, subjects: subjectsOf(document), predicate: inner(predicate, what) } };
}

/** A JSON object of an untrusted document. */
export function jsonObject(bytes: Uint8Array, what: string): JsonObject {
  if (bytes.length > limits.document) throw limitExceeded(what, `${limits.document} bytes`);
  const text = new TextDecoder().decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(what, "is no JSON");
  }
  const object = JsonObject.of(value);
  if (object === undefined) throw corrupt(what, "is no JSON object");
  return object;
}

function subjectsOf(statement: JsonObject): string[] {
  return statement.objects("subject").flatMap((subject) => {
    const digest = subject.object("digest");
    return (digest?.keys() ?? []).flatMap((algorithm) => {
      const value = digest?.text(algorithm);
      return value === undefined ? [] : [`${algorithm}:${value}`];
    });
  });
}

/** cosign up to 1.13 puts a further `Data` around some predicates, as text or as an object. */
function inner(predicate: JsonObject, what: string): JsonObject {
  const data = predicate.text("Data");
  if (data !== undefined) return jsonObject(Buffer.from(data), `${what}: predicate`);
  return predicate.object("Data") ?? predicate;
}
