import { parsePythonMetadata } from "../../formats/python-metadata.ts";
import { definePackageReader, textOf } from "../package-reader.ts";

const metadata = /(\.dist-info\/METADATA|\.egg-info\/PKG-INFO|\.egg-info|EGG-INFO\/PKG-INFO)$/;
const largest = 16 * 1024 ** 2;
const folders = [
  "usr/lib/python3/dist-packages",
  "usr/lib/python3*/site-packages",
  "usr/local/lib/python3*/site-packages",
  "usr/local/lib/python3*/dist-packages",
  "usr/lib64/python3*/site-packages",
];

/** Metadata that pip, setuptools and distributions leave beside every installed Python package. */
export default definePackageReader({
  id: "python",
  version: 1,
  role: "metadata",
  paths: folders.flatMap((folder) => [
    `${folder}/*.dist-info/METADATA`,
    `${folder}/*.egg-info/PKG-INFO`,
    `${folder}/*.egg-info`,
  ]),
  wants: (path, size) => size <= largest && metadata.test(path),
  read(path, bytes) {
    const record = parsePythonMetadata(textOf(bytes), path);
    return record === undefined ? {} : { packages: [record] };
  },
});
