import { controlParagraphs } from "./control-fields.ts";
import { JsonObject } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";
import { isZip, ZipFile } from "./zip.ts";

/** The package of a `METADATA` or `PKG-INFO` file (Python core metadata: fields as in e-mail, then the description), or undefined without name or version. */
export function parsePythonMetadata(text: string, path: string): PackageRecord | undefined {
  const [fields] = controlParagraphs(text, path);
  const [name, version] = [fields?.get("name"), fields?.get("version")];
  if (!fields || !name || !version) return undefined;
  const license = fields.get("license-expression") ?? fields.get("license")?.split("\n")[0];
  return {
    name,
    version,
    type: "pypi",
    vendor: fields.get("author") || fields.get("author-email") || undefined,
    licenses: license && license !== "UNKNOWN" ? [license] : [],
  };
}

const eggMetadata = "EGG-INFO/PKG-INFO";
/** Bytes of the metadata in an egg. */
const largestMetadata = 16 * 1024 ** 2;

/** The package of an egg that is an archive (setuptools, "The Internal Structure of Python Eggs"), or undefined where it names none or is something else of that name. Throws `CORRUPT_INPUT`, `LIMIT_EXCEEDED`. */
export function parsePythonEgg(bytes: Uint8Array, path: string): PackageRecord | undefined {
  if (!isZip(bytes)) return undefined;
  const zip = new ZipFile(bytes, path);
  const entry = zip.entries.find((one) => one.path === eggMetadata);
  if (entry === undefined) return undefined;
  const text = new TextDecoder().decode(zip.read(entry, { remaining: largestMetadata }));
  const record = parsePythonMetadata(text, path);
  return record && { ...record, within: eggMetadata };
}

/** The package of a file in `conda-meta`, or undefined without name or version. */
export function parseCondaPackage(bytes: Uint8Array, path: string): PackageRecord | undefined {
  const document = JsonObject.parse(bytes, path);
  const [name, version] = [document.text("name"), document.text("version")];
  if (name === undefined || version === undefined) return undefined;
  const stated = (key: string, value: string | undefined) => (value === undefined ? {} : { [key]: value });
  const channel = document.text("channel");
  return {
    name,
    version,
    type: "conda",
    architecture: document.text("arch"),
    licenses: document.text("license") === undefined ? [] : [document.text("license")!],
    fileCount: document.array("files").length,
    qualifiers: {
      ...stated("build", document.text("build")),
      // A channel is often written as its URL, which ends in channel and platform.
      ...stated(
        "channel",
        channel
          ?.replace(/\/+$/, "")
          .split("/")
          .filter((step) => step !== document.text("subdir"))
          .at(-1),
      ),
      ...stated("subdir", document.text("subdir")),
      ...stated("type", /\.(conda|tar\.bz2)$/.exec(document.text("fn") ?? "")?.[1]),
    },
  };
}
