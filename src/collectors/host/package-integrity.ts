import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { z } from "zod";
import { packageIntegrity } from "../../facts/host/package-integrity.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.output<typeof packageIntegrity.schema>;

const info = "/var/lib/dpkg/info";
/** Files that run, or decide what runs. */
const runs = /^(usr\/)?(s?bin|lib\w*|libexec)\/|^etc\/|^boot\//;
/** Data beside them. */
const data =
  /\.(h|a|la|py|pyc|mo|html|txt|gz|png|svg|json|ttf|gir|typelib|rb|pl|pm|js|ts|map|md|tcl|hpp)$|\/(include|locale|doc|man)\//;
const filesPerTurn = 64;
const pieceSize = 1024 ** 2;

export default defineHostCollector<typeof packageIntegrity.schema>({
  reads: "host",
  provides: packageIntegrity,
  async *collect(root, { signal }) {
    const source = `${info}/*.md5sums`;
    const listed = await root.list(info);
    if (!("names" in listed)) {
      yield {
        subject: root.subject,
        source,
        unavailable: `digests of packaged files are read of dpkg only: ${listed.reason}`,
        remedy: "compare with the package manager's own verification (rpm -Va, apk audit)",
      };
      return;
    }
    yield { subject: root.subject, source, value: await compareAll(root, listed.names, signal) };
  },
});

async function compareAll(root: HostRoot, names: readonly string[], signal: AbortSignal): Promise<Value> {
  const diverted = await divertedPaths(root);
  const value: Value = {
    manager: "dpkg",
    packages: 0,
    packagesWithDigests: 0,
    compared: 0,
    leftOut: 0,
    changed: [],
    missing: [],
    unread: 0,
    digest: "md5",
  };
  const buffer = Buffer.allocUnsafe(pieceSize);
  value.packages = names.filter((name) => name.endsWith(".list")).length;
  let turn = 0;
  for (const name of names.filter((entry) => entry.endsWith(".md5sums"))) {
    const text = (await root.text(`${info}/${name}`)) ?? "";
    const owner = name.slice(0, -".md5sums".length);
    const lines = text
      .split("\n")
      .flatMap((line) => (/^([0-9a-f]{32}) [ *](.+)$/.exec(line)?.slice(1, 3) as [string, string] | undefined) ?? []);
    if (lines.length > 0) value.packagesWithDigests++;
    for (let at = 0; at < lines.length; at += 2) {
      const [digest, path] = [lines[at] as string, lines[at + 1] as string];
      if (!runs.test(path) || data.test(path)) {
        value.leftOut++;
        continue;
      }
      const place = diverted.get(`/${path}`) ?? `/${path}`;
      if (++turn % filesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return value;
      await compareOne(root, place, digest, owner, value, buffer);
    }
  }
  return value;
}

/** A changed file is read twice: an update may be under way. */
async function compareOne(
  root: HostRoot,
  path: string,
  digest: string,
  owner: string,
  value: Value,
  buffer: Buffer,
): Promise<void> {
  const real = await root.locate(path);
  const found = digestOf(real, buffer);
  if (found === "absent") value.missing.push({ path, package: owner });
  else if (found === "unread") value.unread++;
  else {
    value.compared++;
    if (found !== digest && digestOf(real, buffer) !== digest) value.changed.push({ path, package: owner });
  }
}

function digestOf(path: string, buffer: Buffer): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const hash = createHash("md5");
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, count));
    }
  } catch (error) {
    return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")
      ? "absent"
      : "unread";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** dpkg-divert(1): three lines for each: the path, where its file went, and for which package not. */
async function divertedPaths(root: HostRoot): Promise<Map<string, string>> {
  const lines = ((await root.text("/var/lib/dpkg/diversions")) ?? "").split("\n");
  const paths = new Map<string, string>();
  for (let at = 0; at + 2 < lines.length; at += 3) paths.set(lines[at]!, lines[at + 1]!);
  return paths;
}
