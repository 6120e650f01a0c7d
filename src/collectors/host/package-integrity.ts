import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import type { z } from "zod";
import { AppError } from "../../core/errors.ts";
import { packageIntegrity } from "../../facts/host/package-integrity.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { fileDigest } from "./file-digest.ts";
import { type PackagedFile, type PackagedFiles, packageRecords } from "./packaged-files.ts";

type Value = z.output<typeof packageIntegrity.schema>;

/** Files that run, or decide what runs. */
const runs = /^\/(usr\/)?(s?bin|lib\w*|libexec)\/|^\/etc\/|^\/boot\/|^\/usr\/local\//;
/** Data beside them. */
const data =
  /\.(h|a|la|py|pyc|mo|html|txt|gz|png|svg|json|ttf|gir|typelib|rb|pl|pm|js|ts|map|md|tcl|hpp)$|\/(include|locale|doc|man)\//;
const filesPerTurn = 64;
const modeType = 0o170000;
const rights = 0o7777;

export default defineHostCollector<typeof packageIntegrity.schema>({
  reads: "host",
  provides: packageIntegrity,
  async *collect(root, { signal }) {
    const records = await packageRecords(root);
    if (records === undefined || "reason" in records) {
      yield {
        subject: root.subject,
        source: records?.source ?? "/var/lib/dpkg, /var/lib/rpm, /lib/apk/db",
        unavailable: records?.reason ?? "the host has no package database that keeps digests (dpkg, rpm, apk)",
        remedy: records?.remedy ?? "compare the host with the image that it was made from",
      };
      return;
    }
    const value = await compareAll(root, records.manager, records.packages, signal);
    yield { subject: root.subject, source: records.source, value };
  },
});

async function compareAll(
  root: HostRoot,
  manager: string,
  packages: AsyncIterable<PackagedFiles>,
  signal: AbortSignal,
): Promise<Value> {
  const value: Value = {
    manager,
    packages: 0,
    packagesWithDigests: 0,
    compared: 0,
    rightsCompared: 0,
    leftOut: 0,
    changed: [],
    missing: [],
    unread: 0,
    digest: "none",
    problems: [],
  };
  let turn = 0;
  try {
    for await (const { package: owner, files } of packages) {
      value.packages++;
      const digests = files.filter(({ digest, configuration }) => digest !== undefined && configuration !== true);
      // Only dpkg cannot tell a package without files from one whose digests were not kept.
      if (digests.length > 0 || (manager !== "dpkg" && files.length === 0)) value.packagesWithDigests++;
      for (const file of files) {
        if (!runs.test(file.path) || (data.test(file.path) && file.configuration !== true)) {
          if (file.digest !== undefined) value.leftOut++;
          continue;
        }
        if (++turn % filesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) return value;
        await compareOne(root, owner, file, value);
      }
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    value.problems.push(error.message);
  }
  return value;
}

async function compareOne(root: HostRoot, owner: string, file: PackagedFile, value: Value): Promise<void> {
  const { path, digest, configuration = false, dispensable = false } = file;
  const stats = await root.lstat(path);
  if (stats === undefined) {
    if (dispensable) return;
    // A file of a folder that may not be entered is not missing.
    if (await isAbsent(root, path)) value.missing.push({ path, package: owner });
    else value.unread++;
    return;
  }
  const what = attributesOf(file, stats, value);
  if (digest !== undefined) {
    const content = await contentChanged(root, path, stats, digest, value);
    if (content) what.push("content");
  }
  if (file.target !== undefined && stats.isSymbolicLink()) {
    const target = await root.linkTarget(path);
    if (target !== file.target) what.push(`target ${file.target}, now ${target ?? "none"}`);
  }
  if (what.length > 0) value.changed.push({ path, package: owner, what, configuration });
}

async function isAbsent(root: HostRoot, path: string): Promise<boolean> {
  const result = await root.read(path, 1);
  return "missing" in result && result.missing === "absent";
}

/** apk tells rights only, not what kind of file they belong to. */
function attributesOf({ mode, owner, group }: PackagedFile, stats: Stats, value: Value): string[] {
  if (mode === undefined) return [];
  const what: string[] = [];
  value.rightsCompared++;
  const tellsKind = (mode & modeType) !== 0;
  if (tellsKind && (mode & modeType) !== (stats.mode & modeType)) what.push("kind");
  // The rights of a link are those of its target.
  else if (!stats.isSymbolicLink() && (mode & rights) !== (stats.mode & rights))
    what.push(`rights ${octal(mode)}, now ${octal(stats.mode)}`);
  if ((owner !== undefined && owner !== stats.uid) || (group !== undefined && group !== stats.gid))
    what.push(`owner ${owner ?? "?"}:${group ?? "?"}, now ${stats.uid}:${stats.gid}`);
  return what;
}

function octal(mode: number): string {
  return (mode & rights).toString(8).padStart(4, "0");
}

/** A changed file is read twice: an update may be under way. */
async function contentChanged(
  root: HostRoot,
  path: string,
  stats: Stats,
  { algorithm, value: expected }: { readonly algorithm: string; readonly value: string },
  value: Value,
): Promise<boolean> {
  value.digest = algorithm;
  if (stats.isSymbolicLink() && value.manager === "apk") {
    value.compared++;
    const target = (await root.linkTarget(path)) ?? "";
    return createHash(algorithm).update(target).digest("hex") !== expected;
  }
  const real = await root.locate(path);
  const found = fileDigest(real, algorithm);
  if (!("digest" in found)) {
    value.unread++;
    return false;
  }
  value.compared++;
  if (found.digest === expected) return false;
  const again = fileDigest(real, algorithm);
  return !("digest" in again) || again.digest !== expected;
}
