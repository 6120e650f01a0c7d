import { parseNpmPackage } from "../../formats/npm-package.ts";
import { definePackageReader } from "../package-reader.ts";

const installed = /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/;
const root = /(^|\/)package\.json$/;
const largest = 8 * 1024 ** 2;

/** The package.json of every installed npm package, and of applications outside `node_modules`. Those deeper inside a package are its own business: fixtures, module markers. */
export default definePackageReader({
  id: "npm",
  version: 1,
  role: "metadata",
  paths: [
    "usr/lib/node_modules/*/package.json",
    "usr/lib/node_modules/@*/*/package.json",
    "usr/local/lib/node_modules/@*/*/package.json",
    "usr/local/lib/node_modules/*/package.json",
    "usr/local/lib/node_modules/npm/node_modules/*/package.json",
  ],
  wants: (path, size) =>
    size <= largest && (installed.test(path) || (root.test(path) && !/(^|\/)node_modules\//.test(path))),
  read(path, bytes) {
    const record = parseNpmPackage(bytes, path, !installed.test(path));
    return record === undefined ? {} : { packages: [record] };
  },
});
