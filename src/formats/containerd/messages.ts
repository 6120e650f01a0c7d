import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { protobufBytes, protobufFields, protobufInteger, protobufMessage, protobufText } from "../protobuf.ts";

/* Messages of containerd's API (containerd, api/services/{images,content,namespaces}/v1), as far as an image is read by them. */

/** `GetImageRequest`, and equally `InfoRequest` and `ReadContentRequest` for the whole of a blob: their first field is a name or a digest. */
export function namedRequest(nameOrDigest: string): Uint8Array {
  return protobufMessage([[1, nameOrDigest]]);
}

/** The digest of the manifest or index that a `GetImageResponse` names; empty where it names none. */
export function imageTarget(message: Uint8Array, what: string): string {
  const image = protobufBytes(message, 1, what) ?? new Uint8Array();
  return protobufText(protobufBytes(image, 3, what) ?? new Uint8Array(), 2, what);
}

/** The size of a blob in bytes by an `InfoResponse`. */
export function contentSize(message: Uint8Array, what: string): number {
  return protobufInteger(protobufBytes(message, 1, what) ?? new Uint8Array(), 2, what);
}

/** A `ReadContentResponse`: a part of a blob and where in it the part lies. */
export function contentPart(message: Uint8Array, what: string): { offset: number; data: Uint8Array } {
  return { offset: protobufInteger(message, 1, what), data: protobufBytes(message, 2, what) ?? new Uint8Array() };
}

/** The names in a `ListNamespacesResponse`. Throws `LIMIT_EXCEEDED` for too many. */
export function namespaceNames(message: Uint8Array, what: string): string[] {
  const names: string[] = [];
  for (const field of protobufFields(message, what)) {
    if (field.number !== 1 || !("bytes" in field)) continue;
    names.push(protobufText(field.bytes, 1, what));
    if (names.length > limits.layers) throw limitExceeded(what, `${limits.layers} name spaces`);
  }
  return names;
}
