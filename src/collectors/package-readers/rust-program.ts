import { parseRustAuditable } from "../../formats/rust-auditable.ts";
import { definePackageReader } from "../package-reader.ts";
import { mayBeProgram, programIn } from "./program.ts";

/** The crates that `cargo auditable` lists in a program. */
export default definePackageReader({
  id: "rust-program",
  version: 1,
  role: "metadata",
  paths: [],
  wants: mayBeProgram,
  read(path, bytes) {
    const program = programIn(bytes, path);
    const packages = program === undefined ? [] : parseRustAuditable(program, path);
    return packages.length === 0 ? {} : { packages };
  },
});
