import type { HostRoot } from "../host-root.ts";

/** File lists between two breaths of the event loop. */
const listsPerTurn = 64;

/** Calls `owned` with each path that a package database lists; answers which databases were read. Paths are given as /usr-merged systems have them. */
export async function eachPackagedFile(root: HostRoot, owned: (path: string) => void): Promise<string[]> {
  const read: string[] = [];
  if (await readDpkg(root, owned)) read.push("dpkg");
  if (await readApk(root, owned)) read.push("apk");
  if (await readPacman(root, owned)) read.push("pacman");
  return read;
}

/** /bin, /sbin and /lib are links into /usr on merged systems, though packages still name them. */
export function mergedPath(path: string): string {
  return /^\/(bin|sbin|lib|lib32|lib64|libx32)\//.test(path) ? `/usr${path}` : path;
}

async function readDpkg(root: HostRoot, owned: (path: string) => void): Promise<boolean> {
  const listed = await root.list("/var/lib/dpkg/info");
  if (!("names" in listed)) return false;
  const lists = listed.names.filter((name) => name.endsWith(".list"));
  for (let at = 0; at < lists.length; at += listsPerTurn) {
    const texts = await root.readEach("/var/lib/dpkg/info", lists.slice(at, at + listsPerTurn));
    for (const result of texts.values()) {
      if ("text" in result) eachLine(result.text, (line) => owned(mergedPath(line)));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const line of ((await root.text("/var/lib/dpkg/diversions")) ?? "").split("\n"))
    if (line.startsWith("/")) owned(mergedPath(line));
  return lists.length > 0;
}

async function readApk(root: HostRoot, owned: (path: string) => void): Promise<boolean> {
  let folder = "";
  const read = (text: string | undefined) =>
    eachLine(text, (line) => {
      if (line.startsWith("F:")) folder = line.slice(2);
      else if (line.startsWith("R:")) owned(mergedPath(`/${folder}/${line.slice(2)}`));
    });
  const first = read(await root.text("/lib/apk/db/installed"));
  return first || read(await root.text("/usr/lib/apk/db/installed"));
}

async function readPacman(root: HostRoot, owned: (path: string) => void): Promise<boolean> {
  const listed = await root.list("/var/lib/pacman/local");
  if (!("names" in listed)) return false;
  for (const name of listed.names)
    eachLine(await root.text(`/var/lib/pacman/local/${name}/files`), (line) => owned(mergedPath(`/${line}`)));
  return listed.names.length > 0;
}

function eachLine(text: string | undefined, use: (line: string) => void): boolean {
  if (text === undefined) return false;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    if (stop > at) use(text.slice(at, stop));
    at = stop + 1;
  }
  return true;
}
