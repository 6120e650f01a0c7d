import { compareText } from "../../core/canonical-json.ts";
import { uuid5 } from "../../core/digest.ts";
import type { Package } from "../../facts/package.ts";
import {
  type BillOfMaterials,
  distributionProperties,
  imageProperties,
  packageProperties,
  packagesInOrder,
} from "./bill-of-materials.ts";
import { jsonText } from "./json-text.ts";

/** The bill of materials as CycloneDX 1.6 JSON (ECMA-424), in pieces. Equal input gives equal bytes. */
export function cyclonedx(bill: BillOfMaterials): Iterable<string> {
  const system = bill.osRelease && distribution(bill.osRelease);
  const packages = packagesInOrder(bill.inventory);
  const references = referencesOf(packages, [bill.digest, ...(system ? [system["bom-ref"]] : [])]);
  return jsonText({
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    serialNumber: `urn:uuid:${uuid5(`sbom ${bill.digest} ${bill.created}`)}`,
    metadata: {
      timestamp: new Date(bill.created).toISOString(),
      tools: { components: [{ type: "application", name: "plimsoll", version: bill.version }] },
      component: {
        type: "container",
        name: bill.name,
        version: bill.digest,
        "bom-ref": bill.digest,
        properties: properties(imageProperties(bill)),
      },
    },
    components: components(system, packages, references),
    dependencies: dependencies(system, references, bill.digest),
  });
}

function* components(system: object | undefined, packages: readonly Package[], references: readonly string[]) {
  if (system !== undefined) yield system;
  for (const [index, one] of packages.entries()) yield componentOf(one, references[index]!);
}

/** Only of the image is it known what belongs to it. */
function* dependencies(system: { "bom-ref": string } | undefined, references: readonly string[], image: string) {
  if (system !== undefined) yield { ref: system["bom-ref"] };
  for (const ref of references) yield { ref };
  yield { ref: image, dependsOn: references.length === 0 ? undefined : references };
}

/**
 * The reference of each package, which no other component has. A package URL names a package, not the places that it lies in; each place is a
 * component of its own.
 */
function referencesOf(packages: readonly Package[], others: readonly string[]): string[] {
  const taken = new Set(["", ...others]);
  let previous = "";
  let count = 0;
  return packages.map(({ purl }) => {
    count = purl === previous ? count : 0;
    previous = purl;
    let reference: string;
    // A package URL may end in such a number of its own.
    do reference = ++count === 1 ? purl : `${purl}#${count}`;
    while (taken.has(reference));
    taken.add(reference);
    return reference;
  });
}

function componentOf(one: Package, reference: string) {
  return {
    type: "library",
    name: one.name,
    version: one.version || undefined,
    "bom-ref": reference,
    licenses:
      one.licenses.length === 0
        ? undefined
        : [...one.licenses].sort(compareText).map((name) => ({ license: { name } })),
    purl: one.purl,
    properties: properties(packageProperties(one)),
  };
}

function distribution(osRelease: NonNullable<BillOfMaterials["osRelease"]>) {
  return {
    type: "operating-system",
    name: osRelease.id,
    version: osRelease.versionId || undefined,
    "bom-ref": `os:${osRelease.id}`,
    properties: properties(distributionProperties(osRelease)),
  };
}

function properties(values: Record<string, string>) {
  return Object.entries(values)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => ({ name, value }));
}
