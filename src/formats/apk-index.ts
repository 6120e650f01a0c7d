import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { parseApkInstalled } from "./apk.ts";
import { decompress } from "./compression.ts";
import { readTar } from "./tar.ts";

/** What an apk repository offers. */
export interface ApkIndex {
  /** `v3.21.2-12-gabc` as its builder wrote it; empty where it is not described. */
  readonly description: string;
  /** ISO 8601 time of its making, as its archive says; undefined where it does not. */
  readonly date: string | undefined;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly architecture: string }[];
}

/**
 * Reads an `APKINDEX.tar.gz` (apk-index(5)): a signature and the index, each a gzip member of one archive. The signature is not verified here.
 * Throws `CORRUPT_INPUT` where it holds no index, `LIMIT_EXCEEDED`.
 */
export async function readApkIndex(bytes: Uint8Array, wanted: ReadonlySet<string>, what: string): Promise<ApkIndex> {
  let description = "";
  let date: string | undefined;
  let packages: ApkIndex["packages"] | undefined;
  for await (const entry of readTar(decompress(once(bytes), { what }), what)) {
    if (entry.type !== "file") continue;
    if (entry.path === "DESCRIPTION") description = text(await entry.bytes(limits.line)).trim();
    if (entry.path !== "APKINDEX") continue;
    if (entry.size > limits.analysedFile) throw limitExceeded(what, `${limits.analysedFile} bytes of an index`);
    date = entry.mtime > 0 && entry.mtime < 4_102_444_800 ? new Date(entry.mtime * 1000).toISOString() : undefined;
    packages = parseApkInstalled(text(await entry.bytes(limits.analysedFile)), what)
      .filter(({ name }) => wanted.has(name))
      .map(({ name, version, architecture = "" }) => ({ name, version, architecture }));
  }
  if (packages === undefined) throw corrupt(what, "holds no APKINDEX");
  return { description, date, packages };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
