import { corrupt, messageOf } from "../../core/errors.ts";

/** A JSON object as read; members are unknown until looked at. */
export interface JsonObject {
  readonly [key: string]: unknown;
}

/** Reads a JSON object. Throws `CORRUPT_INPUT` where the text is no JSON or no object. */
export function parseJsonObject(text: string, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt(name, `not JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw corrupt(name, "not a JSON object");
  return value;
}

/** True for an object that is no array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member as an object, or an empty one where it is something else. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  let at: unknown = value;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isObject(at) ? at : {};
}

/** The text members of an array, or none where it is no array. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((member): member is string => typeof member === "string") : [];
}

/** The text of a member, or undefined where it is no text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
