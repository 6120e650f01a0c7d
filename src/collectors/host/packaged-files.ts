import { AppError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { parseApkFiles } from "../../formats/apk-files.ts";
import { parseGroup, parsePasswd } from "../../formats/host/accounts.ts";
import { rpmHeaderBlobs } from "../../formats/rpm/database.ts";
import { parseRpmFiles } from "../../formats/rpm/file-list.ts";
import type { HostRoot } from "../host-root.ts";

/** What a package says of one of its files. */
export interface PackagedFile {
  readonly path: string;
  readonly digest?: { readonly algorithm: string; readonly value: string } | undefined;
  /** Type and rights as in st_mode, the type 0 where it is not known; absent where the package does not tell. */
  readonly mode?: number | undefined;
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
  /** Target of a link as written. */
  readonly target?: string | undefined;
  /** An administrator may change it. */
  readonly configuration?: boolean;
  /** Its absence is no change. */
  readonly dispensable?: boolean;
}

/** One package with what it says of its files; without any digest nothing of it can be compared. */
export interface PackagedFiles {
  readonly package: string;
  readonly files: readonly PackagedFile[];
}

/** The packages of one manager, or why their files cannot be compared. */
export type PackageRecords =
  | { readonly manager: string; readonly source: string; readonly packages: AsyncIterable<PackagedFiles> }
  | { readonly manager: string; readonly source: string; readonly reason: string; readonly remedy: string };

/** The package manager whose database the host has; undefined where there is none of a kind that keeps digests. */
export async function packageRecords(root: HostRoot): Promise<PackageRecords | undefined> {
  return (await dpkgRecords(root)) ?? (await rpmRecords(root)) ?? (await apkRecords(root));
}

const dpkgInfo = "/var/lib/dpkg/info";

async function dpkgRecords(root: HostRoot): Promise<PackageRecords | undefined> {
  const listed = await root.list(dpkgInfo);
  if (!("names" in listed) || !listed.names.some((name) => name.endsWith(".list"))) return undefined;
  return { manager: "dpkg", source: `${dpkgInfo}/*.md5sums`, packages: dpkgPackages(root, listed.names) };
}

async function* dpkgPackages(root: HostRoot, names: readonly string[]): AsyncGenerator<PackagedFiles> {
  const diverted = await divertedPaths(root);
  const configuration = conffiles((await root.text("/var/lib/dpkg/status")) ?? "");
  for (const name of names) {
    if (!name.endsWith(".list")) continue;
    const owner = name.slice(0, -".list".length);
    const files: PackagedFile[] = [];
    for (const line of ((await root.text(`${dpkgInfo}/${owner}.md5sums`)) ?? "").split("\n")) {
      const [, value, path] = /^([0-9a-f]{32}) [ *](.+)$/.exec(line) ?? [];
      if (value === undefined || path === undefined) continue;
      files.push({ path: diverted.get(`/${path}`) ?? `/${path}`, digest: { algorithm: "md5", value } });
    }
    for (const [path, value] of configuration.get(owner.split(":")[0]!) ?? [])
      files.push({ path, digest: { algorithm: "md5", value }, configuration: true, dispensable: true });
    yield { package: owner, files };
  }
}

/** dpkg-divert(1): three lines for each: the path, where its file went, and for which package not. */
async function divertedPaths(root: HostRoot): Promise<Map<string, string>> {
  const lines = ((await root.text("/var/lib/dpkg/diversions")) ?? "").split("\n");
  const paths = new Map<string, string>();
  for (let at = 0; at + 2 < lines.length; at += 3) paths.set(lines[at]!, lines[at + 1]!);
  return paths;
}

/** Configuration files with the digest that their package brought (`Conffiles` in dpkg's status); obsolete ones are no longer the package's. */
function conffiles(status: string): Map<string, [path: string, digest: string][]> {
  const found = new Map<string, [string, string][]>();
  let [name, within] = ["", false];
  for (const line of status.split("\n")) {
    if (line.startsWith("Package: ")) name = line.slice("Package: ".length);
    within = line === "Conffiles:" || (within && line.startsWith(" "));
    const [, path, digest] = (within ? /^ (\/.+) ([0-9a-f]{32})$/.exec(line) : null) ?? [];
    if (path !== undefined && digest !== undefined) found.set(name, [...(found.get(name) ?? []), [path, digest]]);
  }
  return found;
}

const rpmDatabases = ["/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm"].flatMap((folder) =>
  ["rpmdb.sqlite", "Packages.db", "Packages"].map((file) => `${folder}/${file}`),
);

async function rpmRecords(root: HostRoot): Promise<PackageRecords | undefined> {
  for (const source of rpmDatabases) {
    const result = await root.readBytes(source, limits.analysedFile);
    if (!("bytes" in result)) {
      if (result.missing === "absent") continue;
      return { manager: "rpm", source, reason: result.reason, remedy: "collect the facts with root's rights" };
    }
    const log = await root.stat(`${source}-wal`);
    if (log !== undefined && log.size > 0) {
      const reason = `${source} has changes that are not in it yet (${source}-wal): what was updated since would count as changed`;
      return {
        manager: "rpm",
        source,
        reason,
        remedy: "end what uses the database, then rpm -qa once writes them into it",
      };
    }
    const first = firstHeader(result.bytes, source);
    if (first === "none") continue;
    if (first instanceof AppError) return { manager: "rpm", source, reason: first.message, remedy: "rpm --rebuilddb" };
    return { manager: "rpm", source, packages: rpmPackages(root, result.bytes, source) };
  }
  return undefined;
}

/** A Debian host with the program rpm has a database without packages. */
function firstHeader(bytes: Uint8Array, source: string): "some" | "none" | AppError {
  try {
    return rpmHeaderBlobs(bytes, source).next().done === true ? "none" : "some";
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function* rpmPackages(root: HostRoot, bytes: Uint8Array, source: string): AsyncGenerator<PackagedFiles> {
  const passwd = (await root.text("/etc/passwd")) ?? "";
  const group = (await root.text("/etc/group")) ?? "";
  const users = new Map(parsePasswd(passwd, "/etc/passwd").map(({ name, uid }) => [name, uid]));
  const groups = new Map(parseGroup(group, "/etc/group").map(({ name, gid }) => [name, gid]));
  let number = 0;
  for (const blob of rpmHeaderBlobs(bytes, source)) {
    const list = parseRpmFiles(blob, `${source}: header ${++number}`);
    if (list === undefined) continue;
    const { algorithm } = list;
    yield {
      package: list.package,
      files: list.files.map((file) => ({
        path: file.path,
        digest: file.digest !== undefined && algorithm !== undefined ? { algorithm, value: file.digest } : undefined,
        mode: file.compared.mode ? file.mode : undefined,
        owner: file.compared.owner && file.user !== undefined ? users.get(file.user) : undefined,
        group: file.compared.owner && file.group !== undefined ? groups.get(file.group) : undefined,
        target: file.compared.target ? file.target : undefined,
        configuration: file.configuration,
        dispensable: file.dispensable,
      })),
    };
  }
}

const apkDatabases = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

async function apkRecords(root: HostRoot): Promise<PackageRecords | undefined> {
  for (const source of apkDatabases) {
    const text = await root.text(source);
    if (text === undefined || !text.includes("P:")) continue;
    return { manager: "apk", source, packages: apkPackages(text, source) };
  }
  return undefined;
}

/** Below /etc apk keeps what an administrator changed (apk-protected_paths). The digest of a link is that of its target's text. */
async function* apkPackages(text: string, source: string): AsyncGenerator<PackagedFiles> {
  const byPackage = new Map<string, PackagedFile[]>();
  for (const file of parseApkFiles(text, source)) {
    const list = byPackage.get(file.package) ?? [];
    byPackage.set(file.package, list);
    list.push({
      path: file.path,
      digest: file.digest,
      mode: file.mode,
      owner: file.owner,
      group: file.group,
      configuration: file.path.startsWith("/etc/"),
    });
  }
  for (const name of namesOf(text)) yield { package: name, files: byPackage.get(name) ?? [] };
}

/** Packages that own nothing count too, but are no gap: they have no file to compare. */
function namesOf(text: string): string[] {
  return [...text.matchAll(/^P:(.+)$/gm)].map(([, name]) => name!);
}
