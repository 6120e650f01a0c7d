import { JsonObject } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";
import { type PackageUrl, parsePackageUrl } from "./package-url.ts";

/** The packages of the SPDX document that Bitnami puts beside each of its applications (`opt/bitnami/APPLICATION/.spdx-*.spdx`, SPDX 2 in JSON): those that a package URL names. */
export function parseBitnamiSpdx(bytes: Uint8Array, path: string): PackageRecord[] {
  const document = JsonObject.parse(bytes, path);
  return document.objects("packages").flatMap((entry) => recordOf(entry) ?? []);
}

function recordOf(entry: JsonObject): PackageRecord | undefined {
  const references = entry.objects("externalRefs");
  const url = references.find((reference) => reference.text("referenceType") === "purl")?.text("referenceLocator");
  const parsed = url === undefined ? undefined : parseUrl(url);
  const version = parsed?.version ?? entry.text("versionInfo");
  if (parsed === undefined || !version) return undefined;
  const { type, namespace, name, qualifiers } = parsed;
  return {
    name: nameOf(type!, namespace, name!),
    version,
    type: type!,
    architecture: qualifiers?.["arch"],
    ...(type === "bitnami" && qualifiers ? { qualifiers: { ...qualifiers } } : {}),
    licenses: [entry.text("licenseConcluded"), entry.text("licenseDeclared")]
      .filter((license) => license !== undefined && !/^NO(ASSERTION|NE)$/.test(license))
      .slice(0, 1) as string[],
  };
}

function nameOf(type: string, namespace: string | null | undefined, name: string): string {
  if (!namespace) return name;
  return `${namespace}${type === "maven" ? ":" : "/"}${name}`;
}

function parseUrl(url: string): PackageUrl | undefined {
  try {
    return parsePackageUrl(url, { anyCase: true });
  } catch {
    // A package that its own document names wrongly cannot be identified.
    return undefined;
  }
}
