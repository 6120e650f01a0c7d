import { linesOf } from "./control-fields.ts";
import { isClaimable, type PackageRecord } from "./package-record.ts";

/** A version as the Package Manager Specification writes it (PMS §3.2), with its revision. */
const nameAndVersion =
  /^([A-Za-z0-9_][A-Za-z0-9+_-]*?)-(\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?)$/;

/** The package of `var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS`; its lines list folders (`dir`), files (`obj`) and links (`sym`). Undefined where the folder is named otherwise. */
export function parsePortageContents(text: string, category: string, folder: string): PackageRecord | undefined {
  const parts = nameAndVersion.exec(folder);
  if (!parts) return undefined;
  const files: string[] = [];
  for (const line of linesOf(text)) {
    const path = pathIn(line);
    if (path !== undefined) files.push(path.replace(/^\/+/, ""));
  }
  return {
    name: `${category}/${parts[1]}`,
    version: parts[2]!,
    type: "ebuild",
    licenses: [],
    fileCount: files.length,
    ownedPaths: files.filter(isClaimable),
  };
}

/** `obj PATH DIGEST MTIME` and `sym PATH -> TARGET MTIME`; paths may hold spaces. */
function pathIn(line: string): string | undefined {
  if (line.startsWith("sym ")) return line.slice(4).split(" -> ")[0];
  if (!line.startsWith("obj ")) return undefined;
  const time = line.lastIndexOf(" ");
  const digest = line.lastIndexOf(" ", time - 1);
  return digest > 4 ? line.slice(4, digest) : undefined;
}
