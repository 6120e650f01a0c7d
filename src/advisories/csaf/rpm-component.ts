import type { CsafProduct } from "./product-tree.ts";

/** An rpm package as a CSAF document names it. */
export interface RpmComponent {
  readonly name: string;
  /** `epoch:version-release`, the epoch only where it is stated; undefined where every version is meant. */
  readonly version?: string | undefined;
  /** `src` for a source package; undefined where no architecture is named. */
  readonly architecture?: string | undefined;
  /** Module and stream: `nodejs:18`. */
  readonly module?: string | undefined;
}

/** An rpm package, and the product that it is installed on. */
export interface InstalledComponent {
  readonly component: RpmComponent;
  readonly platform: CsafProduct;
  /** It has no package URL: its id alone says what it is. */
  readonly isNamedOnly: boolean;
}

/**
 * The rpm package and platform of a product that is a part of another; undefined for whole products, container images, libraries and everything else
 * that rpm does not install. Three forms are in use: a package URL with `rpmmod`, a relationship to a module that is one to the platform, and ids alone.
 */
export function installedComponent(product: CsafProduct | undefined): InstalledComponent | undefined {
  if (product?.installed === undefined) return undefined;
  const { part, whole } = product.installed;
  const component = rpmComponent(part);
  if (component === undefined || whole === undefined) return undefined;
  const isNamedOnly = part.purls.length === 0;
  if (whole.installed === undefined) return { component, platform: whole, isNamedOnly };
  const platform = whole.installed.whole;
  if (platform === undefined || platform.installed !== undefined) return undefined;
  const module = moduleOf(whole.installed.part);
  return module === undefined ? undefined : { component: { ...component, module }, platform, isNamedOnly };
}

/** The package that a product without parts is; undefined where it is no rpm package. */
export function rpmComponent(product: CsafProduct): RpmComponent | undefined {
  if (product.installed !== undefined) return undefined;
  if (product.purls.length === 0) return namedComponent(product.id);
  for (const purl of product.purls) {
    const component = purl.startsWith("pkg:rpm/") ? purlComponent(purl) : modulePurlComponent(purl);
    if (component !== undefined) return component;
  }
  return undefined;
}

/** `pkg:rpm/redhat/nodejs@18.12-1.module%2Bel9?arch=x86_64&epoch=1&rpmmod=nodejs:18:9010:rhel9` (purl-spec, rpm). */
function purlComponent(purl: string): RpmComponent | undefined {
  const match = /^pkg:rpm\/(?:[^/@?#]+\/)*([^/@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/.exec(purl);
  if (!match) return undefined;
  const qualifiers = qualifiersOf(match[3] ?? "");
  const stated = qualifiers.get("rpmmod");
  const module = stated === undefined ? undefined : streamOf(stated);
  // A package of something that is named as a module and is none (a Flatpak) is not what rpm installs.
  if (stated !== undefined && module === undefined) return undefined;
  const version = decoded(match[2] ?? "");
  const epoch = qualifiers.get("epoch");
  const architecture = qualifiers.get("arch");
  // Where a module's name and stream stand for a package, the stream is no version.
  const isVersion = version !== "" && (module === undefined || version.includes("-"));
  return {
    name: decoded(match[1] as string),
    ...(isVersion && { version: epoch === undefined ? version : `${epoch}:${version}` }),
    ...(architecture !== undefined && { architecture }),
    ...(module !== undefined && { module }),
  };
}

/** `pkg:rpmmod/redhat/postgresql:15/postgresql`: a package in a module. `pkg:rpmmod/redhat/ruby@3.0:8060…` is the module itself and no package. */
function modulePurlComponent(purl: string): RpmComponent | undefined {
  const match = /^pkg:rpmmod\/[^/@?#]+\/([^/@?#]+)\/([^/@?#]+)(?:[@?#].*)?$/.exec(purl);
  const module = match === null ? undefined : streamOf(decoded(match[1] as string));
  return module === undefined ? undefined : { name: decoded(match?.[2] as string), module };
}

/** The module that a product is: by its package URL `pkg:rpmmod/redhat/ruby@3.0:8060…:ad00`, or by its id `ruby:3.0:8060…:ad00`. */
function moduleOf(product: CsafProduct): string | undefined {
  for (const purl of product.purls) {
    const match = /^pkg:rpmmod\/[^/@?#]+\/([^/@?#]+)@([^?#]+)/.exec(purl);
    if (match) return streamOf(`${decoded(match[1] as string)}:${decoded(match[2] as string)}`);
  }
  return product.purls.length === 0 ? streamOf(product.id) : undefined;
}

/** `nodejs:18:9010020221118120946:rhel9` is `nodejs:18`; undefined where no stream is named. */
function streamOf(text: string): string | undefined {
  return /^[\w.+-]+:[\w.+-]+(?=:|$)/.exec(text)?.[0];
}

/** Ids of packages without a package URL: `samba`, `nodejs:14/nodejs`, `samba-client-0:4.15.5-111.el9_0.aarch64`. Others with a slash or colon are images or libraries. */
function namedComponent(id: string): RpmComponent | undefined {
  const full = /^([\w.+-]+)-(\d+):([^-:/]+-[^-:/]+)\.([a-z]\w*)$/.exec(id);
  if (full) return { name: full[1] as string, version: `${full[2]}:${full[3]}`, architecture: full[4] };
  const inModule = /^([\w.+-]+:[\w.+-]+)\/([\w.+-]+)$/.exec(id);
  if (inModule) return { name: inModule[2] as string, module: inModule[1] };
  return /^\w[\w.+-]*$/.test(id) ? { name: id } : undefined;
}

function qualifiersOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of text.split("&")) {
    const equals = pair.indexOf("=");
    if (equals > 0) found.set(pair.slice(0, equals), decoded(pair.slice(equals + 1)));
  }
  return found;
}

function decoded(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the text stands for itself.
    return text;
  }
}
