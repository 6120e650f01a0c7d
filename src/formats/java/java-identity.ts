/** A Maven artifact as an archive shows it. */
export interface JavaIdentity {
  /** Undefined where nothing names it: advisories, which name group and artifact, then cannot be matched for sure. */
  readonly group: string | undefined;
  readonly artifact: string;
  readonly version: string;
  readonly vendor?: string | undefined;
  readonly license?: string | undefined;
  readonly confidence: "high" | "medium" | "low";
  /** Whether it is the archive itself rather than something shaded into it. */
  readonly isOwn: boolean;
}

/** The artifact and version that a file name of Maven's form `artifact-version[-classifier].jar` gives. */
export interface FileNameParts {
  readonly artifact: string;
  readonly version: string | undefined;
}

const version = "\\d+(?:\\.[0-9A-Za-z_]+)+(?:[+-][0-9A-Za-z._+]+)*";
const firstVersion = new RegExp(`^(.+?)-(${version}|\\d+)$`);
const lastVersion = new RegExp(`^(.+)-(${version})$`);

/** Splits a file name before the first hyphen behind which only a version stands: numbers with dots, what may follow them, or one number alone. In `log4j-1.2-api-2.17.0` the first is part of the name. */
export function partsOfFileName(path: string): FileNameParts {
  const name = path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.[A-Za-z]+$/, "")
    .slice(0, 300);
  const first = firstVersion.exec(name);
  const parts = first && /-[A-Za-z]\w*-\d+\.\d/.test(first[2]!) ? lastVersion.exec(name) : first;
  return parts ? { artifact: parts[1]!, version: parts[2]! } : { artifact: name, version: undefined };
}

/** What a `pom.properties` file states, or undefined where it lacks group, artifact or version. */
export function identifyByPom(pom: ReadonlyMap<string, string>, file: FileNameParts): JavaIdentity | undefined {
  const [group, artifact, version] = [pom.get("groupId"), pom.get("artifactId"), pom.get("version")];
  if (!group || !artifact || !version || /\$\{/.test(group + artifact + version)) return undefined;
  return {
    group,
    artifact,
    version,
    confidence: "high",
    isOwn: file.artifact.endsWith(artifact) || version === file.version,
  };
}

/** What manifest (main attributes by lower-case name) and file name give together: the file's name and version first, for they are Maven's own; the group is what the manifest hints at. */
export function identifyByManifest(
  manifest: ReadonlyMap<string, string>,
  file: FileNameParts,
): JavaIdentity | undefined {
  const stated = (key: string) => manifest.get(key) || undefined;
  const symbolicName = stated("bundle-symbolicname")?.split(";")[0]?.trim();
  const artifact =
    file.version === undefined
      ? (coordinate(stated("implementation-title")) ?? coordinate(stated("specification-title")) ?? file.artifact)
      : file.artifact;
  const version = versionOf(
    file.version,
    stated("implementation-version") ?? stated("bundle-version") ?? stated("specification-version"),
  );
  if (artifact === "" || version === undefined || !/\d/.test(version)) return undefined;
  const group = groupOf(stated("implementation-vendor-id"), symbolicName, stated("automatic-module-name"), artifact);
  return {
    group,
    artifact,
    version,
    vendor: stated("implementation-vendor") ?? stated("bundle-vendor"),
    license: stated("bundle-license")?.split(",")[0]?.trim(),
    confidence: group === undefined ? "low" : "medium",
    isOwn: true,
  };
}

/** The file name's version, without the classifier that may follow it: `4.1.50.Final-linux-x86_64` where the manifest says `4.1.50.Final`. */
function versionOf(inName: string | undefined, inManifest: string | undefined): string | undefined {
  if (inName === undefined || inManifest === undefined) return inName ?? inManifest;
  return inName.startsWith(`${inManifest}-`) ? inManifest : inName;
}

/** A title that could be an artifact; most are sentences. */
function coordinate(title: string | undefined): string | undefined {
  return title !== undefined && /^[A-Za-z0-9_.-]+$/.test(title) ? title : undefined;
}

const groupPattern = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/;

/** A vendor id of the form of a group; else a bundle or module name less the artifact at its end, or as it is. */
function groupOf(
  vendorId: string | undefined,
  symbolicName: string | undefined,
  moduleName: string | undefined,
  artifact: string,
): string | undefined {
  if (vendorId !== undefined && groupPattern.test(vendorId)) return vendorId;
  for (const name of [symbolicName, moduleName]) {
    if (name === undefined || !groupPattern.test(name)) continue;
    const suffix = [`.${artifact}`, `.${artifact.replaceAll("-", ".")}`].find((end) => name.endsWith(end));
    return suffix === undefined ? name : name.slice(0, -suffix.length);
  }
  return undefined;
}
