import { corrupt } from "../core/errors.ts";
import { JsonObject, parseJson } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";

/** The packages of `vendor/composer/installed.json`: a list, since Composer 2 as the member `packages`. */
export function parseComposerInstalled(bytes: Uint8Array, path: string): PackageRecord[] {
  const document = parseJson(bytes, path);
  const listed = Array.isArray(document) ? document : JsonObject.of(document)?.array("packages");
  if (listed === undefined) throw corrupt(path, "is neither a list nor an object");
  return listed.flatMap((entry) => recordOf(JsonObject.of(entry)) ?? []);
}

function recordOf(entry: JsonObject | undefined): PackageRecord | undefined {
  const [name, version] = [entry?.text("name"), entry?.text("version")];
  if (entry === undefined || name === undefined || version === undefined) return undefined;
  return { name, version: version.replace(/^v(?=\d)/, ""), type: "composer", licenses: entry.texts("license") };
}
