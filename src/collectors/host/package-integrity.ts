import { createHash } from "node:crypto";
import type { Stats } from "node:fs";
import type { z } from "zod";
import { AppError } from "../../core/errors.ts";
import { packageIntegrity } from "../../facts/host/package-integrity.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { type DigestJob, type FileDigest, fileDigest, ManyDigests } from "./file-digest.ts";
import { type PackagedFile, type PackagedFiles, packageRecords } from "./packaged-files.ts";

type Value = z.output<typeof packageIntegrity.schema>;

/** Files that run, or decide what runs. */
const runs = /^\/(usr\/)?(s?bin|lib\w*|libexec)\/|^\/etc\/|^\/boot\/|^\/usr\/local\//;
/** Data beside them. */
const data =
  /\.(h|a|la|py|pyc|mo|html|txt|gz|png|svg|json|ttf|gir|typelib|rb|pl|pm|js|ts|map|md|tcl|hpp)$|\/(include|locale|doc|man)\//;
/** Files whose digests are computed together, on all threads. */
const filesAtATime = 2_048;
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
    const digests = new ManyDigests();
    try {
      const value = await compareAll(root, records.manager, records.packages, (files) => digests.of(files, signal));
      yield { subject: root.subject, source: records.source, value };
    } finally {
      await digests.close();
    }
  },
});

type DigestsOf = (files: readonly DigestJob[]) => Promise<readonly FileDigest[]>;

async function compareAll(
  root: HostRoot,
  manager: string,
  packages: AsyncIterable<PackagedFiles>,
  digestsOf: DigestsOf,
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
  let open: OpenFile[] = [];
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
        const one = await look(root, owner, file, value);
        if (one !== undefined) open.push(one);
      }
      if (open.length < filesAtATime) continue;
      await compareContents(open, value, digestsOf);
      open = [];
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    value.problems.push(error.message);
  }
  await compareContents(open, value, digestsOf);
  return value;
}

/** A file of a package that lies on the host: what of it is as it should not be, and what its content is to be compared with. */
interface OpenFile {
  readonly owner: string;
  readonly file: PackagedFile;
  readonly what: string[];
  /** How its target differs, for a link. */
  readonly target: string | undefined;
  readonly content: (DigestJob & { readonly expected: string }) | undefined;
}

/** All of a file that can be told without its content; undefined where it is not there. */
async function look(root: HostRoot, owner: string, file: PackagedFile, value: Value): Promise<OpenFile | undefined> {
  const { path, digest, dispensable = false } = file;
  const stats = await root.lstat(path);
  if (stats === undefined) {
    if (dispensable) return undefined;
    // A file of a folder that may not be entered is not missing.
    if (await isAbsent(root, path)) value.missing.push({ path, package: owner });
    else value.unread++;
    return undefined;
  }
  const what = attributesOf(file, stats, value);
  const target = file.target !== undefined && stats.isSymbolicLink() ? await targetOf(root, file) : undefined;
  if (digest === undefined) return { owner, file, what, target, content: undefined };
  const { algorithm, value: expected } = digest;
  value.digest = algorithm;
  if (stats.isSymbolicLink() && value.manager === "apk") {
    value.compared++;
    const linked = (await root.linkTarget(path)) ?? "";
    if (createHash(algorithm).update(linked).digest("hex") !== expected) what.push("content");
    return { owner, file, what, target, content: undefined };
  }
  return { owner, file, what, target, content: { path: await root.locate(path), algorithm, expected } };
}

async function targetOf(root: HostRoot, file: PackagedFile): Promise<string | undefined> {
  const target = await root.linkTarget(file.path);
  return target === file.target ? undefined : `target ${file.target}, now ${target ?? "none"}`;
}

/** A file with another content than expected is read twice: an update may be under way. */
async function compareContents(files: readonly OpenFile[], value: Value, digestsOf: DigestsOf): Promise<void> {
  const digests = (await digestsOf(files.flatMap(({ content }) => content ?? []))).values();
  for (const { owner, file, what, target, content } of files) {
    if (content !== undefined) {
      const found = digests.next().value!;
      if (!("digest" in found)) value.unread++;
      else {
        value.compared++;
        if (found.digest !== content.expected && differsAgain(content)) what.push("content");
      }
    }
    if (target !== undefined) what.push(target);
    if (what.length > 0)
      value.changed.push({ path: file.path, package: owner, what, configuration: file.configuration ?? false });
  }
}

function differsAgain({ path, algorithm, expected }: NonNullable<OpenFile["content"]>): boolean {
  const again = fileDigest(path, algorithm);
  return !("digest" in again) || again.digest !== expected;
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
