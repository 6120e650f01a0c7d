import { compareText } from "../../core/canonical-json.ts";
import { AppError, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { JsonObject } from "../json-document.ts";
import { readCycloneDx } from "./cyclonedx.ts";
import type { SbomDocument, SbomPackage } from "./sbom-document.ts";
import { readSpdx } from "./spdx.ts";
import { unwrap } from "./statement.ts";

/**
 * Reads an SBOM: CycloneDX 1.2 to 1.7 or SPDX 2.2 and 2.3 as JSON, bare or as the predicate of an in-toto statement, that in a DSSE envelope, a Sigstore
 * bundle or neither. Signatures are not verified here. What is neither is `UNSUPPORTED`, damaged JSON `CORRUPT_INPUT`, too much of it `LIMIT_EXCEEDED`.
 */
export function readSbom(bytes: Uint8Array, what: string): SbomDocument {
  if (bytes.length > limits.document) throw limitExceeded(what, `${limits.document} bytes`);
  refuseOtherForms(bytes, what);
  const { document, statement } = unwrap(bytes, what);
  return readSbomDocument(document ?? statement.predicate, what);
}

/** Reads an SBOM that was taken out of its statement; throws as `readSbom` does. */
export function readSbomDocument(document: JsonObject, what: string): SbomDocument {
  const read = readerOf(document, what);
  const sbom = read(document, what);
  if (sbom.packages.length > limits.records) throw limitExceeded(what, `${limits.records} packages`);
  return { ...sbom, packages: [...sbom.packages].sort(byName) };
}

function readerOf(document: JsonObject, what: string): typeof readSpdx {
  const spdx = document.text("spdxVersion");
  if (spdx !== undefined) {
    if (!/^SPDX-2\.[23]$/.test(spdx)) throw unsupported(what, `is ${spdx}`);
    return readSpdx;
  }
  if (document.text("bomFormat") === "CycloneDX") {
    const version = document.text("specVersion");
    if (version !== undefined && !/^1\.[2-7]$/.test(version)) throw unsupported(what, `is CycloneDX ${version}`);
    return readCycloneDx;
  }
  // SPDX 3 is JSON-LD (spdx.github.io/spdx-spec/v3.0.1).
  if (document.text("@context")?.includes("spdx.org/rdf/3")) throw unsupported(what, "is SPDX 3");
  throw unsupported(what, "is no SBOM that is known");
}

/** The forms of SBOMs that are no JSON are told apart, so that their owner knows what to do. */
function refuseOtherForms(bytes: Uint8Array, what: string): void {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4_096)).toString("utf8");
  if (/^\uFEFF?\s*</.test(start)) {
    const name = /cyclonedx\.org\/schema/.test(start) ? "CycloneDX" : /spdx/i.test(start) ? "SPDX" : undefined;
    throw unsupported(what, name === undefined ? "is XML" : `is ${name} as XML`);
  }
  if (/^(?:SPDXVersion|SPDXID|DataLicense):/m.test(start) && !/^\s*\{/.test(start))
    throw unsupported(what, /^SPDXVersion: /m.test(start) ? "is SPDX as tag-value" : "is SPDX as YAML or tag-value");
}

function unsupported(what: string, why: string): AppError {
  return new AppError("UNSUPPORTED", `${what}: ${why}`, {
    hint: "CycloneDX 1.2 to 1.7 and SPDX 2.2 and 2.3 are read, as JSON: write it so (syft -o spdx-json, trivy --format cyclonedx), or convert it (cyclonedx convert --output-format json, pyspdxtools -i FILE -o FILE.json)",
  });
}

/** The order of an inventory, so that it does not depend on the SBOM's. */
function byName(a: SbomPackage, b: SbomPackage): number {
  const order = compareText(a.type, b.type) || compareText(a.name, b.name) || compareText(a.version, b.version);
  return order || compareText(a.purl, b.purl) || compareText(a.foundIn[0] ?? "", b.foundIn[0] ?? "");
}
