import { limits } from "../../core/limits.ts";
import { parseNpmPackage, parseYarnArchive } from "../../formats/npm-package.ts";
import { definePackageReader } from "../package-reader.ts";

const installed = /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/;
const root = /(^|\/)package\.json$/;
const largest = 8 * 1024 ** 2;
/** What Plug'n'Play runs out of the project's own cache; the one in a home folder only saves downloads. */
const archived = /(^|\/)\.yarn\/cache\/[^/]+-npm-[^/]+\.zip$/;

/** The package.json of every installed npm package, in an archive of Yarn too, and of applications outside `node_modules`. Those deeper inside a package are its own business: fixtures, module markers. */
export default definePackageReader({
  id: "npm",
  version: 2,
  role: "metadata",
  paths: [
    "usr/lib/node_modules/*/package.json",
    "usr/lib/node_modules/@*/*/package.json",
    "usr/local/lib/node_modules/@*/*/package.json",
    "usr/local/lib/node_modules/*/package.json",
    "usr/local/lib/node_modules/npm/node_modules/*/package.json",
  ],
  wants: (path, size) =>
    (size <= limits.analysedFile && archived.test(path)) ||
    (size <= largest && (installed.test(path) || (root.test(path) && !/(^|\/)node_modules\//.test(path)))),
  read(path, bytes) {
    const record = archived.test(path)
      ? parseYarnArchive(bytes, path)
      : parseNpmPackage(bytes, path, !installed.test(path));
    return record === undefined ? {} : { packages: [record] };
  },
});
