import * as Enums from "@cyclonedx/cyclonedx-library/Enums";
import * as Models from "@cyclonedx/cyclonedx-library/Models";
import * as Serialize from "@cyclonedx/cyclonedx-library/Serialize";
import * as Spec from "@cyclonedx/cyclonedx-library/Spec";
import { compareText } from "../../core/canonical-json.ts";
import { uuid5 } from "../../core/digest.ts";
import type { Package } from "../../facts/package.ts";
import {
  type BillOfMaterials,
  distributionProperties,
  imageProperties,
  packageProperties,
} from "./bill-of-materials.ts";

/** The bill of materials as CycloneDX 1.6 JSON. Equal input gives equal bytes. */
export function cyclonedx(bill: BillOfMaterials): string {
  const bom = new Models.Bom({ serialNumber: `urn:uuid:${uuid5(`sbom ${bill.digest} ${bill.created}`)}` });
  bom.metadata.timestamp = new Date(bill.created);
  bom.metadata.tools.components.add(
    new Models.Component(Enums.ComponentType.Application, "plimsoll", { version: bill.version }),
  );
  const image = new Models.Component(Enums.ComponentType.Container, bill.name, {
    version: bill.digest,
    bomRef: bill.digest,
  });
  bom.metadata.component = image;
  if (bill.osRelease !== undefined) bom.components.add(distribution(bill.osRelease));
  for (const [ref, one] of distinct(bill.inventory.packages)) {
    const component = componentOf(one, ref);
    bom.components.add(component);
    image.dependencies.add(component.bomRef);
  }
  for (const [name, value] of Object.entries(imageProperties(bill)))
    image.properties.add(new Models.Property(name, value));
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** Package URLs name a package, not the places it lies in; each place is a component of its own. */
function distinct(packages: readonly Package[]): [string, Package][] {
  const seen = new Map<string, number>();
  const sorted = [...packages].sort(
    (a, b) => compareText(a.purl, b.purl) || compareText(a.foundIn.join("\n"), b.foundIn.join("\n")),
  );
  return sorted.map((one) => {
    const count = seen.get(one.purl) ?? 0;
    seen.set(one.purl, count + 1);
    return [count === 0 ? one.purl : `${one.purl}#${count + 1}`, one];
  });
}

function componentOf(one: Package, bomRef: string) {
  const component = new Models.Component(Enums.ComponentType.Library, one.name, {
    version: one.version,
    purl: one.purl,
    bomRef,
  });
  for (const license of one.licenses) component.licenses.add(new Models.NamedLicense(license));
  for (const [name, value] of Object.entries(packageProperties(one)))
    component.properties.add(new Models.Property(name, value));
  return component;
}

function distribution(osRelease: NonNullable<BillOfMaterials["osRelease"]>) {
  const component = new Models.Component(Enums.ComponentType.OperatingSystem, osRelease.id, {
    bomRef: `os:${osRelease.id}`,
    ...(osRelease.versionId === undefined ? {} : { version: osRelease.versionId }),
  });
  for (const [name, value] of Object.entries(distributionProperties(osRelease)))
    component.properties.add(new Models.Property(name, value));
  return component;
}
