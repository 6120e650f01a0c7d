import type { OsRelease } from "../../facts/os-release.ts";
import type { Package, PackageInventory } from "../../facts/package.ts";

/** What an SBOM is made from: what is installed, in what. */
export interface BillOfMaterials {
  /** Name of the image as the user knows it. */
  readonly name: string;
  /** Digest that names the image: `sha256:…`. */
  readonly digest: string;
  readonly inventory: PackageInventory;
  readonly osRelease: OsRelease | undefined;
  /** ISO 8601. */
  readonly created: string;
  readonly version: string;
}

/** What the matcher needs of a package and neither format has a field for, by property name. Reading them back gives the same package. */
export function packageProperties(one: Package): Record<string, string> {
  const optional = {
    "plimsoll:architecture": one.architecture,
    "plimsoll:sourceName": one.sourceName,
    "plimsoll:sourceVersion": one.sourceVersion,
    "plimsoll:vendor": one.vendor,
    "plimsoll:module": one.module,
    "plimsoll:layer": one.layer?.toString(),
    "plimsoll:fileCount": one.fileCount?.toString(),
    "plimsoll:ownedBy": one.ownedBy,
    "plimsoll:confidence": one.confidence,
    "plimsoll:type": one.type,
  };
  const found = one.foundIn.map((path, index) => [`plimsoll:foundIn:${index}`, path]);
  const own = Object.entries(one.properties).map(([key, value]) => [`plimsoll:property:${key}`, value]);
  const set = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries([...set, ...found, ...own]);
}

/** What the matcher needs of the distribution, by property name. */
export function distributionProperties(osRelease: OsRelease): Record<string, string> {
  const { id, versionId, versionCodename, variantId, prettyName, cpeName, path, idLike } = osRelease;
  const fields = {
    id,
    versionId,
    versionCodename,
    variantId,
    prettyName,
    cpeName,
    path,
    idLike: idLike.length > 0 ? idLike.join(" ") : undefined,
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[`plimsoll:os:${key}`, value]])),
  );
}
