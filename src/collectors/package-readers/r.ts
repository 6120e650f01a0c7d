import { parseRPackage } from "../../formats/r-package.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

/** A library is any folder of packages; usual names end in it, and a package always has its `Meta` or `R` folder beside. */
const description = /(^|\/)([\w.-]*library|[\w.-]+-library)\/(\d[\d.]*\/)?[A-Za-z][A-Za-z0-9.]*\/DESCRIPTION$/;
const largest = 1024 ** 2;
const libraries = [
  "usr/lib/R/library",
  "usr/lib/R/site-library",
  "usr/local/lib/R/site-library",
  "usr/local/lib/R/library",
];

/** What R installed into its libraries. */
export default definePackageReader({
  id: "r",
  version: 1,
  role: "metadata",
  paths: libraries.map((folder) => `${folder}/*/DESCRIPTION`),
  wants: (path, size) => size <= largest && description.test(path),
  read(path, bytes) {
    const record = parseRPackage(textOf(bytes), path);
    return record === undefined ? {} : { packages: [record] };
  },
});
