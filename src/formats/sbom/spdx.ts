import type { JsonObject } from "../json-document.ts";
import { mostFrequent } from "./distribution.ts";
import { OwnProperties, ownDistribution, ownGaps, ownImage, ownPackage, type Properties } from "./own-properties.ts";
import { distributionNamed, packageOfUrl, programOf, type ReadPackage } from "./purl-package.ts";
import type { SbomDocument, SbomGap, SbomImage, SbomPackage } from "./sbom-document.ts";

/** Which elements hold or describe which others, and what files are called. */
interface Relations {
  /** Elements that the document is about. */
  readonly described: ReadonlySet<string>;
  /** Names of the elements that hold one. */
  readonly holders: ReadonlyMap<string, readonly JsonObject[]>;
  /** Elements that hold others. */
  readonly holding: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, string>;
}

/** Reads an SPDX 2.2 or 2.3 JSON document. What stands in its free texts is understood as Plimsoll, Trivy and Syft write it. */
export function readSpdx(document: JsonObject, what: string): SbomDocument {
  const all = document.objects("packages");
  const relations = relationsOf(document, all);
  const subject = all.find((one) => isContainer(one)) ?? all.find((one) => relations.described.has(idOf(one)));
  const own = new OwnProperties(subject === undefined ? [] : annotationsOf(subject));
  const title = `${document.text("spdxVersion")} by ${toolOf(document)}`;
  const image = ownImage(own, subject?.text("name") ?? what) ?? foreignImage(subject, document.text("name") ?? what);
  const layers = new Map(image.layers.map(({ diffId }, index) => [diffId, index]));
  const packages: SbomPackage[] = [];
  const unread: SbomGap[] = ownGaps(own);
  const distributions: ReadPackage["distribution"][] = [];
  let distribution = ownDistribution(own);
  for (const one of all) {
    if (one === subject) continue;
    if (isSystem(one)) {
      distribution ??= distributionNamed(one.text("name") ?? "", one.text("versionInfo"), title);
      continue;
    }
    const read = packageOf(one, relations, layers);
    if (read === undefined) {
      if (isNameless(one, relations))
        unread.push({ path: one.text("name") ?? "", reason: "the SBOM gives it no package URL that can be read" });
      continue;
    }
    packages.push(read.package);
    distributions.push(read.distribution);
  }
  const databases = own.list("database");
  return {
    format: "spdx",
    title,
    created: document.object("creationInfo")?.text("created"),
    image,
    distribution: distribution ?? mostFrequent(distributions, title),
    packages,
    unread,
    databases: databases.length > 0 || own.text("image:configDigest") !== undefined ? databases : [title],
  };
}

function packageOf(
  one: JsonObject,
  relations: Relations,
  layers: ReadonlyMap<string, number>,
): ReadPackage | undefined {
  const [name, version] = [one.text("name") ?? "", one.text("versionInfo") ?? ""];
  const references = one.objects("externalRefs").filter((reference) => reference.text("referenceType") === "purl");
  const purl = references[0]?.text("referenceLocator") ?? "";
  const own = ownPackage(new OwnProperties(annotationsOf(one)), { name, version, purl });
  if (own) return { package: own };
  const attributions = one.texts("attributionTexts");
  const named = {
    name,
    version,
    purl,
    ...sourceIn(one.text("sourceInfo") ?? ""),
    vendor: agentOf(one.text("supplier")) ?? agentOf(one.text("originator")),
    module: attribution(attributions, "Modularitylabel"),
    licenses: licensesOf(one),
    foundIn: pathsOf(one, relations),
    layer: layers.get(attribution(attributions, "LayerDiffID") ?? ""),
  };
  if (purl !== "") return packageOfUrl(named);
  return version === "" || name === "" || isApplication(one) ? undefined : { package: programOf(named) };
}

function isContainer(one: JsonObject): boolean {
  return one.text("primaryPackagePurpose") === "CONTAINER" || /^SPDXRef-ContainerImage/.test(idOf(one));
}

function isSystem(one: JsonObject): boolean {
  return one.text("primaryPackagePurpose") === "OPERATING-SYSTEM" || /^SPDXRef-OperatingSystem/.test(idOf(one));
}

/** The lock file or program that packages were found in, as Trivy groups them. */
function isApplication(one: JsonObject): boolean {
  return one.text("primaryPackagePurpose") === "APPLICATION" || /^SPDXRef-Application/.test(idOf(one));
}

/** What has neither package URL nor version, and is no mere grouping of others. */
function isNameless(one: JsonObject, relations: Relations): boolean {
  return !isApplication(one) && !relations.holding.has(idOf(one)) && !relations.described.has(idOf(one));
}

function relationsOf(document: JsonObject, packages: readonly JsonObject[]): Relations {
  const byId = new Map(packages.map((one) => [idOf(one), one]));
  const described = new Set(document.texts("documentDescribes"));
  const holders = new Map<string, JsonObject[]>();
  const holding = new Set<string>();
  for (const relation of document.objects("relationships")) {
    const [from, to] = [relation.text("spdxElementId") ?? "", relation.text("relatedSpdxElement") ?? ""];
    const kind = relation.text("relationshipType");
    if (kind === "DESCRIBES" || kind === "DESCRIBE") described.add(to);
    if (kind !== "CONTAINS") continue;
    holding.add(from);
    const holder = byId.get(from);
    if (holder) holders.set(to, [...(holders.get(to) ?? []), holder]);
  }
  const files = document.objects("files").flatMap((file) => {
    const name = file.text("fileName");
    return name === undefined ? [] : [[idOf(file), name] as const];
  });
  return { described, holders, holding, files: new Map(files) };
}

/** Where it was found: its files, the paths in Syft's source text, or the program that Trivy says holds it. */
function pathsOf(one: JsonObject, { files, holders }: Relations): string[] {
  const own = one.texts("hasFiles").flatMap((id) => files.get(id) ?? []);
  const [, told] = /^acquired package info from [^:]*: (.+)$/s.exec(one.text("sourceInfo") ?? "") ?? [];
  const holding = (holders.get(idOf(one)) ?? [])
    .filter(isApplication)
    .flatMap((holder) => holder.text("sourceInfo") ?? []);
  const paths = own.length > 0 ? own : (told?.split(", ") ?? holding.filter((path) => /[/.]|^[a-z-]+$/.test(path)));
  return [...new Set(paths.map((path) => (path.startsWith("/") ? path : `/${path.replace(/^\.\//, "")}`)))];
}

/** `built package from: openssl 1.1.1n-0+deb11u3` */
function sourceIn(sourceInfo: string): { sourceName?: string; sourceVersion?: string } {
  const [, name, version] = /^built package from: (\S+)(?: (\S+))?$/.exec(sourceInfo) ?? [];
  return { ...(name ? { sourceName: name } : {}), ...(version ? { sourceVersion: version } : {}) };
}

function agentOf(text: string | undefined): string | undefined {
  const name = text?.replace(/^(Organization|Person|Tool):\s*/, "").trim();
  return name === undefined || name === "" || name === "NOASSERTION" ? undefined : name;
}

function licensesOf(one: JsonObject): string[] {
  const license = one.text("licenseDeclared") ?? "NOASSERTION";
  return license === "NOASSERTION" || license === "NONE" ? [] : [license];
}

function attribution(texts: readonly string[], name: string): string | undefined {
  return texts.find((text) => text.startsWith(`${name}: `))?.slice(name.length + 2);
}

function foreignImage(subject: JsonObject | undefined, name: string): SbomImage {
  const texts = subject?.texts("attributionTexts") ?? [];
  const values = (key: string) =>
    texts.flatMap((text) => (text.startsWith(`${key}: `) ? [text.slice(key.length + 2)] : []));
  const purl = subject?.objects("externalRefs")[0]?.text("referenceLocator") ?? "";
  const stated = [values("RepoDigest")[0], subject?.text("versionInfo"), subject?.text("name"), name];
  const manifestDigest = stated.flatMap((text) => /sha256:[0-9a-f]{64}/.exec(text ?? "")?.[0] ?? [])[0];
  return {
    name: subject?.text("name") ?? name,
    references: [...values("RepoTag")].sort(),
    manifestDigest,
    configDigest: values("ImageID")[0],
    platform: { os: "linux", architecture: /[?&]arch=([^&#]+)/.exec(purl)?.[1] ?? "unknown" },
    size: 0,
    layers: values("DiffID").map((diffId) => ({ diffId, size: 0 })),
  };
}

/** Annotations of the form `name=value`, as Plimsoll writes what SPDX has no fields for. */
function annotationsOf(element: JsonObject): Properties {
  return element.objects("annotations").flatMap((annotation) => {
    const comment = annotation.text("comment") ?? "";
    const at = comment.indexOf("=");
    return at <= 0 ? [] : [[comment.slice(0, at), comment.slice(at + 1)] as const];
  });
}

function idOf(element: JsonObject): string {
  return element.text("SPDXID") ?? "";
}

function toolOf(document: JsonObject): string {
  const creators = document.object("creationInfo")?.texts("creators") ?? [];
  const tool = creators.find((creator) => creator.startsWith("Tool:"));
  return tool?.replace(/^Tool:\s*/, "") ?? "an unnamed tool";
}
