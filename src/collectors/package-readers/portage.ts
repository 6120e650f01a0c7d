import { parsePortageContents } from "../../formats/portage.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

const place = /^var\/db\/pkg\/([^/]+)\/([^/]+)\/CONTENTS$/;

/** Portage's database of installed packages. */
export default definePackageReader({
  id: "portage",
  version: 2,
  role: "database",
  paths: ["var/db/pkg/*/*/CONTENTS"],
  wants: (path) => place.test(path),
  read(path, bytes) {
    const [, category, folder] = place.exec(path) ?? [];
    const record = parsePortageContents(textOf(bytes), category ?? "", folder ?? "");
    return record === undefined
      ? { problems: ["the folder's name is no package and version"] }
      : { packages: [record] };
  },
});
