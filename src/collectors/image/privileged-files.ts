import { imagePrivilegedFiles } from "../../facts/image/privileged-files.ts";
import { capabilityNames } from "../../formats/file-capabilities.ts";
import type { TreeEntry } from "../../formats/layer-tree.ts";
import { defineImageCollector } from "../image-collector.ts";

const setuid = 0o4000;
const setgid = 0o2000;
const sticky = 0o1000;
const groupExecute = 0o010;
const worldWrite = 0o002;

export default defineImageCollector({
  provides: imagePrivilegedFiles,
  version: 1,
  *collect(image) {
    const files = [];
    const worldWritable = [];
    let entries = 0;
    for (const entry of image.tree.entries()) {
      entries++;
      files.push(...privilegesOf(entry));
      if (isWorldWritable(entry))
        worldWritable.push({ path: `/${entry.path}`, mode: octal(entry), layer: entry.layer });
    }
    // Node reads no extended attributes of a folder's files.
    const capabilitiesRead = image.format !== "folder";
    yield { subject: image.subject, source: image.source, value: { files, worldWritable, entries, capabilitiesRead } };
  },
});

function privilegesOf(entry: TreeEntry) {
  const base = { path: `/${entry.path}`, mode: octal(entry), owner: entry.uid, group: entry.gid, layer: entry.layer };
  if (entry.type === "character" || entry.type === "block") return [{ ...base, kind: "device" as const }];
  if (entry.type !== "file") return [];
  const capabilities = capabilityNames(entry.xattrs?.["security.capability"]);
  return [
    ...((entry.mode & setuid) !== 0 ? [{ ...base, kind: "setuid" as const }] : []),
    // Without group execute the bit marks mandatory locking, not a change of group (chmod(2)).
    ...((entry.mode & setgid) !== 0 && (entry.mode & groupExecute) !== 0 ? [{ ...base, kind: "setgid" as const }] : []),
    ...(capabilities.length > 0 ? [{ ...base, kind: "capabilities" as const, capabilities }] : []),
  ];
}

function isWorldWritable(entry: TreeEntry): boolean {
  if ((entry.mode & worldWrite) === 0) return false;
  return entry.type === "file" || (entry.type === "directory" && (entry.mode & sticky) === 0);
}

function octal(entry: TreeEntry): string {
  return (entry.mode & 0o7777).toString(8).padStart(4, "0");
}
