import { canonicalJson, compareText, prettyJson } from "../../core/canonical-json.ts";
import { sha256, uuid5 } from "../../core/digest.ts";
import type { Package } from "../../facts/package.ts";
import {
  type BillOfMaterials,
  distributionProperties,
  imageProperties,
  packageProperties,
} from "./bill-of-materials.ts";

/** The bill of materials as SPDX 2.3 JSON. Equal input gives equal bytes. */
export function spdx(bill: BillOfMaterials): string {
  const tool = `Tool: plimsoll-${bill.version}`;
  const sorted = [...bill.inventory.packages].sort(
    (a, b) => compareText(a.purl, b.purl) || compareText(a.foundIn.join("\n"), b.foundIn.join("\n")),
  );
  const packages = identified(sorted).map(([id, one]) => packageOf(one, id, bill.created, tool));
  const image = {
    SPDXID: "SPDXRef-Image",
    name: bill.name,
    versionInfo: bill.digest,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    primaryPackagePurpose: "CONTAINER",
    // A folder has no digest.
    ...(bill.digest.startsWith("sha256:")
      ? { checksums: [{ algorithm: "SHA256", checksumValue: bill.digest.replace(/^sha256:/, "") }] }
      : {}),
    ...annotations(
      { ...(bill.osRelease === undefined ? {} : distributionProperties(bill.osRelease)), ...imageProperties(bill) },
      bill.created,
      tool,
    ),
  };
  return prettyJson({
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: bill.name,
    // A name, not an address: SPDX asks for a URI that no other document has.
    documentNamespace: `urn:uuid:${uuid5(`spdx ${bill.digest} ${bill.created}`)}`,
    creationInfo: { created: `${bill.created.slice(0, 19)}Z`, creators: [tool] },
    packages: [image, ...packages],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-Image" },
      ...packages.map((one) => ({
        spdxElementId: "SPDXRef-Image",
        relationshipType: "CONTAINS",
        relatedSpdxElement: one.SPDXID,
      })),
    ],
  });
}

/** An identifier for each package that no other of the document has, though two be the same in all. */
function identified(packages: readonly Package[]): [string, Package][] {
  const seen = new Map<string, number>();
  return packages.map((one) => {
    const id = `SPDXRef-Package-${sha256(canonicalJson(one)).slice(0, 20)}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return [count === 1 ? id : `${id}-${count}`, one];
  });
}

function packageOf(one: Package, id: string, date: string, tool: string) {
  return {
    SPDXID: id,
    name: one.name,
    versionInfo: one.version,
    downloadLocation: "NOASSERTION",
    filesAnalyzed: false,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: "NOASSERTION",
    copyrightText: "NOASSERTION",
    ...(one.licenses.length === 0 ? {} : { licenseComments: `declared as: ${one.licenses.join(", ")}` }),
    ...(one.vendor === undefined ? {} : { supplier: `Organization: ${one.vendor}` }),
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: one.purl }],
    ...annotations(packageProperties(one), date, tool),
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
