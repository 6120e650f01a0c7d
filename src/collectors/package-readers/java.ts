import { limits } from "../../core/limits.ts";
import { isJavaArchive, parseJavaArchive } from "../../formats/java/java-archive.ts";
import { definePackageReader } from "../package-reader.ts";

/** Jar, war and ear files with the archives in them. */
export default definePackageReader({
  id: "java",
  version: 2,
  role: "metadata",
  paths: ["usr/share/java/*.jar"],
  wants: (path, size) => size > 0 && size <= limits.analysedFile && isJavaArchive(path),
  read: (path, bytes) => parseJavaArchive(bytes, path),
});
