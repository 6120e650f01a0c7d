import { canonicalJson, compareText } from "../../core/canonical-json.ts";
import { sha256, uuid5 } from "../../core/digest.ts";
import type { Package } from "../../facts/package.ts";
import {
  type BillOfMaterials,
  distributionProperties,
  imageProperties,
  packageProperties,
  packagesInOrder,
} from "./bill-of-materials.ts";
import { jsonText } from "./json-text.ts";

/** The bill of materials as SPDX 2.3 JSON, in pieces. Equal input gives equal bytes. */
export function spdx(bill: BillOfMaterials): Iterable<string> {
  const tool = `Tool: plimsoll-${bill.version}`;
  const packages = packagesInOrder(bill.inventory);
  const identifiers = identifiersOf(packages);
  // Members in the order of their names.
  return jsonText({
    SPDXID: "SPDXRef-DOCUMENT",
    creationInfo: { created: `${bill.created.slice(0, 19)}Z`, creators: [tool] },
    dataLicense: "CC0-1.0",
    // A name, not an address: SPDX asks for a URI that no other document has.
    documentNamespace: `urn:uuid:${uuid5(`spdx ${bill.digest} ${bill.created}`)}`,
    name: bill.name,
    packages: packagesOf(bill, packages, identifiers, tool),
    relationships: relationshipsOf(identifiers),
    spdxVersion: "SPDX-2.3",
  });
}

function* packagesOf(
  bill: BillOfMaterials,
  packages: readonly Package[],
  identifiers: readonly string[],
  tool: string,
): Generator {
  yield imageOf(bill, tool);
  for (const [index, one] of packages.entries()) yield packageOf(one, identifiers[index]!, bill.created, tool);
}

function* relationshipsOf(identifiers: readonly string[]): Generator {
  yield {
    relatedSpdxElement: "SPDXRef-Image",
    relationshipType: "DESCRIBES",
    spdxElementId: "SPDXRef-DOCUMENT",
  };
  for (const identifier of identifiers)
    yield { relatedSpdxElement: identifier, relationshipType: "CONTAINS", spdxElementId: "SPDXRef-Image" };
}

/** An identifier for each package that no other of the document has, though two be the same in all. */
function identifiersOf(packages: readonly Package[]): string[] {
  const seen = new Map<string, number>();
  return packages.map((one) => {
    const id = `SPDXRef-Package-${sha256(canonicalJson(one)).slice(0, 20)}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  });
}

function imageOf(bill: BillOfMaterials, tool: string) {
  const distribution = bill.osRelease === undefined ? {} : distributionProperties(bill.osRelease);
  return {
    SPDXID: "SPDXRef-Image",
    ...annotations({ ...distribution, ...imageProperties(bill) }, bill.created, tool),
    // A folder has no digest.
    ...(bill.digest.startsWith("sha256:")
      ? { checksums: [{ algorithm: "SHA256", checksumValue: bill.digest.replace(/^sha256:/, "") }] }
      : {}),
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    name: bill.name,
    primaryPackagePurpose: "CONTAINER",
    versionInfo: bill.digest,
  };
}

function packageOf(one: Package, id: string, date: string, tool: string) {
  return {
    SPDXID: id,
    ...annotations(packageProperties(one), date, tool),
    copyrightText: "NOASSERTION",
    downloadLocation: "NOASSERTION",
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceLocator: one.purl, referenceType: "purl" }],
    filesAnalyzed: false,
    ...(one.licenses.length === 0 ? {} : { licenseComments: `declared as: ${one.licenses.join(", ")}` }),
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "NOASSERTION",
    name: one.name,
    ...(one.vendor === undefined ? {} : { supplier: `Organization: ${one.vendor}` }),
    versionInfo: one.version,
  };
}

function annotations(properties: Record<string, string>, date: string, tool: string) {
  const entries = Object.entries(properties).sort(([a], [b]) => compareText(a, b));
  if (entries.length === 0) return {};
  return {
    annotations: entries.map(([key, value]) => ({
      annotationDate: `${date.slice(0, 19)}Z`,
      annotationType: "OTHER",
      annotator: tool,
      comment: `${key}=${value}`,
    })),
  };
}
