import { withOwnedFiles } from "../../formats/dpkg.ts";
import { parsePacmanDescription, parsePacmanFiles } from "../../formats/pacman.ts";
import { definePackageReader, type FoundEvidence, type FoundPackage, textOf } from "../package-reader.ts";

const place = /^(?:var|usr)\/lib\/pacman\/local\/([^/]+)\/(desc|files)$/;

/** pacman's local database: a folder for each package with its description and its files. */
export default definePackageReader({
  id: "pacman",
  version: 2,
  role: "database",
  paths: ["var/lib/pacman/local/*/desc", "var/lib/pacman/local/*/files"],
  wants: (path) => place.test(path),
  read(path, bytes) {
    const [, folder, file] = place.exec(path) ?? [];
    if (file === "files") return { files: [parsePacmanFiles(textOf(bytes), folder!)] };
    const record = parsePacmanDescription(textOf(bytes));
    return record === undefined ? { problems: ["names no package"] } : { packages: [record] };
  },
  combine(found: readonly FoundEvidence[]): FoundPackage[] {
    const owned = found.flatMap(({ evidence }) => evidence.files ?? []);
    const byFolder = new Map(owned.map((files) => [files.owner, files]));
    return found.flatMap(({ path, evidence }) => {
      const files = byFolder.get(place.exec(path)?.[1] ?? "");
      const packages = evidence.packages ?? [];
      const own = files === undefined ? [] : packages.map(({ name }) => ({ ...files, owner: name }));
      return withOwnedFiles(packages, own).map((record) => ({ path, record }));
    });
  },
});
