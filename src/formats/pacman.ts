import { linesOf } from "./control-fields.ts";
import type { OwnedFiles } from "./dpkg.ts";
import { contentProperties } from "./package-content.ts";
import { isClaimable, type PackageRecord } from "./package-record.ts";

/** The sections of a file of pacman's local database: `%NAME%` on a line, its values on the following ones, an empty line. */
function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of linesOf(text)) {
    const title = /^%([A-Z0-9]+)%$/.exec(line)?.[1];
    if (title !== undefined) {
      current = [];
      sections.set(title, current);
    } else if (line === "") current = undefined;
    else current?.push(line);
  }
  return sections;
}

/** The package of a `desc` file (alpm local database; the folder is `name-version`), or undefined where it names none. */
export function parsePacmanDescription(text: string): PackageRecord | undefined {
  const sections = sectionsOf(text);
  const first = (title: string) => sections.get(title)?.[0];
  const [name, version] = [first("NAME"), first("VERSION")];
  if (!name || !version) return undefined;
  return {
    name,
    version,
    type: "alpm",
    architecture: first("ARCH"),
    sourceName: first("BASE") ?? name,
    sourceVersion: version,
    vendor: first("PACKAGER"),
    licenses: sections.get("LICENSE") ?? [],
  };
}

/** The files of a `files` file; folders end in a slash there. */
export function parsePacmanFiles(text: string, owner: string): OwnedFiles {
  const files = (sectionsOf(text).get("FILES") ?? []).filter((path) => !path.endsWith("/"));
  return { owner, fileCount: files.length, paths: files.filter(isClaimable), ...contentProperties(files) };
}
