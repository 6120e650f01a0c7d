import { files } from "../../facts/host/files.ts";
import { parseGroup, parsePasswd, parseSubordinateIds } from "../../formats/host/accounts.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { walkHost } from "../host-walk.ts";
import { byPath, FileRules, mostListed } from "./file-rules.ts";
import { eachPackagedFile, mergedPath } from "./package-files.ts";

export default defineHostCollector<typeof files.schema>({
  reads: "host",
  provides: files,
  async *collect(root, { signal }) {
    const rules = await rulesFor(root);
    const walk = await walkHost(root, (file) => rules.note(file), signal);
    const packaged = new Set<string>();
    const setuid = new Map(rules.setuid().map((entry) => [mergedPath(entry.path), entry]));
    const unpackaged = new Map([...rules.candidates].map(([path, entry]) => [mergedPath(path), entry]));
    const fileLists = await eachPackagedFile(root, (path) => {
      unpackaged.delete(path);
      if (setuid.has(path)) packaged.add(path);
    });
    const known = fileLists.length > 0;
    yield {
      subject: root.subject,
      source: "a walk over the file system",
      value: {
        entries: walk.entries,
        skipped: [...walk.skipped],
        unseen: walk.unseen,
        stopped: walk.stopped,
        fileLists,
        setuid: [...setuid].map(([path, entry]) => (known ? { ...entry, packaged: packaged.has(path) } : entry)),
        worldWritable: rules.worldWritable(),
        worldWritableCount: rules.worldWritableCount,
        unowned: rules.unowned(),
        devices: rules.devices(),
        unpackaged: known ? [...unpackaged.values()].sort(byPath).slice(0, mostListed) : [],
        unpackagedCount: known ? unpackaged.size : 0,
        toolchain: rules.toolchain(),
        applications: rules.applications(),
        homeBytes: rules.homeBytes,
      },
    };
  },
});

/** The rules on files with the accounts and mapped ranges of a host. */
export async function rulesFor(root: HostRoot): Promise<FileRules> {
  const passwd = await root.text("/etc/passwd");
  const group = await root.text("/etc/group");
  const users = new Set(passwd === undefined ? [] : parsePasswd(passwd, "/etc/passwd").map(({ uid }) => uid));
  const groups = new Set(group === undefined ? [] : parseGroup(group, "/etc/group").map(({ gid }) => gid));
  const mapped: [number, number][] = [];
  for (const path of ["/etc/subuid", "/etc/subgid"]) {
    const text = await root.text(path);
    for (const { start, count } of text === undefined ? [] : parseSubordinateIds(text, path))
      mapped.push([start, start + count]);
  }
  return new FileRules(users, groups, mapped);
}
