import type { SbomDistribution, SbomGap, SbomImage, SbomLayer, SbomPackage } from "./sbom-document.ts";

/** Names and values that an SBOM carries besides its own fields, in order; a name may come several times. */
export type Properties = readonly (readonly [name: string, value: string])[];

/** Where properties of Plimsoll's own SBOMs begin. */
const prefix = "plimsoll:";

/** Properties by name without the prefix, lists by number. What Plimsoll's own SBOMs say beyond what the formats have fields for. */
export class OwnProperties {
  readonly #single = new Map<string, string>();
  readonly #lists = new Map<string, Map<number, string>>();

  constructor(properties: Properties) {
    for (const [name, value] of properties) {
      if (!name.startsWith(prefix)) continue;
      const own = name.slice(prefix.length);
      const [, list, index] = /^([A-Za-z]+):(\d{1,9})$/.exec(own) ?? [];
      // A package's own properties may be called anything.
      if (list === undefined || own.startsWith("property:")) this.#single.set(own, value);
      else this.#lists.set(list, (this.#lists.get(list) ?? new Map()).set(Number(index), value));
    }
  }

  text(name: string): string | undefined {
    return this.#single.get(name);
  }

  number(name: string): number | undefined {
    const value = this.#single.get(name);
    return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  }

  /** `name:0`, `name:1` … in the order of their numbers. */
  list(name: string): string[] {
    return [...(this.#lists.get(name) ?? [])].sort(([a], [b]) => a - b).map(([, value]) => value);
  }

  /** All whose name begins so, with the rest of the name. */
  withPrefix(start: string): Record<string, string> {
    const found = [...this.#single].filter(([name]) => name.startsWith(start));
    return Object.fromEntries(found.map(([name, value]) => [name.slice(start.length), value]));
  }
}

/** A package of one of Plimsoll's own SBOMs; undefined where the properties are not there. */
export function ownPackage(
  own: OwnProperties,
  base: { readonly name: string; readonly version: string; readonly purl: string },
): SbomPackage | undefined {
  const type = own.text("type");
  const confidence = own.text("confidence");
  if (type === undefined || (confidence !== "high" && confidence !== "medium" && confidence !== "low"))
    return undefined;
  return {
    ...base,
    type,
    ...present({
      architecture: own.text("architecture"),
      sourceName: own.text("sourceName"),
      sourceVersion: own.text("sourceVersion"),
      vendor: own.text("vendor"),
      module: own.text("module"),
      layer: own.number("layer"),
      fileCount: own.number("fileCount"),
      ownedBy: own.text("ownedBy"),
    }),
    licenses: own.list("license"),
    foundIn: own.list("foundIn"),
    confidence,
    properties: own.withPrefix("property:"),
  };
}

/** The distribution of one of Plimsoll's own SBOMs; undefined where none was found. */
export function ownDistribution(own: OwnProperties): SbomDistribution | undefined {
  const { id, path, idLike, ...more } = own.withPrefix("os:");
  if (id === undefined || path === undefined) return undefined;
  const fields = ["versionId", "versionCodename", "variantId", "name", "prettyName", "cpeName", "supportEnd"] as const;
  const known = Object.fromEntries(
    fields.flatMap((field) => (more[field] === undefined ? [] : [[field, more[field]]])),
  );
  return { id, path, idLike: idLike === undefined ? [] : idLike.split(" "), ...known };
}

/** The image of one of Plimsoll's own SBOMs; undefined where the properties are not there. */
export function ownImage(own: OwnProperties, name: string): SbomImage | undefined {
  const configDigest = own.text("image:configDigest");
  if (configDigest === undefined) return undefined;
  return {
    name,
    references: own.list("reference"),
    configDigest,
    platform: {
      os: own.text("image:os") ?? "unknown",
      architecture: own.text("image:architecture") ?? "unknown",
      ...present({ variant: own.text("image:variant") }),
    },
    ...present({
      format: own.text("image:format"),
      manifestDigest: own.text("image:manifestDigest"),
      created: own.text("image:created"),
    }),
    size: own.number("image:size") ?? 0,
    layers: own.list("layer").flatMap((text) => layerIn(text) ?? []),
  };
}

/** What one of Plimsoll's own SBOMs says could not be read. */
export function ownGaps(own: OwnProperties): SbomGap[] {
  return own.list("unread").flatMap((text) => {
    const { path, layer, reason } = membersOf(text);
    if (typeof path !== "string" || typeof reason !== "string") return [];
    return [{ path, ...(typeof layer === "number" ? { layer } : {}), reason }];
  });
}

function layerIn(text: string): SbomLayer | undefined {
  const { diffId, digest, mediaType, size, createdBy } = membersOf(text);
  if (typeof diffId !== "string" || typeof size !== "number") return undefined;
  const texts = Object.entries({ digest, mediaType, createdBy }).filter(([, value]) => typeof value === "string");
  return { diffId, size, ...Object.fromEntries(texts) };
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The members that are there. */
export function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
