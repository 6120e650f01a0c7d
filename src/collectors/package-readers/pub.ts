import { parsePubspec } from "../../formats/pub-package.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

/** Packages that pub fetched from a host or out of git; the folder above them is named after host or version. */
const cached =
  /(^|\/)(\.?pub-cache\/hosted\/[^/]+|hosted\/(pub\.dev|pub\.dartlang\.org)|\.?pub-cache\/git)\/[^/]+\/pubspec\.yaml$/;
const largest = 1024 ** 2;

/** The packages in the cache of Dart's package manager, which programs that are not compiled ahead of time are run from. */
export default definePackageReader({
  id: "pub",
  version: 1,
  role: "metadata",
  paths: ["root/.pub-cache/hosted/*/*/pubspec.yaml", "root/.pub-cache/git/*/pubspec.yaml"],
  wants: (path, size) => size <= largest && cached.test(path),
  read(_path, bytes) {
    const record = parsePubspec(textOf(bytes));
    return record === undefined ? { problems: ["names no package and version"] } : { packages: [record] };
  },
});
