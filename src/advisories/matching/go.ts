import { packageKey } from "../package-name.ts";
import type { AdvisoryRecord } from "../record.ts";
import { genericOrder, versionOrder } from "../versions/version-order.ts";
import type { Lookup } from "./decision.ts";
import type { InstalledPackage } from "./inventory.ts";

/**
 * What to ask about a Go module. The main module of a working copy (`(devel)`) has no version, and that of an untagged commit (`v0.0.0-…`) stands
 * before every tag, so both would match every advisory: neither is asked for. The standard library is judged by the toolchain's version.
 */
export function goLookups({ name, version, confidence, properties }: InstalledPackage): Lookup[] {
  const plain = goVersion(version);
  if (plain === undefined || (properties["main"] === "yes" && /^0\.0\.0-/.test(plain))) return [];
  const order = versionOrder("golang") ?? genericOrder;
  return [{ ecosystem: "golang", name: packageKey("golang", name), version: plain, order, by: "module", confidence }];
}

/** Whether a Go module is the program that it was found in, and not a library of it: the main module, or the one that holds the program's own package. */
export function isProgramModule(properties: InstalledPackage["properties"]): boolean {
  return properties["main"] === "yes" || properties["program"] === "yes";
}

const exclusions: Readonly<Record<string, string>> = {
  "not importable": "all code at fault is in programs of the module, which nothing can import",
  "effectively private": "the code at fault is the module's own and not meant to be imported",
  "not Go code": "what is at fault is no Go code",
  "false positive": "it was found to be a false positive",
};

/** The operating systems, Linux not among them, that the Go team limits a vulnerability to, in words; undefined for every other record. */
export function otherSystemsOf({ source, notAffected, status = "" }: AdvisoryRecord): string | undefined {
  return source === "govulndb" && notAffected ? /^only on (.+)$/.exec(status)?.[1] : undefined;
}

/** Why, as the Go team found, a vulnerability of a module does not reach programs that use the module as a library, in words; undefined for every other record. */
export function exclusionOf({ source, notAffected, status = "" }: AdvisoryRecord): string | undefined {
  return source === "govulndb" && notAffected ? exclusions[status] : undefined;
}

/** `go1.21rc2` and `v1.2.3+incompatible` in the form of advisories: `1.21.0-rc.2`, `1.2.3`; undefined where it is no version. */
export function goVersion(text: string): string | undefined {
  const toolchain = /^(?:go)?(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?(?:[-+ ].*)?$/.exec(text);
  if (toolchain && (text.startsWith("go") || !text.includes("-"))) {
    const [, first, second, third = "0", stage, count] = toolchain;
    return `${first}.${second}.${third}${stage === undefined ? "" : `-${stage}.${count}`}`;
  }
  return /^v?(\d+\.\d+\.\d+.*)$/.exec(text)?.[1]?.replace(/\+(incompatible|dirty)/g, "");
}
