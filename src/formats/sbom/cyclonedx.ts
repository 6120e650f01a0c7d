import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { JsonObject } from "../json-document.ts";
import { mostFrequent } from "./distribution.ts";
import { OwnProperties, ownDistribution, ownGaps, ownImage, ownPackage, type Properties } from "./own-properties.ts";
import { distributionNamed, packageOfUrl, programOf, type ReadPackage } from "./purl-package.ts";
import type { SbomDistribution, SbomDocument, SbomGap, SbomImage, SbomPackage } from "./sbom-document.ts";

/** Kinds of components that are packages; containers, systems and files are not (CycloneDX 1.6, `component.type`). */
const packageKinds = new Set(["library", "application", "framework", "platform", "firmware", "device-driver"]);

/** Reads a CycloneDX JSON document (1.2 to 1.6, ECMA-424). What its properties say is understood as Plimsoll, Trivy and Syft write them. */
export function readCycloneDx(document: JsonObject, what: string): SbomDocument {
  const metadata = document.object("metadata");
  const subject = metadata?.object("component");
  const subjectProperties = subject === undefined ? [] : propertiesOf(subject);
  const own = new OwnProperties(subjectProperties);
  const title = `CycloneDX ${document.text("specVersion") ?? ""} by ${toolOf(metadata)}`;
  const image = ownImage(own, subject?.text("name") ?? what) ?? foreignImage(subject, subjectProperties, what);
  const layers = new Map(image.layers.map(({ diffId }, index) => [diffId, index]));
  const packages: SbomPackage[] = [];
  const unread: SbomGap[] = ownGaps(own);
  const distributions: ReadPackage["distribution"][] = [];
  let distribution: SbomDistribution | undefined;
  for (const component of allComponents(document, what)) {
    const properties = propertiesOf(component);
    if (component.text("type") === "operating-system") {
      distribution ??= ownDistribution(new OwnProperties(properties)) ?? foreignSystem(component, properties, title);
      continue;
    }
    const read = packageOf(component, properties, layers);
    if (read === undefined) {
      if (isNameless(component))
        unread.push({
          path: component.text("name") ?? "",
          reason: "the SBOM gives it no package URL that can be read",
        });
      continue;
    }
    packages.push(read.package);
    distributions.push(read.distribution);
  }
  const databases = own.list("database");
  return {
    format: "cyclonedx",
    title,
    created: metadata?.text("timestamp"),
    image,
    distribution: distribution ?? mostFrequent(distributions, title),
    packages,
    unread,
    databases: databases.length > 0 || own.text("image:configDigest") !== undefined ? databases : [title],
  };
}

/** Components and those inside them (assemblies). */
function allComponents(document: JsonObject, what: string): JsonObject[] {
  const all: JsonObject[] = [...document.objects("components")];
  for (let at = 0; at < all.length; at++) {
    for (const inner of all[at]!.objects("components")) all.push(inner);
    if (all.length > limits.records) throw limitExceeded(what, `${limits.records} components`);
  }
  return all;
}

function packageOf(
  component: JsonObject,
  properties: Properties,
  layers: ReadonlyMap<string, number>,
): ReadPackage | undefined {
  if (!packageKinds.has(component.text("type") ?? "library")) return undefined;
  const [name, version] = [component.text("name") ?? "", component.text("version") ?? ""];
  const purl = component.text("purl") ?? "";
  const own = ownPackage(new OwnProperties(properties), { name, version, purl });
  if (own) return { package: own };
  const value = (key: string) => properties.find(([property]) => property === key)?.[1];
  const named = {
    name,
    version,
    purl,
    ...sourceIn(value),
    vendor: component.object("supplier")?.text("name") ?? component.text("publisher"),
    module: value("aquasecurity:trivy:Modularitylabel") ?? value("syft:metadata:modularityLabel"),
    licenses: licensesOf(component),
    foundIn: pathsIn(properties),
    layer: layers.get(value("aquasecurity:trivy:LayerDiffID") ?? value("syft:location:0:layerID") ?? ""),
  };
  if (purl !== "") return packageOfUrl(named);
  // A group of packages, as of one lock file or program, has no version.
  return version === "" || name === "" ? undefined : { package: programOf(named) };
}

/** What has neither package URL nor version, and is no mere grouping of others. */
function isNameless(component: JsonObject): boolean {
  return component.text("type") === "library" && component.objects("components").length === 0;
}

function sourceIn(value: (key: string) => string | undefined): { sourceName?: string; sourceVersion?: string } {
  const name =
    value("aquasecurity:trivy:SrcName") ?? value("syft:metadata:source") ?? value("syft:metadata:originPackage");
  if (name === undefined) return {};
  const [epoch, version, release] = ["Epoch", "Version", "Release"].map((part) =>
    value(`aquasecurity:trivy:Src${part}`),
  );
  const written = version === undefined ? value("syft:metadata:sourceVersion") : joined(epoch, version, release);
  return { sourceName: name, ...(written ? { sourceVersion: written } : {}) };
}

function joined(epoch: string | undefined, version: string, release: string | undefined): string {
  return `${epoch && epoch !== "0" ? `${epoch}:` : ""}${version}${release ? `-${release}` : ""}`;
}

function pathsIn(properties: Properties): string[] {
  const paths = properties.filter(
    ([name]) => name === "aquasecurity:trivy:FilePath" || /^syft:location:\d+:path$/.test(name),
  );
  return [...new Set(paths.map(([, path]) => (path.startsWith("/") ? path : `/${path}`)))];
}

function licensesOf(component: JsonObject): string[] {
  return component.objects("licenses").flatMap((choice) => {
    const license = choice.object("license");
    return choice.text("expression") ?? license?.text("id") ?? license?.text("name") ?? [];
  });
}

/** Which image it is, as Trivy (properties, pkg:oci) and Syft (version) say. */
function foreignImage(subject: JsonObject | undefined, properties: Properties, what: string): SbomImage {
  const values = (name: string) =>
    properties.filter(([property]) => property === `aquasecurity:trivy:${name}`).map(([, value]) => value);
  const purl = subject?.text("purl") ?? "";
  const digest = /@(sha256(?::|%3A)[0-9a-f]{64})/i.exec(purl)?.[1]?.replace(/%3A/i, ":") ?? subject?.text("version");
  const repoDigest = values("RepoDigest")[0]?.split("@").at(-1);
  const manifestDigest = [repoDigest, digest].find((text) => text !== undefined && /^sha256:[0-9a-f]{64}$/.test(text));
  const architecture = /[?&]arch=([^&#]+)/.exec(purl)?.[1];
  return {
    name: subject?.text("name") ?? what,
    references: [...values("RepoTag")].sort(),
    manifestDigest,
    configDigest: values("ImageID")[0],
    platform: { os: "linux", architecture: architecture ?? "unknown" },
    size: 0,
    layers: values("DiffID").map((diffId) => ({ diffId, size: 0 })),
  };
}

function foreignSystem(component: JsonObject, properties: Properties, title: string): SbomDistribution | undefined {
  const syft = (name: string) => properties.find(([property]) => property === `syft:distro:${name}`)?.[1];
  const found = distributionNamed(
    syft("id") ?? component.text("name") ?? "",
    syft("versionID") ?? component.text("version"),
    title,
  );
  const [codename, prettyName] = [syft("versionCodename"), syft("prettyName")];
  return (
    found && { ...found, ...(codename ? { versionCodename: codename } : {}), ...(prettyName ? { prettyName } : {}) }
  );
}

function propertiesOf(component: JsonObject): Properties {
  return component.objects("properties").flatMap((property) => {
    const name = property.text("name");
    return name === undefined ? [] : [[name, property.text("value") ?? ""] as const];
  });
}

/** Tools are a list up to 1.4 and components from 1.5 on. */
function toolOf(metadata: JsonObject | undefined): string {
  const [old] = metadata?.objects("tools") ?? [];
  const tool = old ?? metadata?.object("tools")?.objects("components")[0];
  return tool === undefined ? "an unnamed tool" : [tool.text("name"), tool.text("version")].filter(Boolean).join("-");
}
