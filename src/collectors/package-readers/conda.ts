import { parseCondaPackage } from "../../formats/python-metadata.ts";
import { definePackageReader } from "../package-reader.ts";

/** The records that conda keeps of what it installed into an environment. */
export default definePackageReader({
  id: "conda",
  version: 1,
  role: "metadata",
  paths: ["opt/conda/conda-meta/*.json"],
  wants: (path) => /(^|\/)conda-meta\/[^/]+\.json$/.test(path),
  read(path, bytes) {
    const record = parseCondaPackage(bytes, path);
    return record === undefined ? {} : { packages: [record] };
  },
});
