import { defineCheck, failEach } from "../../core/check.ts";
import { files } from "../../facts/host/files.ts";
import { shellWord } from "./shell.ts";
import { notWhollySeen } from "./walk-coverage.ts";

export default defineCheck({
  title: "Device node outside /dev",
  severity: "high",
  clauses: ["4.5.5-a", "8176-5.5-a"],
  why: "A device node in an ordinary folder gives raw disk or memory past the rights of files.",
  fix: "Remove the node; mount the file system with nodev.",
  needs: { files },
  evaluate({ files }) {
    const { devices, entries } = files;
    const items = devices.map(({ path, mode, owner }) => ({
      at: path,
      found: `device node, mode ${mode}, owner ${owner}`,
      expected: "none outside /dev",
      key: path,
      fix: `rm ${shellWord(path)}`,
    }));
    const gap = notWhollySeen(files);
    if (items.length === 0 && gap) return gap;
    return failEach(items, { at: "file system", found: `none among ${entries} entries` });
  },
  examples: {
    pass: [{ files: { entries: 1000 } }],
    unknown: [{ files: { entries: 10, unseen: 3 } }],
    fail: [{ files: { entries: 1000, devices: [{ path: "/home/a/sda", mode: "0666", owner: 1000, group: 1000 }] } }],
  },
});
