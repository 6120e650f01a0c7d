import { parseJuliaProject } from "../../formats/julia-package.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

/** `packages/NAME/SLUG` in a depot, and the standard library of an installation. */
const installed = /(^|\/)(packages\/[A-Za-z]\w*\/[A-Za-z0-9]+|stdlib\/v[^/]+\/[A-Za-z]\w*)\/(Julia)?Project\.toml$/;
const largest = 1024 ** 2;

/** The packages in the depots of Julia's package manager, and the parts of its standard library that have versions of their own. */
export default definePackageReader({
  id: "julia",
  version: 1,
  role: "metadata",
  paths: ["root/.julia/packages/*/*/Project.toml", "usr/share/julia/stdlib/v*/*/Project.toml"],
  wants: (path, size) => size <= largest && installed.test(path),
  read(path, bytes) {
    const record = parseJuliaProject(textOf(bytes), path);
    return record === undefined ? {} : { packages: [record] };
  },
});
