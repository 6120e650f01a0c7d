import { parseComposerInstalled } from "../../formats/composer.ts";
import { definePackageReader } from "../package-reader.ts";

/** Composer's list of what it installed. */
export default definePackageReader({
  id: "composer",
  version: 1,
  role: "metadata",
  paths: [],
  wants: (path) => /(^|\/)composer\/installed\.json$/.test(path),
  read: (path, bytes) => ({ packages: parseComposerInstalled(bytes, path) }),
});
