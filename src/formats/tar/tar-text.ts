import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** A path as it lies below the root of a file system. */
export interface NormalPath {
  /** Without leading slash, empty, `.` or `..` parts; "" is the root itself. */
  path: string;
  /** Whether the written path climbs above the root; it is then held at the root, as a chroot does. */
  escapes: boolean;
}

/** Brings a path of an archive into the form that all other floors use. NUL is `CORRUPT_INPUT`, over-length `LIMIT_EXCEEDED`. */
export function normalisePath(raw: string, what: string, offset?: number): NormalPath {
  if (raw.length > limits.pathBytes) throw limitExceeded(what, `${limits.pathBytes} bytes in one path`);
  if (raw.includes("\0")) throw corrupt(what, "path with a NUL byte", offset);
  if (isNormal(raw)) return { path: raw, escapes: false };
  const parts: string[] = [];
  let escapes = false;
  for (const part of raw.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) escapes = true;
  }
  return { path: parts.join("/"), escapes };
}

function isNormal(raw: string): boolean {
  return !/^\/|^\.\.?(?:\/|$)|\/\.\.?(?:\/|$)|\/\/|\/$|^$/.test(raw);
}
