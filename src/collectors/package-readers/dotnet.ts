import { parseDotnetDependencies } from "../../formats/dotnet-dependencies.ts";
import { definePackageReader } from "../package-reader.ts";

/** The dependency files of .NET applications and of the shared runtime. */
export default definePackageReader({
  id: "dotnet",
  version: 1,
  role: "metadata",
  paths: ["usr/share/dotnet/shared/*/*/*.deps.json", "usr/lib/dotnet/shared/*/*/*.deps.json"],
  wants: (path) => path.endsWith(".deps.json"),
  read: (path, bytes) => ({ packages: parseDotnetDependencies(bytes, path) }),
});
