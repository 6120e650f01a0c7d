import { imageContents, type ProgramPurpose } from "../../facts/image/contents.ts";
import type { TreeEntry } from "../../formats/layer-tree.ts";
import { defineImageCollector, type OpenedImage } from "../image-collector.ts";

const purposes: Readonly<Record<ProgramPurpose, readonly string[]>> = {
  shell: [
    "sh",
    "bash",
    "dash",
    "ash",
    "zsh",
    "ksh",
    "mksh",
    "csh",
    "tcsh",
    "fish",
    "busybox",
    "toybox",
    "pwsh",
    "cmd.exe",
    "powershell.exe",
  ],
  "package-manager": [
    "apt",
    "apt-get",
    "dpkg",
    "apk",
    "rpm",
    "dnf",
    "microdnf",
    "yum",
    "tdnf",
    "zypper",
    "pacman",
    "opkg",
    "emerge",
    "nix-env",
    "snap",
    "npm",
    "npx",
    "yarn",
    "pnpm",
    "pip",
    "pip3",
    "pipx",
    "gem",
    "bundle",
    "composer",
    "cargo",
    "go",
    "conda",
    "nuget",
  ],
  compiler: ["gcc", "g++", "cc", "c++", "clang", "clang++", "tcc", "rustc", "ld", "as", "make", "cmake", "javac"],
  privilege: ["sudo", "su", "doas", "pkexec", "gosu", "su-exec", "setpriv", "nsenter", "unshare", "capsh"],
  download: ["curl", "wget", "aria2c", "ftp", "tftp", "scp", "sftp", "rsync", "lwp-download"],
  network: [
    "nc",
    "ncat",
    "netcat",
    "nc.openbsd",
    "nc.traditional",
    "socat",
    "nmap",
    "tcpdump",
    "tshark",
    "telnet",
    "ssh",
    "masscan",
    "hping3",
  ],
  debugger: ["gdb", "strace", "ltrace", "perf", "bpftrace", "lldb", "dlv"],
};
const purposeOf = new Map(
  Object.entries(purposes).flatMap(([purpose, names]) =>
    names.map((name) => [name, purpose as ProgramPurpose] as const),
  ),
);
const programFolder =
  /^(usr\/)?(local\/)?s?bin\/[^/]+$|^usr\/local\/(go|cargo)\/bin\/[^/]+$|^opt\/[^/]+\/s?bin\/[^/]+$|^windows\/system32\//i;
const versioned = /^(g\+\+|gcc|clang|python|pip|cc)(-?\d[\d.]*)$/;
/** Compilers under the name of their target: `x86_64-linux-gnu-gcc-12`. */
const crossCompiler = /^[\w]+-[\w]+-[\w]+-(gcc|g\+\+|ld|as)(-\d+)?$/;

/** What package managers keep of what they fetched. */
const caches: readonly (readonly [manager: string, folder: RegExp])[] = [
  ["apt", /^var\/lib\/apt\/lists\/(?!partial\/?$|lock$|auxfiles\/?$)./],
  ["apt", /^var\/cache\/apt\/(archives\/[^/]+\.deb$|pkgcache\.bin$|srcpkgcache\.bin$)/],
  ["apk", /^(var\/cache|etc)\/apk\/(cache\/)?(APKINDEX[^/]*|[^/]+\.apk)$/],
  ["dnf", /^var\/cache\/(dnf|yum|libdnf5|microdnf|tdnf)\/./],
  ["zypper", /^var\/cache\/zypp\/./],
  ["pacman", /^var\/cache\/pacman\/pkg\/./],
  ["pip", /(^|\/)\.cache\/pip\/./],
  ["npm", /(^|\/)\.npm\/_(cacache|logs)\/./],
  ["yarn", /(^|\/)(\.cache\/yarn|\.yarn\/cache|usr\/local\/share\/\.cache\/yarn)\/./],
  ["cargo", /(^|\/)(\.cargo|usr\/local\/cargo)\/registry\/(cache|src)\/./],
  ["go", /(^|\/)(\.cache\/go-build|go\/pkg\/mod\/cache)\/./],
  ["maven", /(^|\/)\.m2\/repository\/./],
  ["gradle", /(^|\/)\.gradle\/caches\/./],
  ["composer", /(^|\/)\.(cache\/composer|composer\/cache)\/./],
  ["gem", /^(usr\/local\/bundle|usr\/local\/lib\/ruby\/gems\/[^/]+|var\/lib\/gems\/[^/]+)\/cache\/./],
];
const systemPath =
  /^(usr\/)?(s?bin|lib(32|64|x32|exec)?)\/|^etc\/(passwd|group|shadow|sudoers|ld\.so|cron|init|profile|pam|ssl|ssh|apt|apk|yum|crypto)[^/]*(\/|$)/;
const ownerWrite = 0o200;

export default defineImageCollector({
  provides: imageContents,
  version: 1,
  *collect(image) {
    yield { subject: image.subject, source: `${image.source}: file system`, value: contentsOf(image) };
  },
});

interface Cache {
  path: string;
  manager: string;
  files: number;
  bytes: number;
  layer: number;
}

function contentsOf({ tree }: OpenedImage) {
  const programs = [];
  const kept = new Map<string, Cache>();
  const owned = new Map<string, { path: string; owner: number; count: number; layer: number }>();
  let entries = 0;
  let bytes = 0;
  for (const entry of tree.entries()) {
    entries++;
    if (entry.type === "file" && entry.hardLinkTo === undefined) bytes += entry.size;
    const purpose = programPurpose(entry);
    if (purpose !== undefined)
      programs.push({ path: `/${entry.path}`, name: nameOf(entry.path), purpose, layer: entry.layer });
    noteCache(kept, entry);
    noteOwner(owned, entry);
  }
  return { programs, caches: [...kept.values()], systemPathsNotOwnedByRoot: [...owned.values()], entries, bytes };
}

function programPurpose({ path, type }: TreeEntry): ProgramPurpose | undefined {
  if ((type !== "file" && type !== "symlink") || !programFolder.test(path)) return undefined;
  return purposeOfProgram(nameOf(path));
}

/** What a program of that name is for, where it matters to an intruder. */
export function purposeOfProgram(name: string): ProgramPurpose | undefined {
  if (crossCompiler.test(name)) return "compiler";
  return purposeOf.get(name) ?? purposeOf.get(versioned.exec(name)?.[1] ?? "");
}

function noteCache(kept: Map<string, Cache>, { path, type, size, layer }: TreeEntry): void {
  if (type !== "file" || size === 0) return;
  const [manager] = caches.find(([, folder]) => folder.test(path)) ?? [];
  if (manager === undefined) return;
  const folder = cacheFolder(path, manager);
  const cache = kept.get(folder) ?? { path: `/${folder}`, manager, files: 0, bytes: 0, layer };
  cache.files++;
  cache.bytes += size;
  cache.layer = Math.max(cache.layer, layer);
  kept.set(folder, cache);
}

/** The cache as a whole, not each folder of it. */
function cacheFolder(path: string, manager: string): string {
  const [folder] =
    /^.*?(\.cache\/[^/]+|\.npm|\.cargo\/registry|cargo\/registry|\.m2\/repository|\.gradle\/caches|\.yarn\/cache|\.composer\/cache|go\/pkg\/mod\/cache)(?=\/)/.exec(
      path,
    ) ?? [];
  if (folder !== undefined) return folder;
  return manager === "apt" || manager === "apk"
    ? path
        .split("/")
        .slice(0, manager === "apt" ? 4 : 3)
        .join("/")
        .replace(/\/[^/]*\.(bin|deb|apk)$/, "")
    : path.split("/").slice(0, 3).join("/");
}

function noteOwner(
  owned: Map<string, { path: string; owner: number; count: number; layer: number }>,
  { path, type, uid, mode, layer }: TreeEntry,
): void {
  if (
    uid === 0 ||
    type === "symlink" ||
    (mode & ownerWrite) === 0 ||
    !systemPath.test(type === "directory" ? `${path}/` : path)
  )
    return;
  const folder = `${uid} ${path.split("/").slice(0, 2).join("/")}`;
  const known = owned.get(folder);
  if (known) known.count++;
  else owned.set(folder, { path: `/${path}`, owner: uid, count: 1, layer });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
