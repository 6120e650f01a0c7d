import { classifyProgram, mayBeKnownProgram, programFileNames } from "../../formats/binaries/classify.ts";
import { definePackageReader, eachOnItsOwn, type FoundPackage } from "../package-reader.ts";

/** On a host: where programs are put that no package manager installs. */
const hostPlaces: readonly string[] = [
  ...programFileNames.flatMap((name) => [`usr/local/bin/${name}`, `usr/local/sbin/${name}`]),
  "usr/local/bin/python3*",
  "usr/local/lib/libpython3*.so.1.0",
  "usr/local/go/VERSION",
  "usr/lib/jvm/*/release",
  "opt/*/release",
];

/** Programs that were put into an image without a package, by the text around their versions; told where no database's package owns the file. */
export default definePackageReader({
  id: "unpackaged-binary",
  version: 2,
  role: "trace",
  paths: hostPlaces,
  wants: mayBeKnownProgram,
  read(path, bytes) {
    const { packages, problem } = classifyProgram(path, bytes);
    if (packages.length > 0) return { packages };
    return problem === undefined ? {} : { problems: [problem] };
  },
  combine(found) {
    const packages = eachOnItsOwn(found);
    return packages.filter((one) => !packages.some((other) => isExacter(other, one)));
  },
});

/** The file `release` of Java 8 leaves out the build that the program itself names: `1.8.0_392` is `1.8.0_392-b08`. */
function isExacter({ record: other }: FoundPackage, { record }: FoundPackage): boolean {
  return other.name === record.name && other.version.startsWith(`${record.version}-b`);
}
