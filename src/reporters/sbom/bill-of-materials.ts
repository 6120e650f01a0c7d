import type { z } from "zod";
import { canonicalJson, compareText } from "../../core/canonical-json.ts";
import type { imageIdentity } from "../../facts/image/identity.ts";
import type { OsRelease } from "../../facts/os-release.ts";
import type { Package, PackageInventory } from "../../facts/package.ts";

/** What an SBOM is made from: what is installed, in what. */
export interface BillOfMaterials {
  /** Name of the image as the user knows it. */
  readonly name: string;
  /** Digest that names the image: `sha256:…`, or what stands for it where there is none. */
  readonly digest: string;
  readonly identity: z.output<typeof imageIdentity.schema>;
  readonly inventory: PackageInventory;
  readonly osRelease: OsRelease | undefined;
  /** ISO 8601. */
  readonly created: string;
  readonly version: string;
}

/** The packages as SBOMs list them: by package URL, then by place. */
export function packagesInOrder({ packages }: PackageInventory): Package[] {
  return [...packages].sort(
    (a, b) => compareText(a.purl, b.purl) || compareText(a.foundIn.join("\n"), b.foundIn.join("\n")),
  );
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
  const licenses = one.licenses.map((license, index) => [`plimsoll:license:${index}`, license]);
  const own = Object.entries(one.properties).map(([key, value]) => [`plimsoll:property:${key}`, value]);
  const set = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries([...set, ...found, ...licenses, ...own]);
}

/** What the matcher needs of the distribution, by property name. */
export function distributionProperties(osRelease: OsRelease): Record<string, string> {
  const { id, versionId, versionCodename, variantId, name, prettyName, cpeName, supportEnd, path, idLike } = osRelease;
  const fields = {
    id,
    versionId,
    versionCodename,
    variantId,
    name,
    prettyName,
    cpeName,
    supportEnd,
    path,
    idLike: idLike.length > 0 ? idLike.join(" ") : undefined,
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[`plimsoll:os:${key}`, value]])),
  );
}

/** Which image it is, what could not be read of it and where its packages were listed, by property name. */
export function imageProperties({ identity, inventory }: BillOfMaterials): Record<string, string> {
  const { references, format, manifestDigest, configDigest, platform, created, size, layers } = identity;
  const fields = {
    format,
    manifestDigest,
    configDigest,
    os: platform.os,
    architecture: platform.architecture,
    variant: platform.variant,
    created,
    size: String(size),
  };
  const set = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[`plimsoll:image:${key}`, value]],
  );
  return Object.fromEntries([
    ...set,
    ...numbered("reference", references),
    ...numbered("layer", layers.map(compact)),
    ...numbered("unread", inventory.unread.map(compact)),
    ...numbered("database", inventory.databases),
  ]);
}

function numbered(name: string, values: readonly string[]): [string, string][] {
  return values.map((value, index) => [`plimsoll:${name}:${index}`, value]);
}

function compact(members: object): string {
  return canonicalJson(members);
}
