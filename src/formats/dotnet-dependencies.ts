import { JsonObject } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";

/** Parts of a target's entry that put files into the deployment; compile-time references alone do not. */
const deployed = ["runtime", "runtimeTargets", "native", "resources"];
const runtimePack = "runtimepack.";

/**
 * The NuGet packages of an application's `*.deps.json` (.NET runtime configuration file): libraries of type `package` that bring files
 * at run time, and the runtime packs of self-contained applications. Projects and reference assemblies are left out.
 */
export function parseDotnetDependencies(bytes: Uint8Array, path: string): PackageRecord[] {
  const document = JsonObject.parse(bytes, path);
  const libraries = document.object("libraries");
  const target = document.object("targets")?.object(document.object("runtimeTarget")?.text("name") ?? "");
  return (libraries?.keys() ?? []).flatMap((key) => {
    const type = libraries?.object(key)?.text("type")?.toLowerCase();
    if (type !== "package" && type !== "runtimepack") return [];
    return isDeployed(target, key) ? recordOf(key) : [];
  });
}

function isDeployed(target: JsonObject | undefined, key: string): boolean {
  if (target === undefined) return true;
  const entry = target.object(key);
  return deployed.some((part) => (entry?.object(part)?.keys().length ?? 0) > 0);
}

function recordOf(key: string): PackageRecord[] {
  const slash = key.lastIndexOf("/");
  if (slash <= 0 || slash === key.length - 1) return [];
  const name = key.slice(0, slash);
  return [
    {
      name: name.startsWith(runtimePack) ? name.slice(runtimePack.length) : name,
      version: key.slice(slash + 1),
      type: "nuget",
      licenses: [],
    },
  ];
}
