import { parseBitnamiSpdx } from "../../formats/bitnami.ts";
import { definePackageReader } from "../package-reader.ts";

/** The SPDX documents of Bitnami's applications. */
export default definePackageReader({
  id: "bitnami",
  version: 1,
  role: "metadata",
  paths: ["opt/bitnami/*/.spdx-*.spdx"],
  wants: (path) => /^opt\/bitnami\/([^/]+\/)?\.spdx-[^/]+\.spdx$/.test(path),
  read: (path, bytes) => ({ packages: parseBitnamiSpdx(bytes, path) }),
});
