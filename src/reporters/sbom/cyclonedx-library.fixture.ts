import * as Enums from "@cyclonedx/cyclonedx-library/Enums";
import * as Models from "@cyclonedx/cyclonedx-library/Models";
import * as Serialize from "@cyclonedx/cyclonedx-library/Serialize";
import * as Spec from "@cyclonedx/cyclonedx-library/Spec";
import { uuid5 } from "../../core/digest.ts";
import {
  type BillOfMaterials,
  distributionProperties,
  imageProperties,
  packageProperties,
  packagesInOrder,
} from "./bill-of-materials.ts";

/** The bill of materials as the library of CycloneDX itself writes it. No package URL may end in `#` and a number. */
export function writtenByLibrary(bill: BillOfMaterials): string {
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
  describe(image, imageProperties(bill));
  if (bill.osRelease !== undefined) {
    const { id, versionId } = bill.osRelease;
    const version = versionId === undefined ? {} : { version: versionId };
    const system = new Models.Component(Enums.ComponentType.OperatingSystem, id, { bomRef: `os:${id}`, ...version });
    describe(system, distributionProperties(bill.osRelease));
    bom.components.add(system);
  }
  const seen = new Map<string, number>();
  for (const one of packagesInOrder(bill.inventory)) {
    const count = (seen.get(one.purl) ?? 0) + 1;
    seen.set(one.purl, count);
    const bomRef = count === 1 ? one.purl : `${one.purl}#${count}`;
    const fields = { version: one.version, purl: one.purl, bomRef };
    const component = new Models.Component(Enums.ComponentType.Library, one.name, fields);
    for (const license of one.licenses) component.licenses.add(new Models.NamedLicense(license));
    describe(component, packageProperties(one));
    bom.components.add(component);
    image.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function describe(component: Models.Component, properties: Record<string, string>): void {
  for (const [name, value] of Object.entries(properties)) component.properties.add(new Models.Property(name, value));
}
