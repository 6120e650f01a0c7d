import { defineCheck, failEach } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { files } from "../../facts/host/files.ts";
import { shellWord } from "./shell.ts";
import { notWhollySeen } from "./walk-coverage.ts";

export default defineCheck({
  title: "Files that everyone may write",
  severity: "medium",
  clauses: ["4.5.5-a", "4.5.1-b"],
  why: "Any account, and any container that sees the folder, can change what others run or read.",
  fix: "chmod o-w the file; give shared folders the sticky bit (chmod +t).",
  needs: { files },
  references: [
    "CIS Distribution Independent Linux 2.0.0 6.1.10",
    "CIS Debian Linux 12 1.1.0 7.1.11",
    "CIS Red Hat Enterprise Linux 9 2.0.0 7.1.11",
  ],
  evaluate({ files }) {
    const { worldWritable, worldWritableCount, entries } = files;
    // One finding for each folder keeps a tree of a thousand files from hiding everything else.
    const byFolder = new Map<string, typeof worldWritable>();
    for (const file of worldWritable) {
      const folder = file.kind === "folder" ? file.path : file.path.slice(0, file.path.lastIndexOf("/")) || "/";
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
    }
    const items = [...byFolder].map(([folder, group]) => ({
      at: group[0]!.path,
      found:
        group.length === 1
          ? `${group[0]!.kind}, mode ${group[0]!.mode}`
          : `${group.length} files in ${folder}, as ${group[0]!.path} with mode ${group[0]!.mode}`,
      expected: "not writable by others",
      key: folder,
      severity: severityOf(folder, group),
      fix: `find ${shellWord(folder)} -xdev -maxdepth 1 -perm -0002 ! -type l ! -perm -1000 -exec chmod o-w {} +`,
    }));
    const gap = notWhollySeen(files);
    if (items.length === 0 && gap) return gap;
    const all = worldWritableCount > worldWritable.length ? ` (${worldWritableCount} in all)` : "";
    return failEach(items, { at: "file system", found: `none of ${entries} entries${all}` });
  },
  examples: {
    pass: [{ files: { entries: 1000 } }],
    fail: [
      {
        files: {
          entries: 1000,
          worldWritable: [{ path: "/etc/app.conf", kind: "file", mode: "0666", owner: 0, group: 0 }],
          worldWritableCount: 1,
        },
      },
    ],
    unknown: [{ files: { entries: 10, stopped: "it was interrupted" } }],
  },
});

function severityOf(folder: string, group: readonly { mode: string }[]): Severity {
  if (/^\/(etc|usr|bin|sbin|lib\w*|boot|root|opt)(\/|$)/.test(folder)) return "high";
  return group.some(({ mode }) => (Number.parseInt(mode, 8) & 0o111) !== 0) ? "medium" : "low";
}
