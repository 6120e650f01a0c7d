import { createHash } from "node:crypto";
import type { z } from "zod";
import { compareApk } from "../../advisories/versions/apk.ts";
import { compareText } from "../../core/canonical-json.ts";
import { messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { updates } from "../../facts/host/updates.ts";
import { parseApkInstalled } from "../../formats/apk.ts";
import { type ApkIndex, readApkIndex } from "../../formats/apk-index.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.input<typeof updates.schema>;
type Pending = NonNullable<Value["pending"]>[number];

/** The cache that an administrator chose, that of apk itself, and that of `apk update` without one. */
const caches = ["/etc/apk/cache", "/var/cache/apk", "/var/lib/apk"];

/** What the indexes that apk keeps say of a host. They do not tell security updates from others. */
export async function apkUpdates(root: HostRoot, database: string): Promise<Omit<Value, "rebootRequired">> {
  const installed = parseApkInstalled(database, "/lib/apk/db/installed");
  const wanted = new Set(installed.map(({ name }) => name));
  const found = await readIndexes(root, wanted);
  if ("reason" in found) return { manager: "apk", unknownBecause: found.reason };
  const held = heldPackages((await root.text("/etc/apk/world")) ?? "");
  const pending = installed.flatMap(({ name, version }): Pending[] => {
    const offers = found.indexes.flatMap(({ index }) =>
      index.packages.filter((offer) => offer.name === name).map((offer) => ({ ...offer, origin: index.description })),
    );
    const newest = offers.reduce<(typeof offers)[number] | undefined>(
      (best, offer) => (best === undefined || compareApk(offer.version, best.version) > 0 ? offer : best),
      undefined,
    );
    if (newest === undefined || compareApk(newest.version, version) <= 0) return [];
    return [
      {
        package: name,
        installed: version,
        available: newest.version,
        origin: newest.origin || "apk repository",
        security: false,
        classified: false,
        held: held.includes(name),
      },
    ];
  });
  return {
    manager: "apk",
    pending: pending.sort((a, b) => compareText(a.package, b.package)),
    indexes: found.indexes.map(({ file, index }) => ({
      file,
      origin: index.description || "apk repository",
      suite: "",
      date: index.date,
      signed: false,
    })),
    held,
  };
}

async function readIndexes(
  root: HostRoot,
  wanted: ReadonlySet<string>,
): Promise<{ indexes: { file: string; index: ApkIndex }[] } | { reason: string }> {
  const repositories = await taggedAndPlain(root);
  const indexes: { file: string; index: ApkIndex }[] = [];
  const seen = new Set<string>();
  for (const cache of caches) {
    const listed = await root.list(cache);
    for (const name of "names" in listed ? listed.names : []) {
      const key = /^APKINDEX\.([0-9a-f]{8})\.tar\.gz$/.exec(name)?.[1];
      // What has a tag is taken for packages of that tag alone (apk-repositories(5)).
      if (key === undefined || seen.has(key) || repositories.tagged.has(key)) continue;
      seen.add(key);
      const file = `${cache}/${name}`;
      const result = await root.readBytes(file, limits.analysedFile);
      if (!("bytes" in result)) return { reason: result.reason };
      try {
        indexes.push({ file, index: await readApkIndex(result.bytes, wanted, file) });
      } catch (error) {
        return { reason: messageOf(error) };
      }
    }
  }
  return indexes.length === 0
    ? { reason: "/var/cache/apk holds no index: apk update was not run, or runs without a cache" }
    : { indexes };
}

/** The keys of indexes: the first four bytes of the hash of the repository's address, SHA-1 with apk 2 and SHA-256 with apk 3. */
async function taggedAndPlain(root: HostRoot): Promise<{ tagged: ReadonlySet<string> }> {
  const text = (await root.text("/etc/apk/repositories")) ?? "";
  const plain = new Set<string>();
  const tagged = new Set<string>();
  for (const line of text.split("\n")) {
    const [, tag, url] = /^\s*(?:(@\S+)\s+)?([^#\s]\S*)/.exec(line) ?? [];
    if (url === undefined) continue;
    for (const algorithm of ["sha1", "sha256"])
      (tag === undefined ? plain : tagged).add(createHash(algorithm).update(url).digest("hex").slice(0, 8));
  }
  return { tagged: new Set([...tagged].filter((key) => !plain.has(key))) };
}

/** Names in `/etc/apk/world` that may not be newer than written. */
function heldPackages(world: string): string[] {
  return world.split(/\s+/).flatMap((entry) => /^([^<>=~@!]+)(?:<|=|~)/.exec(entry)?.[1] ?? []);
}
