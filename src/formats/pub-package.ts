import type { PackageRecord } from "./package-record.ts";

/**
 * The package of a `pubspec.yaml` (dart.dev/tools/pub/pubspec), or undefined without name or version. Both stand in the first column as plain texts;
 * nothing else of the document is read.
 */
export function parsePubspec(text: string): PackageRecord | undefined {
  const [name, version] = [scalar(text, "name"), scalar(text, "version")];
  if (name === undefined || version === undefined) return undefined;
  return { name, version, type: "pub", licenses: [] };
}

function scalar(text: string, key: "name" | "version"): string | undefined {
  const found = new RegExp(`^${key}:[ \\t]+(?:"([^"\\n]*)"|'([^'\\n]*)'|([^\\s#"'][^\\s#]*))`, "m").exec(text);
  return found?.[1] ?? found?.[2] ?? found?.[3];
}
