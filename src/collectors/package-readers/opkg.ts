import { parseFileList, parseOpkgStatus, withOwnedFiles } from "../../formats/dpkg.ts";
import { definePackageReader, type FoundEvidence, type FoundPackage, textOf } from "../package-reader.ts";

const files = /^(?:usr\/lib|var\/lib|lib)\/opkg\/info\/([^/]+)\.list$/;

/** The status file of OpenWrt's opkg. */
export default definePackageReader({
  id: "opkg",
  version: 2,
  role: "database",
  paths: ["usr/lib/opkg/status", "var/lib/opkg/status", "usr/lib/opkg/info/*.list", "var/lib/opkg/info/*.list"],
  wants: (path) => /^(usr\/lib|var\/lib|lib)\/opkg\/status$/.test(path) || files.test(path),
  read(path, bytes) {
    const listed = files.exec(path);
    if (listed) return { files: [parseFileList(textOf(bytes), listed[1]!)] };
    return { packages: parseOpkgStatus(textOf(bytes), path) };
  },
  combine(found: readonly FoundEvidence[]): FoundPackage[] {
    const owned = found.flatMap(({ evidence }) => evidence.files ?? []);
    return found.flatMap(({ path, evidence }) =>
      withOwnedFiles(evidence.packages ?? [], owned).map((record) => ({ path, record })),
    );
  },
});
