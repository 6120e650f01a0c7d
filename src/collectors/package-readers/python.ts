import { limits } from "../../core/limits.ts";
import { parsePythonEgg, parsePythonMetadata } from "../../formats/python-metadata.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

/** An egg that is an archive; as a folder it holds `EGG-INFO/PKG-INFO` as a file of its own. */
const egg = /\.egg$/;
const metadata = /(\.dist-info\/METADATA|\.egg-info\/PKG-INFO|\.egg-info|EGG-INFO\/PKG-INFO)$/;
const largest = 16 * 1024 ** 2;
const folders = [
  "usr/lib/python3/dist-packages",
  "usr/lib/python3*/site-packages",
  "usr/local/lib/python3*/site-packages",
  "usr/local/lib/python3*/dist-packages",
  "usr/lib64/python3*/site-packages",
];

/** Metadata that pip, setuptools and distributions leave beside every installed Python package, or in the egg that is one. */
export default definePackageReader({
  id: "python",
  version: 2,
  role: "metadata",
  paths: folders.flatMap((folder) => [
    `${folder}/*.dist-info/METADATA`,
    `${folder}/*.egg-info/PKG-INFO`,
    `${folder}/*.egg-info`,
    `${folder}/*.egg`,
  ]),
  wants: (path, size) =>
    (size <= largest && metadata.test(path)) || (size > 0 && size <= limits.analysedFile && egg.test(path)),
  read(path, bytes) {
    const record = egg.test(path) ? parsePythonEgg(bytes, path) : parsePythonMetadata(textOf(bytes), path);
    return record === undefined ? {} : { packages: [record] };
  },
});
