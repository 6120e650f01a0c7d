import { parseApkInstalled, parseApkRepositories } from "../../formats/apk.ts";
import { definePackageReader, eachOnItsOwn, type FoundEvidence, type FoundPackage, textOf } from "../package-reader.ts";

const database = /^(usr\/)?lib\/apk\/db\/installed$/;
const repositories = /^etc\/apk\/repositories(\.d\/[^/]+\.list)?$/;

/** apk's database of installed packages; the repositories tell which branch they came from, `edge` in a stable image too. */
export default definePackageReader({
  id: "apk",
  version: 2,
  role: "database",
  paths: ["lib/apk/db/installed", "usr/lib/apk/db/installed", "etc/apk/repositories", "etc/apk/repositories.d/*.list"],
  wants: (path) => database.test(path) || repositories.test(path),
  read(path, bytes) {
    if (database.test(path)) return { packages: parseApkInstalled(textOf(bytes), path) };
    return { properties: { repositories: parseApkRepositories(textOf(bytes)).join(" ") } };
  },
  combine(found: readonly FoundEvidence[]): FoundPackage[] {
    const urls = found.map(({ evidence }) => evidence.properties?.["repositories"] ?? "").filter((text) => text !== "");
    if (urls.length === 0) return eachOnItsOwn(found);
    return eachOnItsOwn(found).map(({ path, record }) => ({
      path,
      record: { ...record, properties: { ...record.properties, repositories: urls.join(" ") } },
    }));
  },
});
