import { parseDpkgStatus, parseFileList, parseMd5Sums, withOwnedFiles } from "../../formats/dpkg.ts";
import {
  definePackageReader,
  type FoundEvidence,
  type FoundPackage,
  type PackageEvidence,
  textOf,
} from "../package-reader.ts";

const status = /^var\/lib\/dpkg\/status$/;
const distrolessStatus = /^var\/lib\/dpkg\/status\.d\/[^/]+$/;
const files = /^var\/lib\/dpkg\/info\/([^/]+)\.(list|md5sums)$/;

/** dpkg's status file, distroless' status.d, and the lists of files beside them. */
export default definePackageReader({
  id: "dpkg",
  version: 2,
  role: "database",
  paths: ["var/lib/dpkg/status", "var/lib/dpkg/status.d/*", "var/lib/dpkg/info/*.list"],
  wants: (path) => status.test(path) || distrolessStatus.test(path) || files.test(path),
  read,
  combine,
});

function read(path: string, bytes: Uint8Array): PackageEvidence {
  const listed = files.exec(path);
  if (listed?.[2] === "list") return { files: [parseFileList(textOf(bytes), listed[1]!)] };
  if (path.endsWith(".md5sums")) {
    const owner = path.slice(path.lastIndexOf("/") + 1, -".md5sums".length);
    return { files: [parseMd5Sums(textOf(bytes), owner)] };
  }
  return { packages: parseDpkgStatus(textOf(bytes), path) };
}

/** Distroless names its checksum files after the status file, not after the package, so those are joined by file name first. */
function combine(found: readonly FoundEvidence[]): FoundPackage[] {
  const owned = found.flatMap(({ evidence }) => evidence.files ?? []);
  return found.flatMap(({ path, evidence }) => {
    const fileName = path.slice(path.lastIndexOf("/") + 1);
    const packages = evidence.packages ?? [];
    if (packages.length === 0) return [];
    const single = packages.length === 1 ? packages[0] : undefined;
    const renamed =
      single && distrolessStatus.test(path)
        ? owned.filter(({ owner }) => owner === fileName).map((list) => ({ ...list, owner: single.name }))
        : [];
    return withOwnedFiles(packages, renamed.length > 0 ? renamed : owned).map((record) => ({ path, record }));
  });
}
