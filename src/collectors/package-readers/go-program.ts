import { goPackages, parseGoBuildInfo } from "../../formats/go-build-info.ts";
import { definePackageReader } from "../package-reader.ts";
import { hostPrograms, mayBeProgram, programIn } from "./program.ts";

/** The modules that the Go linker names in a program. */
export default definePackageReader({
  id: "go-program",
  version: 2,
  role: "metadata",
  paths: hostPrograms,
  wants: mayBeProgram,
  read(path, bytes) {
    const program = programIn(bytes, path);
    const info = program && parseGoBuildInfo(program, path);
    if (info === undefined) return {};
    const packages = goPackages(info);
    if (info.main !== undefined || info.dependencies.length > 0) return { packages };
    return {
      packages,
      problems: ["the Go program was built without module information: what it is made of is not known"],
    };
  },
});
