import { JsonObject } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";
import { ZipFile } from "./zip.ts";

/** Bytes of the package.json in an archive. */
const largestDocument = 8 * 1024 ** 2;
const packageInArchive = /^node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/;

/** The package that a `package.json` describes (npm's package.json(5)), or undefined where it has no name or version, as in fixtures. `isRoot` says that it lies outside `node_modules`: the application itself. */
export function parseNpmPackage(bytes: Uint8Array, path: string, isRoot: boolean): PackageRecord | undefined {
  const document = JsonObject.parse(bytes, path);
  const [name, version] = [document.text("name"), document.text("version")];
  if (name === undefined || version === undefined) return undefined;
  return {
    name,
    version: version.trim().replace(/^[=v]+/, ""),
    type: "npm",
    vendor: document.text("author") ?? document.object("author")?.text("name"),
    licenses: licensesOf(document),
    properties: { ...(isRoot ? { root: "yes" } : {}), ...(document.isTrue("private") ? { private: "yes" } : {}) },
    ...(isRoot ? { confidence: "medium" } : {}),
  };
}

/**
 * The package of an archive in Yarn's cache, out of which Plug'n'Play runs it without unpacking (yarnpkg.com, "Plug'n'Play"); undefined where it holds
 * none. Throws `CORRUPT_INPUT`, `LIMIT_EXCEEDED`.
 */
export function parseYarnArchive(bytes: Uint8Array, path: string): PackageRecord | undefined {
  const zip = new ZipFile(bytes, path);
  const entry = zip.entries.find((one) => packageInArchive.test(one.path));
  if (entry === undefined) return undefined;
  const record = parseNpmPackage(zip.read(entry, { remaining: largestDocument }), `${path}!/${entry.path}`, false);
  return record && { ...record, within: entry.path };
}

/** `license` as an expression or, of old, an object; `licenses` as a list of either. */
function licensesOf(document: JsonObject): string[] {
  const single = document.text("license") ?? document.object("license")?.text("type");
  if (single !== undefined) return [single];
  return document
    .array("licenses")
    .flatMap((license) => (typeof license === "string" ? license : (JsonObject.of(license)?.text("type") ?? [])));
}
