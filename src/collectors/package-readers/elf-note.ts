import { parsePackageNote } from "../../formats/elf-note.ts";
import { definePackageReader } from "../package-reader.ts";
import { mayBeProgram, programIn } from "./program.ts";

/** The package that a program says it belongs to; told where no database knows the package, as in images without one. */
export default definePackageReader({
  id: "elf-note",
  version: 1,
  role: "trace",
  paths: [],
  wants: mayBeProgram,
  read(path, bytes) {
    const program = programIn(bytes, path);
    const record = program && parsePackageNote(program, path);
    return record === undefined ? {} : { packages: [record] };
  },
});
