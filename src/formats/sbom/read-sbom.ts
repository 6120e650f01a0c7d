import { compareText } from "../../core/canonical-json.ts";
import { AppError, corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { JsonObject } from "../json-document.ts";
import { readCycloneDx } from "./cyclonedx.ts";
import type { SbomDocument, SbomPackage } from "./sbom-document.ts";
import { readSpdx } from "./spdx.ts";

/**
 * Reads an SBOM: CycloneDX 1.2 to 1.6 or SPDX 2.2 and 2.3 as JSON, bare or as the predicate of an in-toto statement, that in a DSSE envelope or not.
 * The envelope's signature is not verified here. What is neither is `UNSUPPORTED`, damaged JSON `CORRUPT_INPUT`, too much of it `LIMIT_EXCEEDED`.
 */
export function readSbom(bytes: Uint8Array, what: string): SbomDocument {
  const document = unwrapped(jsonOf(bytes, what), what);
  const read =
    document.text("bomFormat") === "CycloneDX" ? readCycloneDx : document.text("spdxVersion") ? readSpdx : undefined;
  if (read === undefined)
    throw new AppError("UNSUPPORTED", `${what}: is no SBOM that is known`, {
      hint: "CycloneDX 1.2 to 1.6 and SPDX 2.2 and 2.3 are read, as JSON",
    });
  const sbom = read(document, what);
  if (sbom.packages.length > limits.records) throw limitExceeded(what, `${limits.records} packages`);
  return { ...sbom, packages: [...sbom.packages].sort(byName) };
}

/** The order of an inventory, so that it does not depend on the SBOM's. */
function byName(a: SbomPackage, b: SbomPackage): number {
  const order = compareText(a.type, b.type) || compareText(a.name, b.name) || compareText(a.version, b.version);
  return order || compareText(a.purl, b.purl) || compareText(a.foundIn[0] ?? "", b.foundIn[0] ?? "");
}

function jsonOf(bytes: Uint8Array, what: string): JsonObject {
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

/** DSSE (`payload`) around an in-toto statement (`predicate`) around the SBOM; cosign puts a further `Data` around some. */
function unwrapped(document: JsonObject, what: string): JsonObject {
  const payload = document.text("payload");
  if (payload !== undefined && document.text("payloadType") !== undefined)
    return unwrapped(jsonOf(Buffer.from(payload, "base64"), `${what}: payload`), what);
  const predicate = document.text("predicateType") === undefined ? undefined : document.object("predicate");
  if (predicate === undefined) return document;
  const data = predicate.text("Data");
  if (data !== undefined) return jsonOf(Buffer.from(data), `${what}: predicate`);
  return predicate.object("Data") ?? predicate;
}
